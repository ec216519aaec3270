#include "harness/facts/narrative.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_set>

#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/narrative.hpp>

#include "harness/facts/dates.hpp"
#include "harness/facts/levels.hpp"
#include "harness/facts/negation.hpp"
#include "harness/facts/ucum.hpp"
#include "harness/facts/wording.hpp"
#include "harness/facts/words.hpp"

namespace bb::facts {
namespace {

using records::Narrative;
using records::NarrativeRow;

constexpr std::size_t title_bytes_max = 120;
constexpr std::size_t value_words_min = 3;  // of a value in words that a row may be known by
constexpr std::size_t referred_words_more_max = 3;
constexpr std::size_t lines_looked_at_max = 2'000'000;  // for facts in other words, all together
constexpr std::string_view format_name = "C-CDA narrative";

struct Sections {
  std::string text;  // of all sections of one kind
  std::vector<NarrativeRow> rows;
  std::string entry_words;  // of their entries
  std::vector<std::string> entry_codes;
  std::vector<records::ReferredName> referred_names;
};

// A line of a narrative.
struct Line {
  std::string text;
  std::vector<std::string> words;
  std::string folded;  // with a blank before and after

  explicit Line(const std::string& line) : text(line), folded(" ") {
    for (const auto& cell : split(line, '\t')) {
      auto cell_words = words_of(cell);
      if (!words.empty() && !cell_words.empty()) words.emplace_back(cell_border);
      for (auto& word : cell_words) {
        folded += word + ' ';
        words.push_back(std::move(word));
      }
    }
  }
  bool has(std::string_view phrase) const {
    const auto wanted = facts::folded(phrase);
    return !wanted.empty() && folded.find(" " + wanted + " ") != std::string::npos;
  }
  bool has_date(std::string_view iso) const {
    const auto spellings = spellings_of(iso);
    return std::any_of(spellings.begin(), spellings.end(), [&](const auto& one) { return has(one); });
  }
};

// "(E03.8) (244.8) Severe hypothyroidism" without the codes in brackets.
std::string without_codes(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const auto end = name[at] == '(' ? name.find(')', at) : std::string_view::npos;
    const auto inside = end == std::string_view::npos ? std::string_view{} : name.substr(at, end - at);
    const bool is_code =
        inside.find_first_of("0123456789") != std::string_view::npos && inside.find(' ') == std::string_view::npos;
    out += is_code ? std::string_view(" ") : name.substr(at, 1);
    at = is_code ? end + 1 : at + 1;
  }
  return out;
}

// Whether a row may be another wording of a name: it has half of its words that say
// something and every word of it that changes the meaning, none is taken back, and the
// cell with most of them does not contradict the name. A number may be missing.
bool may_be_worded(std::string_view full_name, const Line& line, const Tables& tables) {
  const auto name = without_codes(full_name);
  std::size_t common = 0, significant = 0;
  for (const auto& word : words_of(name)) {
    const auto found = std::find(line.words.begin(), line.words.end(), word);
    const bool is_there = found != line.words.end();
    if (is_there && tables.is_significant(word) &&
        is_taken_back({line.words.begin(), found}, {found + 1, line.words.end()}, tables))
      return false;
    if (!is_there && tables.changes_meaning(word) && !Tables::is_number(word) && tables.strength_unit(word).empty())
      return false;
    if (!tables.is_significant(word)) continue;
    ++significant;
    if (is_there) ++common;
  }
  if (common == 0 || 2 * common < significant) return false;
  const auto name_words = words_of(name);
  std::size_t most = 0;
  std::string best;
  for (auto& cell : split(line.text, '\t')) {
    std::size_t count = 0;
    for (const auto& word : words_of(cell))
      if (std::find(name_words.begin(), name_words.end(), word) != name_words.end()) ++count;
    if (count <= most) continue;
    most = count;
    best = std::move(cell);
  }
  return compare_wording(name, best, tables) != Wording::contrary;
}

// The value of an observation without its unit: a narrative may write another unit, or
// "145/88" for two. Of a value in words half of them.
bool says_value(const Fact& fact, const Line& line, const Tables& tables) {
  const auto* value = fact.find("value");
  if (value == nullptr) return false;
  if (line.has(value->value)) return true;
  const auto word = folded(value->value);
  if (tables.is_sex(word))
    return std::any_of(line.words.begin(), line.words.end(), [&](const std::string& one) {
      return tables.is_sex(one) && tables.sex(one) == tables.sex(word);
    });
  return !parse_number(value->value) && may_be_worded(value->value, line, tables);
}

// "177 cm": a number alone is too little to know a row by.
bool says_measure(const Fact& fact, const Line& line) {
  const auto* value = fact.find("value");
  return value != nullptr && !value->unit.empty() && line.has(value->value + " " + value->unit);
}

// A visit or a plan is known by its day where people call it otherwise than its code.
bool says_day(const Fact& fact, const Line& line) {
  const bool is_known_by_day = fact.kind == Kind::encounter || fact.kind == Kind::plan;
  return is_known_by_day && precision_of(fact.date) >= Precision::day && line.has_date(fact.date);
}

// The line that may say a fact in other words, or null.
const Line* worded_line(const Fact& fact, const std::vector<Line>& lines, const Tables& tables) {
  const auto first = [&](const auto& says) {
    const auto found = std::find_if(lines.begin(), lines.end(), says);
    return found == lines.end() ? nullptr : &*found;
  };
  const auto* found = first([&](const Line& line) { return may_be_worded(fact.name, line, tables); });
  if (found == nullptr) found = first([&](const Line& line) { return says_value(fact, line, tables); });
  if (found == nullptr) found = first([&](const Line& line) { return says_day(fact, line); });
  return found;
}

// The words that the code of a fact refers to, or null. More than a name is a row or a
// sentence with words of its own.
const records::ReferredName* referred_name(const Fact& fact, const Sections& sections) {
  const auto found = std::find_if(sections.referred_names.begin(), sections.referred_names.end(), [&](const auto& one) {
    return one.display == fact.name &&
           words_of(one.text).size() <= words_of(one.display).size() + referred_words_more_max;
  });
  return found == sections.referred_names.end() ? nullptr : &*found;
}

// What stands there in other words is a note with these words: a name of which a row holds
// words, a test whose value is there, a visit of that day, and what has no name of its own.
void soften(Comparison& found, const std::vector<Fact>& facts, const Sections& sections, const Tables& tables) {
  std::vector<Line> lines;
  for (const auto& line : split(sections.text, '\n')) lines.emplace_back(line);
  std::size_t looked_at = 0;
  for (auto& row : found.rows)
    for (auto& difference : row.differences) {
      const auto& fact = facts[row.cells[0].fact];
      looked_at += lines.size();
      if (looked_at > lines_looked_at_max) return;
      if (difference.what == What::different) {
        difference.is_note =
            difference.attribute == "value" &&
            std::any_of(lines.begin(), lines.end(), [&](auto& line) { return says_value(fact, line, tables); });
        continue;
      }
      if (const auto* referred = referred_name(fact, sections);
          referred != nullptr && difference.what == What::missing) {
        difference = {What::different,
                      compare_wording(referred->text, fact.name, tables) != Wording::contrary,
                      "name",
                      difference.copy,
                      difference.reference,
                      referred->text,
                      fact.name};
        continue;
      }
      const auto* line = worded_line(fact, lines, tables);
      difference.is_note = line != nullptr || tables.is_generic_name(folded(fact.name));
      if (!difference.is_note || difference.what != What::missing) continue;
      difference.what = What::different;
      difference.attribute = "name";
      if (line != nullptr) difference.here = shorten(collapse_whitespace(line->text), title_bytes_max);
    }
}

bool says_refused(const Line& line, const Tables& tables) {
  for (std::size_t i = 0; i < line.words.size(); ++i) {
    if (tables.status(line.words[i]) == "refused") return true;
    if (i > 0 && tables.status(line.words[i - 1] + " " + line.words[i]) == "refused") return true;
  }
  return std::any_of(tables.negations_before().begin(), tables.negations_before().end(),
                     [&](const auto& phrase) { return line.has(join(phrase, " ")); });
}

// What was refused is read as given where no line that names it says so (CCDA-NAR-06).
void add_unsaid_refusals(Comparison& found, const std::vector<Fact>& facts, const Sections& sections,
                         const Tables& tables) {
  std::vector<Line> lines;
  for (const auto& line : split(sections.text, '\n')) lines.emplace_back(line);
  for (auto& row : found.rows) {
    const auto& fact = facts[row.cells[0].fact];
    const auto* status = fact.find("status");
    const bool is_told = std::any_of(row.differences.begin(), row.differences.end(), [](const Difference& difference) {
      return !difference.is_note || difference.attribute == "status";
    });
    if (status == nullptr || status->value != "refused" || is_told) continue;
    const auto* const worded = worded_line(fact, lines, tables);
    std::size_t named = 0, refused = 0;
    for (const auto& line : lines) {
      if (&line != worded && !line.has(fact.name)) continue;
      ++named;
      if (says_refused(line, tables)) ++refused;
    }
    if (named > 0 && refused == 0)
      row.differences.push_back({What::different, false, "status", 1, 0, "", status->value});
  }
}

// "No known allergies", "Information is not available": what an absence states, or nothing. "Code, Name,
// Status": nor do the names of columns.
bool denies(const Line& line, const Tables& tables) {
  if (line.words.empty() || tables.are_column_names(line.words, cell_border)) return true;
  const auto& first = line.words.front();
  if (first == "no" || first == "none" || first == "not" || first == "unknown") return true;
  // "Latex | unknown" is an allergy with an unknown reaction.
  return std::find(line.words.begin(), line.words.end(), cell_border) == line.words.end() &&
         tables.ends_in_nothing(line.folded);
}

// What the entries of a kind say, to look up the words of rows.
class EntryWords {
 public:
  EntryWords(const Sections& sections, const Tables& tables) : tables_(tables) {
    for (auto& word : words_of(sections.entry_words)) words_.insert(std::move(word));
    for (const auto& code : sections.entry_codes)
      if (code.size() >= code_bytes_min && code.find_first_of("0123456789") != std::string::npos)
        codes_.insert(" " + folded(code) + " ");
  }

  // Whether a row has the code of an entry, or all that it says in words stands in the
  // entries too, and of what was measured one of its numbers.
  bool has(const Line& line, Kind kind) const { return has_code(line) || has_all(line, kind); }

 private:
  bool has_code(const Line& line) const {
    // The words of a code are few: look at each place of the line.
    for (std::size_t begin = 0; begin + 1 < line.folded.size(); begin = line.folded.find(' ', begin + 1)) {
      auto end = begin;
      for (std::size_t count = 0; count < code_words_max; ++count) {
        end = line.folded.find(' ', end + 1);
        if (end == std::string::npos) break;
        if (codes_.contains(line.folded.substr(begin, end - begin + 1))) return true;
      }
    }
    return false;
  }

  bool has_word(const std::string& word) const {
    if (words_.contains(word)) return true;
    const auto& sex = tables_.sex(word);
    return tables_.is_sex(word) && (words_.contains(sex) || words_.contains(sex.substr(0, 1)));
  }

  bool has_all(const Line& line, Kind kind) const {
    bool has_any = false, has_number = kind != Kind::result && kind != Kind::vital_sign;
    bool is_behind_number = false;
    for (const auto& word : line.words) {
      const bool may_be_unit = is_behind_number && parse_unit(word).has_value();
      is_behind_number = Tables::is_number(word);
      if (is_behind_number) {
        has_any = has_any || words_.contains(word);
        has_number = has_number || words_.contains(word);
      } else if (word != cell_border && tables_.is_significant(word) && !may_be_unit && !is_month(word)) {
        if (!has_word(word)) return false;
        has_any = true;
      }
    }
    return has_any && has_number;
  }

  static constexpr std::size_t code_bytes_min = 4;
  static constexpr std::size_t code_words_max = 4;

  const Tables& tables_;
  std::unordered_set<std::string> words_, codes_;
};

void add_rows_alone(Comparison& out, Kind kind, const Sections& sections, const std::vector<std::string>& names,
                    const std::vector<Fact>& facts, const Tables& tables) {
  const EntryWords entry_words(sections, tables);
  std::size_t looked_at = 0;
  for (const auto& row : sections.rows) {
    const Line line(row.text);
    if (row.is_referred || denies(line, tables)) continue;
    if (std::any_of(names.begin(), names.end(), [&](const auto& name) { return line.has(name); })) continue;
    looked_at += names.size() + facts.size();
    const auto is_other_wording = [&] {
      return std::any_of(names.begin(), names.end(),
                         [&](const auto& name) { return may_be_worded(name, line, tables); }) ||
             std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
               return fact.kind == kind && (says_day(fact, line) || says_measure(fact, line));
             });
    };
    const bool is_note = entry_words.has(line, kind) || (looked_at <= lines_looked_at_max && is_other_wording());
    Row extra;
    extra.kind = kind;
    extra.title = shorten(collapse_whitespace(row.text), title_bytes_max);
    extra.cells = {{Presence::missing, 0, 0}, {Presence::stated, 0, row.line}};
    extra.differences = {{What::extra, is_note, {}, 1, 0, extra.title, {}}};
    out.rows.push_back(std::move(extra));
  }
}

// What the entries of a kind are called; a row may name a panel, or a goal by its value.
std::vector<std::string> names_of(const std::vector<Fact>& facts, Kind kind, const records::Record& record) {
  std::vector<std::string> names;
  for (const auto& fact : facts)
    if (fact.kind == kind) {
      if (!folded(fact.name).empty()) names.push_back(fact.name);
      const auto* value = fact.find("value");
      if (value != nullptr && words_of(value->value).size() >= value_words_min) names.push_back(value->value);
    }
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
  BB_TRY(const auto record, records::read_ccda(xml));
  return compare_narrative(name, xml, record, level, tables);
}

Result<NarrativeComparison> compare_narrative(const std::string& name, std::string_view xml,
                                              const records::Record& record, std::string_view level,
                                              const Tables& tables) {
  BB_TRY(const auto narratives, records::read_narratives(xml));
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
    sections.entry_words += one.entry_words;
    sections.referred_names.insert(sections.referred_names.end(), one.referred_names.begin(), one.referred_names.end());
    sections.entry_codes.insert(sections.entry_codes.end(), one.entry_codes.begin(), one.entry_codes.end());
    sections.rows.insert(sections.rows.end(), one.rows.begin(), one.rows.end());
  }
  for (const auto& [kind, sections] : by_kind) {
    auto part = entries;
    std::erase_if(part.facts, [kind = kind](const Fact& fact) { return fact.kind != kind; });
    if (!part.facts.empty()) {
      auto words = narrative;
      words.words = sections.text;
      auto found = compare({part, words}, level_all, tables);
      soften(found, part.facts, sections, tables);
      add_unsaid_refusals(found, part.facts, sections, tables);
      append(out.comparison, std::move(found));
    }
    add_rows_alone(out.comparison, kind, sections, names_of(entries.facts, kind, record), entries.facts, tables);
  }
  if (by_kind.empty()) out.comparison.unjudged = "the document has no section whose entries are read";
  out.comparison.repeated.assign(2, 0);
  out.copies = {std::move(entries), std::move(narrative)};
  return out;
}

}  // namespace bb::facts
