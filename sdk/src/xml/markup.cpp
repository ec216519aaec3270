#include <bb/xml/markup.hpp>

#include <bb/core/utf16.hpp>

namespace bb::xml {

std::string narrowed(std::string_view bytes) {
  if (bytes.size() < 4) return {};
  const auto begins = [&](char a, char b) { return bytes[0] == a && bytes[1] == b; };
  const bool is_marked = begins('\xFF', '\xFE') || begins('\xFE', '\xFF');
  const auto text = bytes.substr(is_marked ? 2 : 0);
  if (begins('\0', '\0') || (text.size() >= 2 && text[0] == '\0' && text[1] == '\0')) return {};
  if (begins('\xFE', '\xFF') || bytes[0] == '\0') return from_utf16(text, true);
  const bool is_of_32_bits = !is_marked && bytes[2] == '\0' && bytes[3] == '\0';
  return (is_marked || bytes[1] == '\0') && !is_of_32_bits ? from_utf16(text, false) : std::string();
}

}  // namespace bb::xml
