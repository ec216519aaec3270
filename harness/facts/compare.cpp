// compare.cpp - rows of facts: each copy in turn is matched against the rows that the
// copies before it made. Within the facts of one code or name, dates that agree at the
// finest precision go first, and of these the ones whose values agree.
#include "harness/facts/compare.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/facts/agreement.hpp"
#include "harness/facts/levels.hpp"
#include "harness/facts/wording.hpp"
#include "harness/facts/words.hpp"
#include "harness/facts/words_copy.hpp"

namespace bb::facts {
namespace {

constexpr std::size_t candidates_max = 32;  // looked at among facts of one name and date
constexpr std::size_t none = static_cast<std::size_t>(-1);

// What people have many of by one name; two of them with other dates and other values
// are two facts.
bool is_repeated(Kind kind) {
  switch (kind) {
    case Kind::result:
    case Kind::vital_sign:
    case Kind::encounter:
    case Kind::immunization:
    case Kind::procedure:
    case Kind::claim:
    case Kind::claim_item:
    case Kind::plan:
      return true;
    default:
      return false;
  }
}

// A fact with what it is found by.
struct Keyed {
  const Fact* fact = nullptr;
  std::size_t index = 0;    // in its copy
  std::string code_key;     // empty = no code
  std::string name_key;     // empty = no name
  bool is_matched = false;  // with a row of copies before
};

struct Working {
  std::vector<const Keyed*> cells;  // by copy; null = not stated
  const Keyed* first = nullptr;
  std::size_t first_copy = 0;
  std::string_view date;  // the most exact so far
};

using Group = std::vector<Keyed*>;

class Comparer {
 public:
  Comparer(const std::vector<Copy>& copies, std::string_view level, const Tables& tables)
      : copies_(copies), level_(level), tables_(tables) {
    for (const auto& copy : copies) formats_.push_back(&tables.format(copy.format));
  }

  Comparison run() {
    out_.repeated.assign(copies_.size(), 0);
    for (std::size_t c = 0; c < copies_.size(); ++c)
      if (!copies_[c].is_words) add_copy(c);
    if (rows_.empty()) {
      out_.unjudged = "no copy states a fact that a program can read, so there is nothing to look for in the others";
      return std::move(out_);
    }
    make_rows();
    note_formats();
    return std::move(out_);
  }

 private:
  bool is_wanted(const Fact& fact) const {
    if (fact.kind != Kind::absence || level_ == level_all) return tables_.is_in_level(fact.kind, level_);
    const auto denied = kind_of_section(fact.context);
    return denied && tables_.is_in_level(*denied, level_);
  }

  Keyed keyed(const Fact& fact, std::size_t index) const {
    Keyed out{&fact, index, {}, {}};
    const auto begin = fmt::format("{}|{}|", to_word(fact.kind), folded(fact.context));
    if (!fact.code.code.empty())
      out.code_key = fmt::format("{}{}|{}", begin, tables_.system(fact.code.system), to_lower(fact.code.code));
    const auto name = name_key(fact.name, tables_);
    if (!name.empty() || out.code_key.empty()) out.name_key = begin + name;
    return out;
  }

  // The facts of a copy, each once.
  void add_copy(std::size_t c) {
    const auto& format = *formats_[c];
    auto& facts = keyed_.emplace_back();
    std::unordered_map<std::string, Group> seen;
    std::vector<Keyed*> own;
    for (std::size_t i = 0; i < copies_[c].facts.size(); ++i) {
      const auto& fact = copies_[c].facts[i];
      if (!is_wanted(fact)) continue;
      auto& one = facts.emplace_back(keyed(fact, i));
      auto& alike = seen[(one.code_key.empty() ? one.name_key : one.code_key) + "|" + fact.date];
      if (is_repetition(one, alike, format)) {
        ++out_.repeated[c];
        facts.pop_back();
        continue;
      }
      alike.push_back(&one);
      own.push_back(&one);
    }
    match(own, c, &Keyed::code_key, by_code_);
    match(own, c, &Keyed::name_key, by_name_);
    for (auto* one : own)
      if (!one->is_matched) begin_row(*one, c);
  }

  // Says nothing that a fact before it contradicts; what it says more goes to that one.
  bool is_repetition(const Keyed& one, const Group& before, const Format& format) {
    for (std::size_t i = 0; i < std::min(before.size(), candidates_max); ++i) {
      auto* other = before[i];
      if (!are_alike(*other->fact, format, *one.fact, format, tables_)) continue;
      const auto is_new = [&](const Attribute& attribute) { return other->fact->find(attribute.name) == nullptr; };
      if (std::none_of(one.fact->attributes.begin(), one.fact->attributes.end(), is_new)) return true;
      // Two facts that share no more than their name are not one said twice.
      const auto is_shared = [&](const Attribute& attribute) { return !is_new(attribute); };
      if (std::none_of(one.fact->attributes.begin(), one.fact->attributes.end(), is_shared)) continue;
      auto& merged = merged_.emplace_back(*other->fact);
      for (const auto& attribute : one.fact->attributes)
        if (merged.find(attribute.name) == nullptr) merged.attributes.push_back(attribute);
      other->fact = &merged;
      return true;
    }
    return false;
  }

  using RowsByKey = std::unordered_map<std::string_view, std::vector<std::size_t>>;

  void match(const std::vector<Keyed*>& own, std::size_t c, std::string Keyed::*key, const RowsByKey& rows_by_key) {
    std::unordered_map<std::string_view, Group> groups;
    std::vector<std::string_view> order;
    for (auto* one : own) {
      if (one->is_matched || (one->*key).empty()) continue;
      auto& group = groups[one->*key];
      if (group.empty()) order.push_back(one->*key);
      group.push_back(one);
    }
    for (const auto word : order) {
      const auto found = rows_by_key.find(word);
      if (found == rows_by_key.end()) continue;
      std::vector<std::size_t> rows;
      for (const auto row : found->second)
        if (rows_[row].cells[c] == nullptr) rows.push_back(row);
      if (!rows.empty()) match_group(groups[word], rows, c);
    }
  }

  void match_group(const Group& group, const std::vector<std::size_t>& rows, std::size_t c) {
    const bool is_single = group.size() == 1 && rows.size() == 1;
    if (is_single && (!is_repeated(group[0]->fact->kind) || group[0]->fact->date == rows_[rows[0]].date)) {
      join(*group[0], rows[0], c);
      return;
    }
    for (const auto precision :
         {Precision::second, Precision::minute, Precision::day, Precision::month, Precision::year})
      for (const bool must_be_alike : {true, false}) match_dates(group, rows, c, precision, must_be_alike);
    for (const bool must_be_alike : {true, false}) match_undated(group, rows, c, must_be_alike);
    match_rest(group, rows, c, true);
    if (!is_repeated(group[0]->fact->kind)) match_rest(group, rows, c, false);
  }

  // Facts and rows whose dates agree where the poorer of both has this precision.
  void match_dates(const Group& group, const std::vector<std::size_t>& rows, std::size_t c, Precision precision,
                   bool must_be_alike) {
    struct Waiting {
      std::vector<std::size_t> exact, finer;
    };
    std::unordered_map<std::string_view, Waiting> by_date;
    for (const auto row : rows) {
      const auto held = precision_of(rows_[row].date);
      if (rows_[row].cells[c] != nullptr || held < precision) continue;
      auto& waiting = by_date[cut(rows_[row].date, precision)];
      (held == precision ? waiting.exact : waiting.finer).push_back(row);
    }
    if (by_date.empty()) return;
    for (auto* one : group) {
      const auto held = precision_of(one->fact->date);
      if (one->is_matched || held < precision) continue;
      const auto found = by_date.find(cut(one->fact->date, precision));
      if (found == by_date.end()) continue;
      if (take(*one, found->second.exact, c, must_be_alike)) continue;
      if (held == precision) take(*one, found->second.finer, c, must_be_alike);
    }
  }

  void match_undated(const Group& group, const std::vector<std::size_t>& rows, std::size_t c, bool must_be_alike) {
    std::vector<std::size_t> undated, dated;
    for (const auto row : rows)
      if (rows_[row].cells[c] == nullptr) (rows_[row].date.empty() ? undated : dated).push_back(row);
    for (auto* one : group) {
      if (one->is_matched) continue;
      if (take(*one, undated, c, must_be_alike)) continue;
      if (one->fact->date.empty()) take(*one, dated, c, must_be_alike);
    }
  }

  // Dates that do not agree: the fact is there, with another date.
  void match_rest(const Group& group, const std::vector<std::size_t>& rows, std::size_t c, bool must_be_alike) {
    std::vector<std::size_t> left;
    for (const auto row : rows)
      if (rows_[row].cells[c] == nullptr) left.push_back(row);
    for (auto* one : group)
      if (!one->is_matched) take(*one, left, c, must_be_alike);
  }

  // Joins the first row that fits and takes it out of the list.
  bool take(Keyed& one, std::vector<std::size_t>& rows, std::size_t c, bool must_be_alike) {
    for (std::size_t i = 0; i < std::min(rows.size(), candidates_max); ++i) {
      const auto& row = rows_[rows[i]];
      if (must_be_alike && !are_alike(*row.first->fact, *formats_[row.first_copy], *one.fact, *formats_[c], tables_))
        continue;
      join(one, rows[i], c);
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
    return false;
  }

  void join(Keyed& one, std::size_t row, std::size_t c) {
    auto& working = rows_[row];
    working.cells[c] = &one;
    if (precision_of(one.fact->date) > precision_of(working.date)) working.date = one.fact->date;
    one.is_matched = true;
    learn(one, row);
  }

  void begin_row(const Keyed& one, std::size_t c) {
    Working row;
    row.cells.assign(copies_.size(), nullptr);
    row.cells[c] = row.first = &one;
    row.first_copy = c;
    row.date = one.fact->date;
    rows_.push_back(std::move(row));
    learn(one, rows_.size() - 1);
  }

  void learn(const Keyed& one, std::size_t row) {
    const auto add = [row](RowsByKey& rows, std::string_view key) {
      if (key.empty()) return;
      auto& list = rows[key];
      if (list.empty() || list.back() != row) list.push_back(row);
    };
    add(by_code_, one.code_key);
    add(by_name_, one.name_key);
  }

  void make_rows() {
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Working& a, const Working& b) { return a.first->fact->kind < b.first->fact->kind; });
    std::vector<WordsCopy> words;
    words.reserve(copies_.size());
    for (const auto& copy : copies_)
      words.emplace_back(copy.is_words ? std::string_view(copy.words) : std::string_view{}, tables_);
    for (const auto& working : rows_) {
      Row row;
      row.kind = working.first->fact->kind;
      row.title = working.first->fact->title();
      row.date = working.date;
      row.cells.resize(copies_.size());
      for (std::size_t c = 0; c < copies_.size(); ++c) fill_cell(row, working, c);
      compare_presence(row, working);
      compare_attributes(row, working);
      for (std::size_t c = 0; c < copies_.size(); ++c)
        if (copies_[c].is_words) compare_words(row, working, c, words[c]);
      out_.rows.push_back(std::move(row));
    }
  }

  void fill_cell(Row& row, const Working& working, std::size_t c) {
    auto& cell = row.cells[c];
    if (const auto* one = working.cells[c]) {
      cell = {Presence::stated, one->index, one->fact->line};
    } else if (const auto what = not_held(*working.first->fact, c); !what.empty()) {
      cell.presence = Presence::not_held;
      ++not_held_[{c, what}];
    }
  }

  // Why a copy need not state a fact, as what of it its format does not hold; else empty.
  std::string not_held(const Fact& fact, std::size_t c) const {
    const auto& format = *formats_[c];
    const std::string kind(to_word(fact.kind));
    if (!format.holds(fact.kind)) return kind;
    if (fact.kind == Kind::identity && fact.name != patient_title && !format.holds(fact.kind, "others"))
      return "other patients";
    if (format.own.contains(kind) && fact.find("source") == nullptr) return kind + " that the patient did not enter";
    if (format.past.contains(kind) && fact.find("planned") != nullptr) return kind + " that is planned";
    if (fact.kind == Kind::absence) {
      const auto denied = kind_of_section(fact.context);
      const auto* statement = fact.find("statement");
      const bool is_held = denied && format.holds(*denied) && format.holds(fact.kind, fact.context) &&
                           (statement == nullptr || format.can_say(fact.kind, "statement", statement->value));
      if (!is_held) return fmt::format("absence of {}", fact.context);
    }
    // Words are looked for by the name.
    if (copies_[c].is_words && fact.kind != Kind::identity && words_of(fact.name).empty() && fact.code.code.empty())
      return kind + " without a name";
    return {};
  }

  void compare_presence(Row& row, const Working& working) {
    std::size_t reference = none;
    for (std::size_t c = 0; c < copies_.size() && reference == none; ++c)
      if (!copies_[c].is_words && row.cells[c].presence != Presence::not_held) reference = c;
    for (std::size_t c = 0; c < copies_.size(); ++c) {
      if (copies_[c].is_words || c == reference) continue;
      const bool is_stated = working.cells[c] != nullptr;
      if (working.cells[reference] == nullptr) {
        if (is_stated) row.differences.push_back({What::extra, false, {}, c, reference, row.title, {}});
      } else if (!is_stated && row.cells[c].presence == Presence::missing) {
        row.differences.push_back({What::missing, false, {}, c, reference, {}, row.title});
      }
    }
  }

  void compare_attributes(Row& row, const Working& working) {
    std::vector<std::string_view> names;
    for (const auto* one : working.cells)
      if (one != nullptr)
        for (const auto& attribute : one->fact->attributes)
          if (std::find(names.begin(), names.end(), attribute.name) == names.end()) names.push_back(attribute.name);
    compare_names(row, working);
    compare_main_dates(row, working);
    for (const auto name : names) compare_attribute(row, working, name);
  }

  void differ(Row& row, std::string_view attribute, std::size_t copy, std::size_t reference, std::string here,
              std::string there, bool is_note = false) {
    row.differences.push_back(
        {What::different, is_note, std::string(attribute), copy, reference, std::move(here), std::move(there)});
  }

  // Codes and words against those of the first copy that has them.
  void compare_names(Row& row, const Working& working) {
    std::size_t coded = none, named = none;
    for (std::size_t c = 0; c < copies_.size(); ++c) {
      const auto* one = working.cells[c];
      if (one == nullptr) continue;
      const auto& fact = *one->fact;
      if (!fact.code.code.empty()) {
        if (coded == none) coded = c;
        const auto& other = working.cells[coded]->fact->code;
        if (!compare_codes(fact.code, other, tables_).value_or(true))
          differ(row, "code", c, coded, records::code_label(fact.code), records::code_label(other));
      }
      if (fact.name.empty()) continue;
      if (named == none) named = c;
      const auto& other = working.cells[named]->fact->name;
      const auto wording = fact.name == other ? Wording::same : compare_wording(fact.name, other, tables_);
      if (wording != Wording::same) differ(row, "name", c, named, fact.name, other, wording == Wording::otherwise);
    }
  }

  void compare_main_dates(Row& row, const Working& working) {
    std::size_t dated = none;
    for (std::size_t c = 0; c < copies_.size() && dated == none; ++c)
      if (working.cells[c] != nullptr && !working.cells[c]->fact->date.empty()) dated = c;
    if (dated == none) return;
    const auto& reference = *working.cells[dated]->fact;
    for (std::size_t c = 0; c < copies_.size(); ++c) {
      const auto* one = working.cells[c];
      if (one == nullptr || c == dated || is_not_held(row.kind, reference.date_name, c)) continue;
      const auto& date = one->fact->date;
      if (date.empty() || !dates_agree(date, *formats_[c], reference.date, *formats_[dated]))
        differ(row, reference.date_name, c, dated, date, reference.date);
    }
  }

  void compare_attribute(Row& row, const Working& working, std::string_view name) {
    std::size_t said = none;
    const Attribute* reference = nullptr;
    for (std::size_t c = 0; c < copies_.size() && reference == nullptr; ++c) {
      if (working.cells[c] == nullptr) continue;
      reference = working.cells[c]->fact->find(name);
      said = c;
    }
    for (std::size_t c = 0; c < copies_.size(); ++c) {
      const auto* one = working.cells[c];
      if (one == nullptr || c == said || is_not_held(row.kind, name, c)) continue;
      const auto* attribute = one->fact->find(name);
      if (is_unsayable(row.kind, *reference, attribute, said, c)) continue;
      if (attribute == nullptr) {
        differ(row, name, c, said, {}, reference->in_words());
        continue;
      }
      const auto agrees = compare_values(*attribute, *formats_[c], *reference, *formats_[said], tables_);
      if (agrees != Agrees::yes)
        differ(row, name, c, said, attribute->in_words(), reference->in_words(), agrees == Agrees::in_other_words);
    }
  }

  // One of both formats has no word for what the other says, and says none that cannot
  // stand for it.
  bool is_unsayable(Kind kind, const Attribute& reference, const Attribute* attribute, std::size_t said,
                    std::size_t c) {
    const bool is_here = !formats_[c]->can_say(kind, reference.name, reference.value);
    const bool is_there = attribute != nullptr && !formats_[said]->can_say(kind, reference.name, attribute->value);
    if (!is_here && !is_there) return false;
    const auto may_mean = [&](std::size_t copy, const Attribute& word, const Attribute& other) {
      return formats_[copy]->may_mean(kind, reference.name, word.value, other.value);
    };
    if (is_here && attribute != nullptr && !may_mean(c, *attribute, reference)) return false;
    if (is_there && !may_mean(said, reference, *attribute)) return false;
    ++not_held_[{is_here ? c : said, fmt::format("some words for {} of {}", reference.name, to_word(kind))}];
    return true;
  }

  bool is_not_held(Kind kind, std::string_view attribute, std::size_t c) {
    if (formats_[c]->holds(kind, attribute)) return false;
    ++not_held_[{c, fmt::format("{} of {}", attribute, to_word(kind))}];
    return true;
  }

  void compare_words(Row& row, const Working& working, std::size_t c, WordsCopy& words) {
    auto& cell = row.cells[c];
    if (cell.presence == Presence::not_held) return;
    const auto& fact = *working.first->fact;
    const auto reference = working.first_copy;
    const auto found = words.find(fact, *formats_[c]);
    if (!found.is_found) {
      row.differences.push_back({What::missing, false, {}, c, reference, {}, row.title});
      return;
    }
    cell = {Presence::stated, 0, found.line};
    for (const auto& [attribute, value] : found.not_found) differ(row, attribute, c, reference, {}, value);
  }

  void note_formats() {
    for (std::size_t c = 0; c < copies_.size(); ++c) {
      const auto& format = *formats_[c];
      const auto& copy = copies_[c];
      const auto patient_count = std::count_if(copy.facts.begin(), copy.facts.end(),
                                               [](const Fact& fact) { return fact.kind == Kind::identity; });
      if (patient_count > 1 && level_ != level_identity)
        out_.not_compared.push_back(
            {c, "which fact is about which patient", 0,
             fmt::format("it is about {} patients, and their facts are not told apart", patient_count)});
      if (copy.is_words)
        out_.not_compared.push_back({c, "what it says beyond the other copies", 0,
                                     "it is for people alone: the facts of the others are looked for in its words"});
      if (!copy.is_words && !format.has_codes)
        out_.not_compared.push_back({c, "codes, where it has none", 0, format.about});
      if (!copy.is_words && !format.has_zones)
        out_.not_compared.push_back({c, "offsets of times from UTC", 0, format.about});
      for (const auto& [what, count] : copy.modifiers)
        out_.not_compared.push_back({c, what, count, "it changes what is said in a way that is not known here"});
      if (level_ == level_all)
        for (const auto& text : copy.unread) out_.not_compared.push_back({c, text, 0, "it is text for people"});
    }
    for (const auto& [what, count] : not_held_)
      out_.not_compared.push_back({what.first, what.second, count, formats_[what.first]->about});
  }

  const std::vector<Copy>& copies_;
  std::string_view level_;
  const Tables& tables_;
  std::vector<const Format*> formats_;
  std::deque<std::deque<Keyed>> keyed_;
  std::deque<Fact> merged_;
  std::vector<Working> rows_;
  RowsByKey by_code_, by_name_;
  std::map<std::pair<std::size_t, std::string>, std::size_t> not_held_;
  Comparison out_;
};

}  // namespace

std::string_view to_word(What what) {
  switch (what) {
    case What::missing:
      return "missing";
    case What::extra:
      return "extra";
    case What::different:
      return "different";
  }
  return "";
}

std::size_t Comparison::note_count() const {
  std::size_t count = 0;
  for (const auto& row : rows)
    count += static_cast<std::size_t>(
        std::count_if(row.differences.begin(), row.differences.end(), [](const auto& d) { return d.is_note; }));
  return count;
}

std::size_t Comparison::difference_count() const {
  std::size_t count = 0;
  for (const auto& row : rows) count += row.differences.size();
  return count - note_count();
}

Comparison compare(const std::vector<Copy>& copies, std::string_view level, const Tables& tables) {
  return Comparer(copies, level, tables).run();
}

}  // namespace bb::facts
