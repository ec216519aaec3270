#include "harness/facts/comparison_words.hpp"

#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::facts {
namespace {

std::string place(const Row& row, std::size_t copy) {
  const auto line = row.cells[copy].line;
  return line > 0 ? fmt::format("{} (line {})", letter_of(copy), line) : letter_of(copy);
}

std::string_view word_of(Presence presence) {
  constexpr std::array<std::string_view, 3> words{"stated", "missing", "not_held"};
  return words[static_cast<std::size_t>(presence)];
}

Value difference_value(const Difference& d) {
  return Value::object({{"what", to_word(d.what)},
                        {"is_note", d.is_note},
                        {"attribute", d.attribute},
                        {"copy", letter_of(d.copy)},
                        {"reference", letter_of(d.reference)},
                        {"here", d.here},
                        {"there", d.there}});
}

Value row_value(const Row& row) {
  auto cells = Value::array();
  for (const auto& cell : row.cells)
    cells.push(Value::object({{"presence", word_of(cell.presence)}, {"line", cell.line}}));
  auto differences = Value::array();
  for (const auto& d : row.differences) differences.push(difference_value(d));
  return Value::object({{"kind", to_word(row.kind)},
                        {"title", row.title},
                        {"date", row.date},
                        {"copies", std::move(cells)},
                        {"differences", std::move(differences)}});
}

Value copy_value(const Copy& copy, std::size_t number, std::size_t repeated_count) {
  return Value::object({{"copy", letter_of(number)},
                        {"name", copy.name},
                        {"format", copy.format},
                        {"read_as", copy.is_words ? "words" : "facts"},
                        {"facts", copy.facts.size()},
                        {"repeated", repeated_count}});
}

}  // namespace

std::string letter_of(std::size_t copy) {
  return copy < 26 ? std::string(1, static_cast<char>('A' + static_cast<int>(copy))) : fmt::format("#{}", copy + 1);
}

std::string in_words(const Row& row, const Difference& d) {
  switch (d.what) {
    case What::missing:
      return fmt::format("missing from {}; {} states it", letter_of(d.copy), place(row, d.reference));
    case What::extra:
      return fmt::format("extra in {}; {} does not state it{}", place(row, d.copy), letter_of(d.reference),
                         d.is_note ? " in these words (a note)" : "");
    case What::different:
      break;
  }
  const auto here = d.here.empty() ? "not stated" : fmt::format("'{}'", d.here);
  return fmt::format("{} is {} in {}, '{}' in {}{}", d.attribute, here, place(row, d.copy), d.there,
                     place(row, d.reference), d.is_note ? " (a note)" : "");
}

std::string in_words(const NotCompared& what) {
  auto out = what.what;
  if (what.count > 0) out += fmt::format(" ({})", counted(what.count, "fact"));
  return what.why.empty() ? out : fmt::format("{}: {}", out, what.why);
}

std::string verdict_of(const Comparison& comparison) {
  if (!comparison.unjudged.empty()) return fmt::format("Cannot be judged: {}.", comparison.unjudged);
  const auto facts = counted(comparison.rows.size(), "fact");
  if (comparison.agrees()) return fmt::format("The copies agree: {} compared.", facts);
  std::array<std::size_t, 3> counts{};
  for (const auto& row : comparison.rows)
    for (const auto& d : row.differences)
      if (!d.is_note) ++counts[static_cast<std::size_t>(d.what)];
  return fmt::format("The copies differ: {} compared, {} missing, {} extra, {} different.", facts, counts[0], counts[1],
                     counts[2]);
}

Value to_value(const Comparison& comparison, const std::vector<Copy>& copies, std::string_view level) {
  auto all = Value::array();
  for (std::size_t c = 0; c < copies.size(); ++c)
    all.push(copy_value(copies[c], c, c < comparison.repeated.size() ? comparison.repeated[c] : 0));
  auto rows = Value::array();
  for (const auto& row : comparison.rows) rows.push(row_value(row));
  auto left_out = Value::array();
  for (const auto& one : comparison.not_compared)
    left_out.push(
        Value::object({{"copy", letter_of(one.copy)}, {"what", one.what}, {"facts", one.count}, {"why", one.why}}));
  return Value::object({{"schema", "bluebridge-comparison/1"},
                        {"level", level},
                        {"agrees", comparison.agrees()},
                        {"unjudged", comparison.unjudged},
                        {"differences", comparison.difference_count()},
                        {"notes", comparison.note_count()},
                        {"copies", std::move(all)},
                        {"facts", std::move(rows)},
                        {"not_compared", std::move(left_out)}});
}

}  // namespace bb::facts
