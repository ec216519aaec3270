// bb/xml/markup.hpp - what of an XML text is opaque to who only looks for tags.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace bb::xml {

// Whether a character has 16 or 32 bits.
inline bool is_wide(std::string_view bytes) {
  return bytes.substr(0, 4).find('\0') != std::string_view::npos || bytes.starts_with("\xFE\xFF") ||
         bytes.starts_with("\xFF\xFE");
}

// Whether a character has 32 bits, by the byte order mark or the tag that an XML text
// begins with (XML 1.0, appendix F.1).
inline bool is_utf32(std::string_view bytes) {
  constexpr std::array<std::string_view, 4> beginnings{
      {{"\xFF\xFE\0\0", 4}, {"\0\0\xFE\xFF", 4}, {"<\0\0\0", 4}, {"\0\0\0<", 4}}};
  return std::find(beginnings.begin(), beginnings.end(), bytes.substr(0, 4)) != beginnings.end();
}

// A text of 16-bit characters as UTF-8, without its byte order mark; of 32 bits
// nothing. Which byte comes first its mark says, else its first character.
std::string narrowed(std::string_view bytes);

// The length of the comment, CDATA section or processing instruction that
// begins here, to the end of the text where it is never closed; else 0.
inline std::size_t opaque_length(std::string_view rest) {
  if (rest.size() < 2 || (rest[1] != '!' && rest[1] != '?')) return 0;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kinds{
      {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}}};
  for (const auto& [begin, end] : kinds) {
    if (!rest.starts_with(begin)) continue;
    const auto at = rest.find(end, begin.size());
    return at == std::string_view::npos ? rest.size() : at + end.size();
  }
  return 0;
}

// The place behind the '>' of the tag that begins at `begin`; the end of the text where
// it is never closed. A '>' in an attribute's value is none.
inline std::size_t end_of_tag(std::string_view text, std::size_t begin) {
  for (auto at = text.find_first_of("\"'>", begin); at != std::string_view::npos;
       at = text.find_first_of("\"'>", at + 1)) {
    if (text[at] == '>') return at + 1;
    at = text.find(text[at], at + 1);
    if (at == std::string_view::npos) break;
  }
  return text.size();
}

}  // namespace bb::xml
