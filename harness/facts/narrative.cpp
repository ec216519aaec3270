#include "harness/facts/narrative.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/narrative.hpp>

#include "harness/facts/negation.hpp"
#include "harness/facts/words.hpp"
#include "harness/facts/words_copy.hpp"

namespace bb::facts {
namespace {

using records::Narrative;
using records::NarrativeRow;

constexpr std::size_t title_bytes_max = 120;
constexpr std::string_view format_name = "C-CDA narrative";

struct Sections {
  std::string text;  // of all sections of one kind
  std::vector<NarrativeRow> rows;
};

// Whether a row may be another wording of a name: it has half of its words that say
// something, and every word of it that changes the meaning, and none is taken back.
bool may_be_worded(const std::string& name, const std::vector<std::string>& row_words, const Tables& tables) {
  std::size_t common = 0, significant = 0;
  for (const auto& word : words_of(name)) {
    const auto found = std::find(row_words.begin(), row_words.end(), word);
    const bool is_there = found != row_words.end();
    if (is_there && tables.is_significant(word) &&
        is_taken_back({row_words.begin(), found}, {found + 1, row_words.end()}, tables))
      return false;
    if (!is_there && tables.changes_meaning(word)) return false;
    if (!tables.is_significant(word)) continue;
    ++significant;
    if (is_there) ++common;
  }
  return common > 0 && 2 * common >= significant;
}

// The value of an observation without its unit: a narrative may write another unit, or
// "145/88" for two.
bool says_value(const Fact& fact, const WordsCopy& words) {
  const auto* value = fact.find("value");
  return value != nullptr && words.has(value->value);
}

// What stands there in other words is a note: a name of which a row holds words, a test
// whose value is there, and what has no name of its own.
void soften(Comparison& found, const std::vector<Fact>& facts, const Sections& sections, const Tables& tables) {
  std::vector<std::vector<std::string>> lines;
  for (const auto& line : split(sections.text, '\n')) lines.push_back(words_of(line));
  const WordsCopy words(sections.text, tables);
  for (auto& row : found.rows)
    for (auto& difference : row.differences) {
      const auto& fact = facts[row.cells[0].fact];
      const auto is_worded = [&](const auto& line) { return may_be_worded(fact.name, line, tables); };
      if (difference.what == What::different)
        difference.is_note = difference.attribute == "value" && says_value(fact, words);
      else
        difference.is_note =
            fact.name.empty() || says_value(fact, words) || std::any_of(lines.begin(), lines.end(), is_worded);
      if (!difference.is_note || difference.what != What::missing) continue;
      difference.what = What::different;
      difference.attribute = "name";
    }
}

// "No known allergies", "None": what an absence states, or nothing.
bool denies(const std::vector<std::string>& words) {
  return words.empty() || words.front() == "no" || words.front() == "none" || words.front() == "not" ||
         words.front() == "unknown";
}

void add_rows_alone(Comparison& out, Kind kind, const Sections& sections, const std::vector<std::string>& names,
                    const Tables& tables) {
  for (const auto& row : sections.rows) {
    if (row.is_referred || denies(words_of(row.text))) continue;
    const WordsCopy words(row.text, tables);
    if (std::any_of(names.begin(), names.end(), [&](const auto& name) { return words.has(name); })) continue;
    const auto row_words = words_of(row.text);
    const bool is_note = std::any_of(names.begin(), names.end(),
                                     [&](const auto& name) { return may_be_worded(name, row_words, tables); });
    Row extra;
    extra.kind = kind;
    extra.title = shorten(row.text, title_bytes_max);
    extra.cells = {{Presence::missing, 0, 0}, {Presence::stated, 0, row.line}};
    extra.differences = {{What::extra, is_note, {}, 1, 0, extra.title, {}}};
    out.rows.push_back(std::move(extra));
  }
}

// What the entries of a kind are called; a row may name a panel.
std::vector<std::string> names_of(const std::vector<Fact>& facts, Kind kind, const records::Record& record) {
  std::vector<std::string> names;
  for (const auto& fact : facts)
    if (fact.kind == kind && !folded(fact.name).empty()) names.push_back(fact.name);
  if (kind == Kind::result)
    for (const auto& panel : record.results)
      if (!folded(panel.panel.display).empty()) names.push_back(panel.panel.display);
  return names;
}

void append(Comparison& out, Comparison part) {
  std::move(part.rows.begin(), part.rows.end(), std::back_inserter(out.rows));
}

}  // namespace

Result<NarrativeComparison> compare_narrative(const std::string& name, std::string_view xml, std::string_view level,
                                              const Tables& tables) {
  BB_TRY(const auto narratives, records::read_narratives(xml));
  BB_TRY(const auto record, records::read_ccda(xml));
  NarrativeComparison out;
  Copy entries;
  entries.name = name + ", entries";
  entries.format = record.format;
  entries.facts = facts_of(record);
  Copy narrative;
  narrative.name = name + ", narrative";
  narrative.format = format_name;
  narrative.is_words = true;
  std::map<Kind, Sections> by_kind;
  for (const auto& one : narratives) {
    const auto kind = kind_of_section(one.kind);
    if (!kind) {
      if (!one.text.empty())
        out.comparison.not_compared.push_back({1, "text of " + one.title, 0, "its entries are not read"});
      continue;
    }
    if (!tables.is_in_level(*kind, level)) continue;
    auto& sections = by_kind[*kind];
    sections.text += one.text + '\n';
    sections.rows.insert(sections.rows.end(), one.rows.begin(), one.rows.end());
  }
  for (const auto& [kind, sections] : by_kind) {
    auto part = entries;
    std::erase_if(part.facts, [kind = kind](const Fact& fact) { return fact.kind != kind; });
    if (!part.facts.empty()) {
      auto words = narrative;
      words.words = sections.text;
      auto found = compare({part, words}, "all", tables);
      soften(found, part.facts, sections, tables);
      append(out.comparison, std::move(found));
    }
    add_rows_alone(out.comparison, kind, sections, names_of(entries.facts, kind, record), tables);
  }
  if (by_kind.empty()) out.comparison.unjudged = "the document has no section whose entries are read";
  out.comparison.repeated.assign(2, 0);
  out.copies = {std::move(entries), std::move(narrative)};
  return out;
}

}  // namespace bb::facts
