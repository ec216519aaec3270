#include "stream_script.hpp"

#include <algorithm>
#include <charconv>

#include <bb/core/bytes.hpp>

namespace bb::kit {
namespace {

std::optional<std::string> from_hex(std::string_view text) {
  std::string digits(text), bytes;
  std::erase_if(digits, [](char c) { return c == ' ' || c == '\n'; });
  if (digits.size() % 2 != 0) return {};
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

// "0:2"
std::optional<SpeechPart> parse_place(std::string_view text) {
  if (text == "word") return SpeechPart{SpeechPart::From::first_word, "", 0, 0};
  if (text == "address") return SpeechPart{SpeechPart::From::address, "", 0, 0};
  SpeechPart part{SpeechPart::From::range, "", 0, 0};
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, part.begin);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return {};
  const auto second = std::from_chars(first.ptr + 1, end, part.end);
  if (second.ec != std::errc() || second.ptr != end || part.end < part.begin) return {};
  return part;
}

}  // namespace

std::optional<Speech> parse_speech(std::string_view text, SpeechForm form) {
  Speech speech;
  std::size_t own = 0;  // where the peer's own bytes begin
  const auto take_own = [&](std::size_t end) {
    auto bytes = std::optional(std::string(text.substr(own, end - own)));
    if (form == SpeechForm::hexadecimal) bytes = from_hex(*bytes);
    if (bytes) speech.push_back({SpeechPart::From::script, *std::move(bytes), 0, 0});
    return bytes.has_value();
  };
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) break;
    const auto part = parse_place(text.substr(open + 1, close - open - 1));
    if (!part) continue;
    if (!take_own(open)) return {};
    speech.push_back(*part);
    own = close + 1;
  }
  if (!take_own(text.size())) return {};
  return speech;
}

std::string speak(const Speech& speech, std::string_view request, std::string_view address) {
  std::string said;
  for (const auto& part : speech) {
    if (part.from == SpeechPart::From::script) said += part.bytes;
    if (part.from == SpeechPart::From::first_word) said += request.substr(0, request.find_first_of(" \r\n"));
    if (part.from == SpeechPart::From::address) said += address;
    if (part.from == SpeechPart::From::range)
      said += request.substr(std::min(part.begin, request.size()), part.end - part.begin);
  }
  return said;
}

}  // namespace bb::kit
