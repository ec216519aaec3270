// `bluebridge connector test`: the ABI conformance kit on the command line.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/kit/kit.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

constexpr int strictness_default = 3, strictness_max = 5;
constexpr std::int64_t timeout_s_default = 10, timeout_s_max = 3600;

std::vector<std::string> check_ids() {
  std::vector<std::string> ids;
  for (const auto& check : kit::checks()) ids.emplace_back(check.id);
  return ids;
}

int list_checks(bool is_json) {
  auto all = Value::array();
  std::string text;
  for (const auto& check : kit::checks()) {
    all.push(Value::object({{"check", check.id},
                            {"strictness", static_cast<std::int64_t>(check.strictness)},
                            {"rule", check.rule},
                            {"about", check.about}}));
    text += fmt::format("{} {:<24} {} {}\n", check.strictness, check.id, check.rule, check.about);
  }
  if (is_json)
    print_json(Value::object({{"checks", std::move(all)}}));
  else
    print(text);
  return exit_good;
}

Result<kit::Options> read_options(const Args& args) {
  kit::Options options;
  BB_TRY(const auto strictness, args.number("strictness", strictness_default, 1, strictness_max));
  BB_TRY(const auto timeout_s, args.number("timeout", timeout_s_default, 1, timeout_s_max));
  options.strictness = static_cast<int>(strictness);
  options.timeout_ms = timeout_s * 1000;
  options.only = args.value("only").value_or("");
  options.seed = args.value("seed").value_or("");
  options.is_in_process = args.has("in-process");
  if (options.is_in_process && options.only.empty())
    return Error{"'--in-process' needs '--only ID': a crash ends the program"};
  return options;
}

int test(const Args& args) {
  if (args.has("list")) return list_checks(args.has("json"));
  if (args.positional.empty()) return refuse("connector test: expected LIBRARY..., got nothing");
  const auto options = read_options(args);
  if (!options) return refuse("connector test: " + options.error().what);
  const auto setup = args.value("setup").value_or("");
  if (!setup.empty() && args.positional.size() > 1)
    return refuse("connector test: '--setup' is for one connector, got " +
                  counted(args.positional.size(), "connector"));
  std::vector<std::shared_ptr<const kit::Subject>> subjects;
  for (const auto& path : args.positional) {
    const auto subject = kit::read_subject(path, setup);
    if (!subject) return refuse(subject.error().what);
    subjects.push_back(*subject);
  }
  const bool is_json = args.has("json"), shows_all = args.has("verbose");
  std::vector<kit::Report> reports;
  auto values = Value::array();
  for (const auto& subject : subjects) {
    reports.push_back(kit::run(*subject, *options, [&](const kit::Finding& finding) {
      show_progress(fmt::format("{} {}", finding.check.id, kit::word(finding.outcome)));
      // What does not apply is said once, in the summary.
      if (is_json || (!shows_all && !finding.is_judged)) return;
      end_progress();
      print(kit::line_of(finding));
    }));
    end_progress();
    if (is_json)
      values.push(kit::to_value(reports.back()));
    else
      print(kit::summary_of(reports.back()));
  }
  const auto status = kit::exit_status(reports);
  if (is_json) print_json(Value::object({{"reports", std::move(values)}, {"status", std::int64_t{status}}}));
  if (const auto file = args.value("junit"))
    if (const auto written = write_text(*file, kit::to_junit(reports)); !written) return refuse(written.error().what);
  return status;
}

}  // namespace

VerbSpec connector_test_verb() {
  VerbSpec verb;
  verb.name = "connector test";
  verb.arguments = "LIBRARY...";
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "whether a connector keeps the contract of the ABI";
  verb.about =
      "LIBRARY is a connector's library or its manifest. Every check runs in a process of its own under a host that "
      "watches; a message names the rule (docs/abi/rules.md) and the line of the header. What a connector needs to be "
      "driven, a configuration or the answers of its system, stands in connector-test.yaml beside the manifest "
      "(docs/reference/connector-test.md).";
  verb.example = "bluebridge connector test build/release/sample-plugins/acme.so";
  verb.options = {{"strictness",
                   "N",
                   "1 loads, 2 lifecycle, 3 capabilities (default), 4 faults and threads, 5 fuzzing",
                   Completes::words,
                   {"1", "2", "3", "4", "5"}},
                  {"only", "ID", "one check, whatever its level", Completes::words, check_ids()},
                  {"in-process", "", "with --only: in this process, for a debugger; printed in the report"},
                  {"json", "", "as JSON"},
                  {"junit", "FILE", "also a JUnit report", Completes::files},
                  {"seed", "TEXT", "of everything random; default: from the library's hash"},
                  {"setup", "FILE", "the connector-test.yaml, if it is not beside the manifest", Completes::files},
                  {"timeout", "SECONDS", "the most that a check may take for each connector type; default 10"},
                  {"list", "", "the checks, with level and rule"},
                  {"verbose", "", "print also the checks that do not apply"}};
  verb.run = test;
  return verb;
}

}  // namespace bb::cli
