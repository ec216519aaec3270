#include "harness/report/plain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bb/core/text.hpp>
#include <cstdint>

namespace bb::report {
namespace {

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
