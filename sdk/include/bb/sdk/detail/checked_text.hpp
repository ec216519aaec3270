// bb/sdk/detail/checked_text.hpp - text arguments are well-formed before a
// connector sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <bb/sdk/failure.hpp>
#include <bb/sdk/slices.hpp>

namespace bb::detail {

// Well-formed as RFC 3629 says: no overlong forms, no surrogates, nothing over
// U+10FFFF.
constexpr bool is_well_formed(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0 || text.size() - i < length) return false;
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < lowest || second > highest) return false;
    for (std::size_t k = 2; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    i += length;
  }
  return true;
}

// The text, or BB_E_INVALID_ARGUMENT that names what it was meant to be.
inline std::string_view checked_text(bb_str text, const char* what) {
  const std::string_view view = to_view(text);
  if (!is_well_formed(view)) throw Failure{BB_E_INVALID_ARGUMENT, std::string(what) + " is not well-formed UTF-8"};
  return view;
}

}  // namespace bb::detail
