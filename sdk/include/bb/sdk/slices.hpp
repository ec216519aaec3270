// bb/sdk/slices.hpp - text and bytes of the ABI as std::string_view, and back.
//
// Nothing is copied: a slice is borrowed for the call it came with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bb/abi/base.h>

namespace bb {

inline std::string_view to_view(bb_str text) noexcept {
  return text.size == 0 ? std::string_view{} : std::string_view{text.data, static_cast<std::size_t>(text.size)};
}

inline std::string_view to_view(bb_bytes bytes) noexcept {
  return bytes.size == 0 ? std::string_view{}
                         : std::string_view{static_cast<const char*>(bytes.data), static_cast<std::size_t>(bytes.size)};
}

constexpr bb_str to_str(std::string_view text) noexcept { return bb_str{text.data(), text.size()}; }

inline bb_bytes to_bytes(std::string_view bytes) noexcept { return bb_bytes{bytes.data(), bytes.size()}; }

}  // namespace bb
