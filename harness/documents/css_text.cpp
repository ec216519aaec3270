#include "harness/documents/css_text.hpp"

#include <algorithm>
#include <cstdint>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

constexpr std::size_t escape_digits_max = 6;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Behind the escape at `at`, a backslash; its code point, 0 where it stands for the character behind it.
std::size_t behind_escape(std::string_view css, std::size_t at, std::uint32_t& code) {
  code = 0;
  auto end = at + 1;
  while (end < css.size() && end - at <= escape_digits_max && hex_digit(css[end]) >= 0)
    code = code * 16 + static_cast<std::uint32_t>(hex_digit(css[end++]));
  if (end == at + 1) {
    ++end;
    while (end < css.size() && is_continuation(css[end])) ++end;
    return std::min(end, css.size());
  }
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
  if (css.substr(end).starts_with("\r\n")) return end + 2;
  return end < css.size() && is_space(css[end]) ? end + 1 : end;
}

std::size_t behind_string(std::string_view css, std::size_t at) {
  const char quote = css[at++];
  while (at < css.size() && css[at] != quote && css[at] != '\n') at = behind_character(css, at);
  return std::min(at + 1, css.size());
}

}  // namespace

std::size_t behind_character(std::string_view css, std::size_t at) {
  std::uint32_t code = 0;
  return css[at] == '\\' ? behind_escape(css, at, code) : at + 1;
}

std::size_t behind_token(std::string_view css, std::size_t at) {
  if (css[at] == '"' || css[at] == '\'') return behind_string(css, at);
  if (!iequals(css.substr(at, 4), "url(")) return behind_character(css, at);
  const auto inside = std::min(css.find_first_not_of(" \t\r\n\f", at + 4), css.size());
  if (inside < css.size() && (css[inside] == '"' || css[inside] == '\'')) return inside;
  for (at = inside; at < css.size() && css[at] != ')';) at = behind_character(css, at);
  return at;
}

std::string without_comments(std::string_view css) {
  std::string text;
  for (std::size_t at = 0; at < css.size();) {
    if (css.substr(at).starts_with("/*")) {
      const auto end = css.find("*/", at + 2);
      if (end == std::string_view::npos) break;
      text += ' ';
      at = end + 2;
      continue;
    }
    const auto end = behind_token(css, at);
    text += css.substr(at, end - at);
    at = end;
  }
  return text;
}

std::string without_escapes(std::string_view css) {
  std::string text;
  for (std::size_t at = 0; at < css.size();) {
    if (css[at] != '\\') {
      text += css[at++];
      continue;
    }
    std::uint32_t code = 0;
    const auto end = behind_escape(css, at, code);
    if (code != 0)
      append_utf8(text, code);
    else if (end - at > 1 && css[at + 1] != '\n')  // a line that goes on
      text += css.substr(at + 1, end - at - 1);
    at = end;
  }
  return text;
}

std::vector<std::string_view> parts_of(std::string_view css, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at < css.size();) {
    const char c = css[at];
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c == separator && depth <= 0) {
      parts.push_back(css.substr(begin, at - begin));
      begin = at + 1;
    }
    // Of url( the bracket is part of the token, the one that closes it is not.
    const auto end = behind_token(css, at);
    if (end > at + 1 && iequals(css.substr(at, 4), "url(")) ++depth;
    at = end;
  }
  parts.push_back(css.substr(begin));
  return parts;
}

std::size_t block_end(std::string_view css, std::size_t open) {
  int depth = 0;
  for (auto at = open; at < css.size(); at = behind_token(css, at)) {
    if (css[at] == '{') ++depth;
    if (css[at] == '}' && --depth == 0) return at;
  }
  return css.size();
}

}  // namespace bb::documents
