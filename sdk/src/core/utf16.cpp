#include <bb/core/utf16.hpp>

#include <bb/core/text.hpp>

namespace bb {

std::string from_utf16(std::string_view bytes, bool is_big_endian) {
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(is_big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string out;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    const std::uint32_t unit = unit_at(at);
    const bool is_pair = is_high_surrogate(unit) && at + 3 < bytes.size() && is_low_surrogate(unit_at(at + 2));
    append_utf8(out, is_pair ? from_surrogates(unit, unit_at(at + 2)) : unit);
    if (is_pair) at += 2;
  }
  return out;
}

}  // namespace bb
