// bb/core/bytes.hpp - what readers of bytes from outside share.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

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
  if (!std::is_constant_evaluated()) {
    // Eight at a time: messages and documents of megabytes are asked about.
    for (std::uint64_t eight = 0; bytes.size() >= sizeof eight; bytes.remove_prefix(sizeof eight)) {
      std::memcpy(&eight, bytes.data(), sizeof eight);
      if ((eight & 0x8080808080808080u) != 0) return false;
    }
  }
  for (const char c : bytes)
    if (!is_ascii(c)) return false;
  return true;
}

}  // namespace bb
