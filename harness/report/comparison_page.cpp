#include "harness/report/comparison_page.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/facts/comparison_words.hpp"
#include "harness/report/page_template.hpp"
#include "harness/report/page_text.hpp"
#include "harness/report/plain.hpp"

namespace bb::report {
namespace {

using facts::Comparison;
using facts::Copy;
using facts::Presence;
using facts::Row;

constexpr std::size_t width_min = 40;
constexpr std::size_t title_columns_min = 20;
constexpr std::size_t cell_columns = 9;

std::string titled(const Row& row) {
  const auto date = row.kind == facts::Kind::identity ? std::string{} : records::date_for_people(row.date);
  return date.empty() ? one_line(row.title) : fmt::format("{}, {}", one_line(row.title), date);
}

// What a copy says of a fact: "line 130", "missing".
std::string cell_words(const facts::Cell& cell) {
  switch (cell.presence) {
    case Presence::stated:
      return cell.line > 0 ? fmt::format("line {}", cell.line) : "stated";
    case Presence::missing:
      return "missing";
    case Presence::not_held:
      return "no place";
  }
  return "";
}

std::string padded(std::string text, std::size_t width) {
  const auto used = columns(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

class Text {
 public:
  explicit Text(const ConsoleOptions& options)
      : is_coloured_(options.is_coloured), width_(std::max(options.width, width_min)) {}

  void line(std::string_view text) { out_ += std::string(text) + '\n'; }
  void bold(std::string_view text) { line(is_coloured_ ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text)); }

  void wrapped(std::string_view indent, std::string_view text) {
    for (const auto& part : wrap(one_line(text), width_ - indent.size())) line(std::string(indent) + part);
  }

  void row(const Row& row) {
    const auto cells_width = row.cells.size() * (cell_columns + 1);
    const auto title_width = std::max(title_columns_min, width_ > cells_width + 2 ? width_ - cells_width - 2 : 0);
    const auto parts = wrap(titled(row), title_width);
    std::string cells;
    for (const auto& cell : row.cells) cells += " " + padded(cell_words(cell), cell_columns);
    const bool differs =
        std::any_of(row.differences.begin(), row.differences.end(), [](const auto& d) { return !d.is_note; });
    line(std::string(trim_end((differs ? "! " : "  ") + padded(parts.front(), title_width) + cells)));
    for (std::size_t i = 1; i < parts.size(); ++i) line("  " + parts[i]);
    for (const auto& d : row.differences) wrapped("      ", facts::in_words(row, d));
  }

  std::string take() { return std::move(out_); }

 private:
  static std::string_view trim_end(std::string_view text) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }

  bool is_coloured_;
  std::size_t width_;
  std::string out_;
};

Value row_value(const Row& row) {
  auto cells = Value::array();
  for (const auto& cell : row.cells) cells.push(Value::object({{"cell_words", cell_words(cell)}}));
  auto differences = Value::array();
  for (const auto& d : row.differences)
    differences.push(Value::object({{"difference_class", d.is_note ? "warn" : "fail"},
                                    {"difference_word", d.is_note ? "note" : std::string(to_word(d.what))},
                                    {"difference_sentence", printable(facts::in_words(row, d))}}));
  return Value::object(
      {{"row_title", printable(row.title)},
       {"row_date", row.kind == facts::Kind::identity ? "" : printable(records::date_for_people(row.date))},
       {"cells", std::move(cells)},
       {"differences", std::move(differences)},
       {"is_same", row.differences.empty()}});
}

// Rows of one kind follow each other.
Value groups_of(const Comparison& comparison, const std::vector<Copy>& copies) {
  auto letters = Value::array();
  for (std::size_t c = 0; c < copies.size(); ++c) letters.push(Value::object({{"letter", facts::letter_of(c)}}));
  auto groups = Value::array();
  for (std::size_t i = 0; i < comparison.rows.size();) {
    const auto kind = comparison.rows[i].kind;
    auto rows = Value::array();
    for (; i < comparison.rows.size() && comparison.rows[i].kind == kind; ++i) rows.push(row_value(comparison.rows[i]));
    groups.push(Value::object({{"group_anchor", fmt::format("kind-{}", facts::to_word(kind))},
                               {"group_title", facts::title_of(kind)},
                               {"letters", letters},
                               {"rows", std::move(rows)}}));
  }
  return groups;
}

}  // namespace

std::string render_comparison(const Comparison& comparison, const std::vector<Copy>& copies,
                              const ConsoleOptions& options) {
  Text text(options);
  for (std::size_t c = 0; c < copies.size(); ++c) {
    const auto& copy = copies[c];
    const auto repeated = comparison.repeated.size() > c && comparison.repeated[c] > 0
                              ? fmt::format(", {} said again", comparison.repeated[c])
                              : std::string{};
    text.wrapped("", fmt::format("{}  {}: {}, {}{}", facts::letter_of(c), copy.name, copy.format,
                                 copy.is_words ? "words for people" : counted(copy.facts.size(), "fact"), repeated));
  }
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const auto& row = comparison.rows[i];
    if (i == 0 || comparison.rows[i - 1].kind != row.kind) {
      text.line("");
      text.bold(facts::title_of(row.kind));
    }
    text.row(row);
  }
  if (!comparison.not_compared.empty()) {
    text.line("");
    text.bold("Not compared");
    for (const auto& one : comparison.not_compared)
      text.wrapped("  ", fmt::format("{}: {}", facts::letter_of(one.copy), facts::in_words(one)));
  }
  text.line("");
  text.bold(facts::verdict_of(comparison));
  return text.take();
}

std::string comparison_page(const Comparison& comparison, const std::vector<Copy>& copies, std::string_view level,
                            std::string_view program_version) {
  auto all = Value::array();
  for (std::size_t c = 0; c < copies.size(); ++c)
    all.push(Value::object({{"copy_letter", facts::letter_of(c)},
                            {"copy_name", printable(copies[c].name)},
                            {"copy_format", printable(copies[c].format)},
                            {"copy_facts", copies[c].is_words ? "words" : fmt::format("{}", copies[c].facts.size())}}));
  auto left_out = Value::array();
  for (const auto& one : comparison.not_compared)
    left_out.push(Value::object(
        {{"left_out_sentence", printable(fmt::format("{}: {}", facts::letter_of(one.copy), facts::in_words(one)))}}));
  const bool is_judged = comparison.unjudged.empty();
  const auto page =
      Value::object({{"style", page_css},
                     {"verdict", !is_judged            ? "Cannot be judged"
                                 : comparison.agrees() ? "The copies agree"
                                                       : "The copies differ"},
                     {"verdict_class", !is_judged            ? "skip"
                                       : comparison.agrees() ? "pass"
                                                             : "fail"},
                     {"verdict_sentence", fmt::format("{} Level: {}.", facts::verdict_of(comparison), level)},
                     {"copies", std::move(all)},
                     {"groups", groups_of(comparison, copies)},
                     {"has_left_out", left_out.size() > 0},
                     {"left_out", std::move(left_out)},
                     {"program_version", program_version}});
  // The template is ours and tested: it cannot be malformed.
  auto filled = fill_template(comparison_page_mustache, page);
  return filled ? *std::move(filled) : std::string();
}

}  // namespace bb::report
