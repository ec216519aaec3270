#include <bb/core/printable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <bb/core/text.hpp>

namespace bb {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80u) return 1;
  if (lead < 0xE0u) return 2;
  return lead < 0xF0u ? 3 : 4;
}

std::uint32_t decode(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i])); };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return ((byte(0) & 0x1Fu) << 6u) | (byte(1) & 0x3Fu);
    case 3:
      return ((byte(0) & 0x0Fu) << 12u) | ((byte(1) & 0x3Fu) << 6u) | (byte(2) & 0x3Fu);
    default:
      return ((byte(0) & 0x07u) << 18u) | ((byte(1) & 0x3Fu) << 12u) | ((byte(2) & 0x3Fu) << 6u) | (byte(3) & 0x3Fu);
  }
}

bool is_noncharacter(std::uint32_t code) { return (code >= 0xFDD0u && code <= 0xFDEFu) || (code & 0xFFFEu) == 0xFFFEu; }

// Characters that turn the direction of the text after them: a found value
// could make its neighbours read as something else.
bool is_direction_override(std::uint32_t code) {
  return (code >= 0x202Au && code <= 0x202Eu) || (code >= 0x2066u && code <= 0x2069u);
}

}  // namespace

std::string printable(std::string_view bytes) {
  const auto utf8 = is_utf8(bytes) ? std::string(bytes) : to_utf8_lossy(bytes);
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const auto length = std::min(sequence_length(static_cast<unsigned char>(utf8[at])), utf8.size() - at);
    const auto sequence = std::string_view(utf8).substr(at, length);
    const auto code = decode(sequence);
    at += length;
    if (code == '\r' && at < utf8.size() && utf8[at] == '\n') continue;
    if (code == '\t' || code == '\n') {
      out += static_cast<char>(code);
    } else if (code < 0x20u) {
      append_utf8(out, 0x2400u + code);
    } else if (code == 0x7Fu) {
      append_utf8(out, 0x2421u);
    } else if ((code >= 0x80u && code < 0xA0u) || is_noncharacter(code) || is_direction_override(code)) {
      out += replacement;
    } else {
      out += sequence;
    }
  }
  return out;
}

std::string one_line(std::string_view bytes) { return collapse_whitespace(printable(bytes)); }

}  // namespace bb
