#include "text_kind.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>

#include "text_lines.hpp"
#include "text_report.hpp"

namespace bb::records {
namespace {

constexpr std::size_t lines_before_title_max = 3;  // a warning of the server that sent the file
constexpr std::size_t lines_of_head_max = 8;       // behind the title

std::string_view without_dashes(std::string_view line) {
  const auto begin = line.find_first_not_of("- ");
  const auto end = line.find_last_not_of("- ");
  return begin == std::string_view::npos ? std::string_view{} : line.substr(begin, end + 1 - begin);
}

// "# Title" to "###### Title".
bool is_markdown_heading(std::string_view line) {
  const auto level = std::min(line.find_first_not_of('#'), line.size());
  return level >= 1 && level <= 6 && (level == line.size() || line[level] == ' ' || line[level] == '\t');
}

// The row between head and body: "|---|:---:|", "--- | ---".
bool is_markdown_table(std::string_view line) {
  return line.find('|') != std::string_view::npos && line.find("--") != std::string_view::npos &&
         line.find_first_not_of("|:- ") == std::string_view::npos;
}

// "**Name:** x", and no line of stars.
bool has_markdown_emphasis(std::string_view line) {
  const auto is_star = [&](std::size_t at) { return at < line.size() && line[at] == '*'; };
  for (auto at = line.find("**"); at != std::string_view::npos; at = line.find("**", at)) {
    const auto begin = at;
    while (is_star(at)) ++at;
    if (at - begin != 2 || at == line.size() || line[at] == ' ') continue;
    const auto close = line.find("**", at);
    if (close != std::string_view::npos && line[close - 1] != ' ' && !is_star(close + 2)) return true;
  }
  return false;
}

// Of a mail's head, where it cannot be a key of a report.
bool is_mail_field(std::string_view line) {
  constexpr std::array<std::string_view, 6> names{"From:", "From ", "To:", "Cc:", "Date:", "Sent:"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return line.starts_with(name); });
}

// "---- Forwarded message ----"
bool is_mail_in_mail(std::string_view line) {
  const auto words = to_lower(without_dashes(line));
  return words == "forwarded message" || words == "original message" || words == "begin forwarded message:";
}

// What stands before the title may be words; quotes, brackets and signs are of what quotes it.
bool is_plain(std::string_view line) {
  return !is_of_another_kind(line) && !is_mail_field(line) &&
         line.find_first_of("\"`{}[]<>=;|\\$#_") == std::string_view::npos;
}

bool is_of_head(std::string_view line) {
  TextDocument document;
  const auto words = trim(line);
  const auto stars = words.find_first_not_of('*');
  const bool is_confidential =
      stars != std::string_view::npos && stars >= 3 && words.substr(stars).starts_with("CONFIDENTIAL*");
  return is_confidential || read_producer(words, document) || words.starts_with("Name:");
}

}  // namespace

bool is_of_another_kind(std::string_view line) {
  line = trim(line);
  constexpr std::array<std::string_view, 23> signs{"-----BEGIN ",
                                                   "MIME-Version:",
                                                   "Content-Type:",
                                                   "Subject:",
                                                   "Received:",
                                                   "Return-Path:",
                                                   "Delivered-To:",
                                                   "Message-ID:",
                                                   "> ",
                                                   "```",
                                                   "~~~",
                                                   "- [ ] ",
                                                   "- [x] ",
                                                   "![",
                                                   "<!--",
                                                   "//",
                                                   "/*",
                                                   "#!",
                                                   "#include",
                                                   "\"\"\"",
                                                   "'''",
                                                   "import ",
                                                   "+++"};
  if (std::any_of(signs.begin(), signs.end(), [&](std::string_view sign) { return line.starts_with(sign); }))
    return true;
  // Of a program: a string that goes on in the next lines, a block that begins.
  if (line.ends_with("\"\"\"") || line.ends_with("'''") || line.ends_with('{')) return true;
  return is_mail_in_mail(line) || is_markdown_heading(line) || is_markdown_table(line) || has_markdown_emphasis(line) ||
         line.find("](") != std::string_view::npos;
}

bool begins_with_title(std::string_view bytes, std::string_view title) {
  const auto lines = TextLines::split(plain_beginning(bytes));
  if (!lines) return false;
  std::size_t before = 0;
  bool is_below_rule = false;
  for (std::size_t i = lines->next_filled(0); i < lines->size(); i = lines->next_filled(i + 1)) {
    const auto line = trim((*lines)[i]);
    if (!iequals(without_dashes(line), title)) {
      if (!is_rule(line) && (++before > lines_before_title_max || !is_plain(line))) return false;
      is_below_rule = is_rule(line);
      continue;
    }
    const auto below = lines->next_filled(i + 1);
    const bool is_framed = is_below_rule && below < lines->size() && is_rule((*lines)[below]);
    const bool is_banner = line.starts_with("---") && line.ends_with("---");
    if (before == 0 && (is_framed || is_banner)) return true;
    for (auto k = i + 1; k < std::min(i + 1 + lines_of_head_max, lines->size()); ++k)
      if (is_of_head((*lines)[k])) return true;
    return false;
  }
  return false;
}

}  // namespace bb::records
