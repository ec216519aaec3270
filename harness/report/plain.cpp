#include "harness/report/plain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bb/core/text.hpp>
#include <cstdint>

namespace bb::report {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

void append_utf8_3(std::string& out, std::uint32_t code) {
  out += static_cast<char>(0xE0u | (code >> 12u));
  out += static_cast<char>(0x80u | ((code >> 6u) & 0x3Fu));
  out += static_cast<char>(0x80u | (code & 0x3Fu));
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80u) return 1;
  if (lead < 0xE0u) return 2;
  return lead < 0xF0u ? 3 : 4;
}

std::uint32_t decode(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i])); };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return ((byte(0) & 0x1Fu) << 6u) | (byte(1) & 0x3Fu);
    case 3:
      return ((byte(0) & 0x0Fu) << 12u) | ((byte(1) & 0x3Fu) << 6u) | (byte(2) & 0x3Fu);
    default:
      return ((byte(0) & 0x07u) << 18u) | ((byte(1) & 0x3Fu) << 12u) | ((byte(2) & 0x3Fu) << 6u) | (byte(3) & 0x3Fu);
  }
}

bool is_noncharacter(std::uint32_t code) { return (code >= 0xFDD0u && code <= 0xFDEFu) || (code & 0xFFFEu) == 0xFFFEu; }

// Characters that turn the direction of the text after them: a found value
// could make its neighbours read as something else.
bool is_direction_override(std::uint32_t code) {
  return (code >= 0x202Au && code <= 0x202Eu) || (code >= 0x2066u && code <= 0x2069u);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

// Bytes of the first `count` characters.
std::size_t bytes_of(std::string_view utf8, std::size_t count) {
  std::size_t at = 0;
  while (at < utf8.size()) {
    if (!is_continuation(utf8[at]) && count-- == 0) break;
    ++at;
  }
  return at;
}

void wrap_paragraph(std::string_view paragraph, std::size_t width, std::vector<std::string>& lines) {
  std::string line;
  std::size_t line_columns = 0;
  const auto flush = [&] {
    lines.push_back(std::move(line));
    line.clear();
    line_columns = 0;
  };
  for (const auto& each : split(paragraph, ' ')) {
    std::string_view word = each;
    if (word.empty()) continue;
    auto word_columns = columns(word);
    if (line_columns > 0 && line_columns + 1 + word_columns > width) flush();
    while (line_columns == 0 && word_columns > width) {
      const auto cut = bytes_of(word, width);
      lines.emplace_back(word.substr(0, cut));
      word.remove_prefix(cut);
      word_columns = columns(word);
    }
    if (line_columns > 0) {
      line += ' ';
      ++line_columns;
    }
    line += word;
    line_columns += word_columns;
  }
  if (!line.empty() || paragraph.empty()) flush();
}

}  // namespace

std::string printable(std::string_view bytes) {
  const auto utf8 = is_utf8(bytes) ? std::string(bytes) : to_utf8_lossy(bytes);
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const auto length = std::min(sequence_length(static_cast<unsigned char>(utf8[at])), utf8.size() - at);
    const auto sequence = std::string_view(utf8).substr(at, length);
    const auto code = decode(sequence);
    at += length;
    if (code == '\r' && at < utf8.size() && utf8[at] == '\n') continue;
    if (code == '\t' || code == '\n') {
      out += static_cast<char>(code);
    } else if (code < 0x20u) {
      append_utf8_3(out, 0x2400u + code);
    } else if (code == 0x7Fu) {
      append_utf8_3(out, 0x2421u);
    } else if ((code >= 0x80u && code < 0xA0u) || is_noncharacter(code) || is_direction_override(code)) {
      out += replacement;
    } else {
      out += sequence;
    }
  }
  return out;
}

std::string one_line(std::string_view bytes) { return collapse_whitespace(printable(bytes)); }

std::size_t columns(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return !is_continuation(c); }));
}

std::vector<std::string> wrap(std::string_view utf8, std::size_t width) {
  if (width == 0) return split(utf8, '\n');
  std::vector<std::string> lines;
  for (const auto& paragraph : split(utf8, '\n')) wrap_paragraph(paragraph, width, lines);
  if (lines.empty()) lines.emplace_back();
  return lines;
}

ShownBody show_body(std::string_view body, std::size_t bytes_max) {
  // A body that was cut while it was recorded may end inside a character.
  auto whole = body;
  for (int i = 0; i < 3 && !whole.empty() && !is_utf8(whole); ++i) whole.remove_suffix(1);
  const bool is_text = is_utf8(whole) && whole.find('\0') == std::string_view::npos;
  if (!is_text) return {fmt::format("{} bytes that are not text", body.size()), false, true};
  if (body.size() <= bytes_max) return {printable(body), true, false};
  return {printable(shorten(whole, bytes_max)), true, true};
}

}  // namespace bb::report
