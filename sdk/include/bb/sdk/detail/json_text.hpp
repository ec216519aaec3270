// bb/sdk/detail/json_text.hpp - one JSON scalar of a configuration as C++.
//
// The host has parsed and validated the configuration (bb_create_args), so
// these read well-formed JSON; what they do not expect is an empty optional.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace bb::detail {

inline void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// Four hexadecimal digits at `at`.
inline std::optional<std::uint32_t> hex4(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  std::uint32_t value = 0;
  const char* const first = text.data() + at;
  const auto [end, error] = std::from_chars(first, first + 4, value, 16);
  if (error != std::errc{} || end != first + 4) return std::nullopt;
  return value;
}

// The code point of the \uXXXX at `at` (on the 'u'); moves `at` to its last
// character. Surrogates come in pairs.
inline std::optional<std::uint32_t> escaped_code_point(std::string_view text, std::size_t& at) {
  const auto high = hex4(text, at + 1);
  if (!high || (*high >= 0xDC00 && *high <= 0xDFFF)) return std::nullopt;
  at += 4;
  if (*high < 0xD800 || *high > 0xDBFF) return high;
  if (text.substr(at + 1, 2) != "\\u") return std::nullopt;
  const auto low = hex4(text, at + 3);
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
  at += 6;
  return 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00);
}

// "\"a\\nb\"" to "a\nb"; nullopt when it is no JSON string.
inline std::optional<std::string> unquote_json(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') return std::nullopt;
  const std::string_view inner = json.substr(1, json.size() - 2);
  std::string out;
  out.reserve(inner.size());
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '"') return std::nullopt;
    if (inner[i] != '\\') {
      out.push_back(inner[i]);
      continue;
    }
    if (++i == inner.size()) return std::nullopt;
    constexpr std::string_view escapes = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (const auto known = escapes.find(inner[i]); known != std::string_view::npos) {
      out.push_back(meanings[known]);
      continue;
    }
    const auto code = inner[i] == 'u' ? escaped_code_point(inner, i) : std::nullopt;
    if (!code) return std::nullopt;
    append_utf8(out, *code);
  }
  return out;
}

inline std::optional<std::int64_t> json_integer(std::string_view json) {
  std::int64_t value = 0;
  const char* const end = json.data() + json.size();
  const auto [stop, error] = std::from_chars(json.data(), end, value);
  if (json.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace bb::detail
