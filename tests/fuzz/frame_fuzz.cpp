// Input: a byte that is the size of the pieces in which the rest comes, and
// what a connector's process sends. However it comes the messages are the same,
// they are no longer than what was sent, and what their bodies say is read or
// refused; what is read comes back from its encoding as it was.
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>

#include "isolation/frame.hpp"
#include "isolation/value_codec.hpp"
#include "isolation/wire.hpp"

namespace {

using namespace bb::host;

constexpr std::size_t whole_bytes_max = 4096;

void expect(bool is_true) {
  if (!is_true) std::abort();
}

struct Reading {
  std::deque<Message> messages;
  std::string problem;
};

Reading read(std::string_view bytes, std::size_t piece) {
  FrameReader reader(whole_bytes_max);
  Reading reading;
  while (!bytes.empty()) {
    const auto next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    if (!reader.feed(next, reading.messages)) break;
  }
  reading.problem = reader.problem();
  return reading;
}

void read_body(const std::string& body) {
  const auto value = decode_value(body);
  if (!value) return expect(!value.error().what.empty());
  const auto again = decode_value(encode_value(*value));
  expect(again && encode_value(*again) == encode_value(*value));
  // What the host makes of it, whatever it is.
  static_cast<void>(description_from(*value));
  static_cast<void>(attributes_from(*value));
  static_cast<void>(layers_from(*value));
  static_cast<void>(result_from(*value));
  PluginCall call(1, 0, nullptr);
  merge_said(*value, call);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const std::size_t piece = static_cast<std::size_t>(data[0]) + 1;
  bytes.remove_prefix(1);
  const Reading whole = read(bytes, bytes.size() + 1);
  const Reading pieces = read(bytes, piece);
  expect(whole.problem == pieces.problem && whole.messages.size() == pieces.messages.size());
  std::size_t total = 0;
  for (std::size_t index = 0; index < whole.messages.size(); ++index) {
    const Message& message = whole.messages[index];
    expect(message.body == pieces.messages[index].body && message.call == pieces.messages[index].call &&
           message.type == pieces.messages[index].type && message.is_too_large == pieces.messages[index].is_too_large);
    expect(message.body.size() <= whole_bytes_max && frame_type_name(message.type) != "none");
    total += message.body.size() + frame_header_bytes;
    read_body(message.body);
  }
  expect(total <= bytes.size());
  read_body(std::string(bytes));
  return 0;
}
