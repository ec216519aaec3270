// bb/core/text.hpp - small text functions that more than one part needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string to_lower(std::string_view ascii);          // ASCII only
bool iequals(std::string_view a, std::string_view b);  // ASCII only
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
// Every run of white space (also U+00A0) becomes one blank; ends are trimmed.
std::string collapse_whitespace(std::string_view text);

// Whether a byte of UTF-8 stands inside of a character, not at its beginning.
inline bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }
// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);
// The bytes with every ill-formed sequence replaced by U+FFFD.
std::string to_utf8_lossy(std::string_view bytes);
// Appends a code point, up to 0x10FFFF; what must not stand in UTF-8 (a
// surrogate) is for the caller to keep out.
void append_utf8(std::string& out, std::uint32_t code);

// For text and attribute values in HTML and XML: & < > " '
std::string escape_markup(std::string_view text);
std::string percent_encode(std::string_view text);  // RFC 3986 unreserved stay
// '+' stays as it is. nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text);

// The candidate nearest to `word` by edit distance, if it is near enough to be
// a likely misspelling (a third of its length, at least 1).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

// Shell-style match: '*' any run, '?' one character.
bool matches_glob(std::string_view text, std::string_view pattern);

// "1 file", "2 files": a thing whose plural takes an s.
std::string counted(std::size_t count, std::string_view thing);

// At most `bytes_max` bytes, cut at a character border, with "..." when cut.
std::string shorten(std::string_view text, std::size_t bytes_max);

}  // namespace bb
