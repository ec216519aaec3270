// harness/documents/css_text.hpp - the characters of CSS: comments, escapes, quotes and
// brackets (CSS Syntax 3, 4.3).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bb::documents {

// Each comment outside of quotes as a blank.
std::string without_comments(std::string_view css);

// Behind the character at `at`, or behind the escape that begins there: a backslash with one
// to six hexadecimal digits and a blank, or with any other character.
std::size_t behind_character(std::string_view css, std::size_t at);

// Behind the quoted string or `url(...)` without quotes that begins at `at`, else behind_character().
std::size_t behind_token(std::string_view css, std::size_t at);

// "\\66 oo" as "foo"; what is no character is U+FFFD.
std::string without_escapes(std::string_view css);

// The parts between separators that stand outside of brackets, quotes and escapes.
std::vector<std::string_view> parts_of(std::string_view css, char separator);

// Where the block that begins at `open`, a '{', ends: its '}', or the end of the text.
std::size_t block_end(std::string_view css, std::size_t open);

}  // namespace bb::documents
