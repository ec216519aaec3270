#include "harness/bundle/letters.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/facts/latin_letters.hpp"

namespace bb::bundle {
namespace {

struct Code {
  std::uint32_t code = 0;
  std::size_t length = 1;   // bytes
  bool is_nothing = false;  // a soft line break
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The number that so many hex digits are; -1 where they are none.
int hex_number(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int number = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    const int value = hex_value(text[i]);
    if (value < 0) return -1;
    number = number * 16 + value;
  }
  return number;
}

std::size_t utf8_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

// The code of bytes in UTF-8 that `byte(i)` gives, -1 behind the last.
template <typename Byte>
std::pair<std::uint32_t, std::size_t> utf8_code(Byte byte) {
  const int first = byte(0);
  const std::size_t length = first < 0 ? 0 : utf8_length(static_cast<unsigned char>(first));
  if (length <= 1) return {static_cast<std::uint32_t>(std::max(first, 0)), 1};
  std::uint32_t code = static_cast<std::uint32_t>(first) & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const int next = byte(i);
    if (next < 0x80 || next > 0xBF) return {static_cast<std::uint32_t>(first), 1};
    code = code << 6 | (static_cast<std::uint32_t>(next) & 0x3F);
  }
  return {code, length};
}

Code plain_code(std::string_view text, std::size_t at) {
  const auto [code, length] = utf8_code([&](std::size_t i) {
    return at + i < text.size() ? static_cast<int>(static_cast<unsigned char>(text[at + i])) : -1;
  });
  return {code, length};
}

// %41 or =41, and what in UTF-8 belongs to it.
Code hex_code(std::string_view text, std::size_t at, char mark) {
  const auto [code, length] = utf8_code([&](std::size_t i) {
    const std::size_t place = at + 3 * i;
    return place < text.size() && text[place] == mark ? hex_number(text, place + 1, 2) : -1;
  });
  return {code, 3 * length};
}

Code backslash_code(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (next != 'u') {
    const bool is_escape = std::string_view("nrtbf/\"\\").find(next) != std::string_view::npos && next != '\0';
    return {' ', is_escape ? 2u : 1u};
  }
  const int high = hex_number(text, at + 2, 4);
  if (high < 0) return {'\\', 1};
  if (high < 0xD800 || high > 0xDBFF) return {static_cast<std::uint32_t>(high), 6};
  const bool is_pair = at + 7 < text.size() && text[at + 6] == '\\' && text[at + 7] == 'u';
  const int low = is_pair ? hex_number(text, at + 8, 4) : -1;
  if (low < 0xDC00 || low > 0xDFFF) return {static_cast<std::uint32_t>(high), 6};
  return {0x10000u + (static_cast<std::uint32_t>(high - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00), 12};
}

Code entity_code(std::string_view text, std::size_t at) {
  constexpr std::size_t length_max = 12;
  const auto end = text.substr(at, length_max).find(';');
  if (end == std::string_view::npos || end < 2) return {'&', 1};
  const std::string_view name = text.substr(at + 1, end - 1);
  if (name[0] != '#') return {' ', end + 1};
  const bool is_hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  std::uint32_t code = 0;
  for (const char c : name.substr(is_hex ? 2 : 1)) {
    const int value = hex_value(c);
    if (value < 0 || (!is_hex && value > 9)) return {'&', 1};
    code = code * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(value);
  }
  return {code, end + 1};
}

Code code_at(std::string_view text, std::size_t at, Writing writing) {
  const char c = text[at];
  if (writing == Writing::escaped) {
    if (c == '%' && hex_number(text, at + 1, 2) >= 0) return hex_code(text, at, '%');
    if (c == '\\') return backslash_code(text, at);
    if (c == '&') return entity_code(text, at);
  }
  if (writing == Writing::quoted && c == '=') {
    if (hex_number(text, at + 1, 2) >= 0) return hex_code(text, at, '=');
    if (text.substr(at, 3) == "=\r\n") return {0, 3, true};
    if (text.substr(at, 2) == "=\n") return {0, 2, true};
  }
  return plain_code(text, at);
}

bool is_mark(std::uint32_t code) { return (code >= 0x300 && code <= 0x36F) || code == 0xAD || code == 0x200B; }

// Capitals of Greek and Cyrillic; of Latin the table knows.
std::uint32_t lower_of(std::uint32_t code) {
  if (code >= 0x391 && code <= 0x3A9) return code + 0x20;
  if (code >= 0x410 && code <= 0x42F) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  return code;
}

bool is_letter_elsewhere(std::uint32_t code) {
  if (code < 0x250 || (code >= 0x2000 && code <= 0x2BFF) || (code >= 0x3000 && code <= 0x3004)) return false;
  return !(code >= 0xFE10 && code <= 0xFE6F) && !(code >= 0xFF00 && code <= 0xFF0F) && code != 0xFEFF && code != 0xFFFD;
}

void fold(std::uint32_t code, Letter& letter) {
  constexpr std::uint32_t latin_first = 0xC0;
  if (code < 0x80) {
    const char c = static_cast<char>(code);
    letter.is_digit = c >= '0' && c <= '9';
    letter.is_upper = c >= 'A' && c <= 'Z';
    if (letter.is_digit || letter.is_upper || (c >= 'a' && c <= 'z'))
      letter.folded = letter.is_upper ? code + 0x20 : code;
  } else if (code >= latin_first && code < latin_first + facts::latin_letters.size()) {
    const std::string_view plain = facts::latin_letters[code - latin_first];
    letter.is_upper = code < 0xDF || (code > 0xFF && code % 2 == 0);
    // Two letters for one stay one, the same in both cases.
    if (plain.size() == 1) letter.folded = static_cast<unsigned char>(plain[0]);
    if (plain.size() == 2)
      letter.folded = 0x200000u + static_cast<unsigned char>(plain[0]) * 256u + static_cast<unsigned char>(plain[1]);
  } else if (is_letter_elsewhere(code)) {
    letter.folded = lower_of(code);
    letter.is_upper = letter.folded != code;
  }
}

}  // namespace

std::vector<Letter> letters_of(std::string_view text, Writing writing) {
  std::vector<Letter> letters;
  letters.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Code code = code_at(text, at, writing);
    const std::size_t end = std::min(at + code.length, text.size());
    if (code.is_nothing || is_mark(code.code)) {
      if (!letters.empty()) letters.back().end = static_cast<std::uint32_t>(end);
    } else {
      Letter letter;
      letter.begin = static_cast<std::uint32_t>(at);
      letter.end = static_cast<std::uint32_t>(end);
      fold(code.code, letter);
      letters.push_back(letter);
    }
    at = end;
  }
  return letters;
}

}  // namespace bb::bundle
