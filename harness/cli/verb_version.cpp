#include <fmt/format.h>

#include <bb/abi/base.h>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

int version(const Args& args) {
  const auto abi = fmt::format("{}.{}", BB_ABI_MAJOR, BB_ABI_MINOR);
  if (args.has("json"))
    print_json(Value::object({{"version", BB_PROGRAM_VERSION}, {"abi", abi}}));
  else
    print(fmt::format("bluebridge {} (connector ABI {})\n", BB_PROGRAM_VERSION, abi));
  return exit_good;
}

}  // namespace

VerbSpec version_verb() {
  VerbSpec verb;
  verb.name = "version";
  verb.summary = "the versions of the program and of its connector ABI";
  verb.example = "bluebridge version --json";
  verb.options = {{"json", "", "as JSON"}};
  verb.run = version;
  return verb;
}

}  // namespace bb::cli
