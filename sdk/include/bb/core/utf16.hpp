// bb/core/utf16.hpp - text in units of 16 bits: UTF-16, and escapes such as \u00e4.
// Source: RFC 2781, section 2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bb {

inline bool is_high_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
inline bool is_low_surrogate(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }
inline std::uint32_t from_surrogates(std::uint32_t high, std::uint32_t low) {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

// The text as UTF-8, a byte order mark too. A surrogate alone is written as it
// is, and an odd byte at the end is left out.
std::string from_utf16(std::string_view bytes, bool is_big_endian);

}  // namespace bb
