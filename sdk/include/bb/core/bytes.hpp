// bb/core/bytes.hpp - what readers of bytes from outside share.
#pragma once

#include <string_view>

namespace bb {

// The byte order mark of UTF-8 (Unicode 15.0, 23.8).
inline constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

// The bytes behind the mark, where they begin with it.
constexpr std::string_view without_utf8_mark(std::string_view bytes) {
  return bytes.starts_with(utf8_mark) ? bytes.substr(utf8_mark.size()) : bytes;
}

// The value of a hexadecimal digit of either case; -1: it is none.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Whether `char` is signed differs from one machine to the other; this does not.
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80u; }
constexpr bool are_ascii(std::string_view bytes) {
  for (const char c : bytes)
    if (!is_ascii(c)) return false;
  return true;
}

}  // namespace bb
