// bluebridge-connector-host: the process that one isolated connector runs in.
// A host starts it; docs/reference/isolation.md says how they talk.
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "child.hpp"
#include "isolation/value_codec.hpp"
#include "isolation/wire.hpp"
#include "sandbox.hpp"

namespace {

using namespace bb;
using namespace bb::host;

int number(const std::string& text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

bool say(int socket, FrameType type, const Value& value) {
  Channel channel(::dup(socket), message_bytes_max);
  return channel.send(type, 0, encode_value(value), 0) == Channel::Sent::whole;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string, std::less<>> options;
  for (int index = 1; index + 1 < argc; index += 2) options[argv[index]] = argv[index + 1];
  const int socket = number(options["--fd"]);
  if (socket < 0 || options["--library"].empty()) {
    std::fputs("bluebridge-connector-host is started by bluebridge, for one connector; it does nothing alone\n",
               stderr);
    return 2;
  }
  if (!tie_to_parent(number(options["--parent"]))) return 1;
  const auto layers = apply_sandbox({options["--library"], options["--network"] == "own"});
  // Said before anything of the plugin's runs, so that it cannot say it.
  if (!say(socket, FrameType::sandbox, layers_value(layers))) return 1;

  Manifest manifest;
  manifest.library = options["--library"];
  manifest.file = options["--manifest"];
  auto plugin = open_plugin(manifest);
  if (!plugin) return say(socket, FrameType::hello, Value::object({{"problem", plugin.error().what}})) ? 0 : 1;
  if (!say(socket, FrameType::hello,
           Value::object({{"framing", framing_version},
                          {"abi_minor", BB_ABI_MINOR},
                          {"plugin", description_value(plugin->description)}})))
    return 1;
  // Never destroyed: threads of the plugin may outlive it.
  (new Child(socket, *std::move(plugin)))->run();
  // The plugin's exit handlers are not waited for; nothing here needs them.
  ::_exit(0);
}
