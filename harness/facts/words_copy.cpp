#include "harness/facts/words_copy.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>
#include <bb/records/record.hpp>

#include "harness/facts/negation.hpp"
#include "harness/facts/ucum.hpp"
#include "harness/facts/ucum_units.hpp"
#include "harness/facts/words.hpp"

namespace bb::facts {
namespace {

constexpr std::size_t places_max = 2'000;     // of one name that are looked at
constexpr std::size_t row_words_min = 3;      // a line with so many words beside the name is a row
constexpr std::size_t window_words_max = 60;  // of what follows a line that is no row
constexpr std::size_t name_words_max = 12;    // within which the parts of a person's name stand
constexpr std::array<std::string_view, 2> label_names{"birth date", "sex"};
constexpr std::size_t label_words_max = 6;        // after a label, within which its value begins
constexpr std::size_t label_line_words_max = 16;  // of a line of labels, above a line of their values

// Of whom or what a word beside the name may take it back. "Ketones: negative" and "Smoking: never" are values.
bool can_be_taken_back(Kind kind) {
  return kind == Kind::allergy || kind == Kind::problem || kind == Kind::medication || kind == Kind::immunization ||
         kind == Kind::procedure || kind == Kind::device;
}

// What may stand for the unit of a value.
std::vector<std::string> unit_words(const std::string& unit) {
  std::vector<std::string> out{unit};
  for (const auto& spelling : unit_spellings)
    if (spelling.ucum == unit) out.emplace_back(spelling.written);
  if (unit.starts_with('{') && unit.ends_with('}')) out.push_back(unit.substr(1, unit.size() - 2));
  return out;
}

}  // namespace

WordsCopy::WordsCopy(std::string_view words, const Tables& tables) : tables_(tables) {
  int line = 1;
  for (std::size_t begin = 0; begin <= words.size() && !words.empty(); ++line) {
    const auto end = std::min(words.find('\n', begin), words.size());
    add_line(words.substr(begin, end - begin), line);
    begin = end + 1;
  }
  is_taken_.assign(words_.size(), false);
}

void WordsCopy::add_line(std::string_view text, int line) {
  int cell = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++cell) {
    const auto end = std::min(text.find('\t', begin), text.size());
    for (auto& word : words_of(text.substr(begin, end - begin))) {
      const auto [entry, is_new] = numbers_.try_emplace(std::move(word), static_cast<std::uint32_t>(texts_.size()));
      if (is_new) {
        texts_.push_back(entry->first);
        places_.emplace_back();
      }
      places_[entry->second].push_back(words_.size());
      words_.push_back(entry->second);
      lines_.push_back(line);
      cells_.push_back(cell);
    }
    begin = end + 1;
  }
}

WordsCopy::Phrase WordsCopy::phrase_of(std::string_view text) const {
  Phrase phrase;
  for (const auto& word : words_of(text)) {
    const auto found = numbers_.find(word);
    if (found == numbers_.end()) return {};
    phrase.push_back(found->second);
  }
  return phrase;
}

bool WordsCopy::stands_at(const Phrase& phrase, std::size_t at) const {
  return at + phrase.size() <= words_.size() &&
         std::equal(phrase.begin(), phrase.end(), words_.begin() + static_cast<std::ptrdiff_t>(at));
}

// From the rarest word of the phrase.
std::vector<std::size_t> WordsCopy::places_of(const Phrase& phrase) const {
  std::vector<std::size_t> out;
  if (phrase.empty()) return out;
  std::size_t rarest = 0;
  for (std::size_t i = 1; i < phrase.size(); ++i)
    if (places_[phrase[i]].size() < places_[phrase[rarest]].size()) rarest = i;
  for (const auto place : places_[phrase[rarest]])
    if (place >= rarest && stands_at(phrase, place - rarest)) out.push_back(place - rarest);
  return out;
}

std::vector<std::size_t> WordsCopy::places_in_any_order(std::string_view key) const {
  auto wanted = split(key, ' ');
  std::sort(wanted.begin(), wanted.end());
  const std::vector<std::size_t>* rarest = nullptr;
  for (const auto& word : wanted) {
    const auto found = numbers_.find(word);
    if (!tables_.is_significant(word)) continue;
    if (found == numbers_.end()) return {};
    if (rarest == nullptr || places_[found->second].size() < rarest->size()) rarest = &places_[found->second];
  }
  std::vector<std::size_t> out;
  if (rarest == nullptr || wanted.size() > name_words_max) return out;
  for (std::size_t i = 0; i < std::min(rarest->size(), places_max); ++i) {
    const auto place = (*rarest)[i];
    const auto line = line_of(place);
    const auto first = std::max(line.begin, place + 1 < wanted.size() ? std::size_t{0} : place + 1 - wanted.size());
    for (auto at = first; at <= place && at + wanted.size() <= line.end; ++at) {
      std::vector<std::string> here;
      for (auto k = at; k < at + wanted.size(); ++k) {
        const auto& word = texts_[words_[k]];
        const auto form = tables_.dose_form(word);
        here.push_back(form.empty() ? word : std::string(form));
      }
      std::sort(here.begin(), here.end());
      if (here != wanted) continue;
      out.push_back(at);
      break;
    }
  }
  return out;
}

bool WordsCopy::has(std::string_view phrase) const { return !places_of(phrase_of(phrase)).empty(); }

bool WordsCopy::is_within(std::string_view text, Window window, bool must_be_stated) const {
  const auto phrase = phrase_of(text);
  if (phrase.empty()) return words_of(text).empty();
  for (auto at = window.begin; at + phrase.size() <= window.end; ++at)
    if (stands_at(phrase, at) && !(must_be_stated && is_taken_back(at, phrase.size()))) return true;
  return false;
}

bool WordsCopy::says_date(std::string_view date, Window window) const {
  if (is_within(records::date_for_people(date), window)) return true;  // as we write it: no other is made then
  const auto spellings = spellings_of(date);
  return std::any_of(spellings.begin(), spellings.end(), [&](const auto& one) { return is_within(one, window); });
}

WordsCopy::Window WordsCopy::line_of(std::size_t at) const {
  const auto [begin, end] = std::equal_range(lines_.begin(), lines_.end(), lines_[at]);
  return {static_cast<std::size_t>(begin - lines_.begin()), static_cast<std::size_t>(end - lines_.begin())};
}

WordsCopy::Window WordsCopy::cell_below(std::size_t at) const {
  auto begin = line_of(at).end;
  if (begin == words_.size() || (cells_[at] == 0 && cells_[begin - 1] == 0)) return {};
  const auto end = line_of(begin).end;
  while (begin < end && cells_[begin] < cells_[at]) ++begin;
  auto last = begin;
  while (last < end && cells_[last] == cells_[at]) ++last;
  return {begin, last};
}

bool WordsCopy::is_taken_back(std::size_t at, std::size_t length) const {
  std::vector<std::string> before, after;
  auto begin = at;
  while (begin > 0 && lines_[begin - 1] == lines_[at] && at - begin < negation_words_max) --begin;
  const auto add_border = [&](std::vector<std::string>& beside, std::size_t i) {
    if (i > 0 && lines_[i] == lines_[i - 1] && cells_[i] != cells_[i - 1]) beside.emplace_back(cell_border);
  };
  for (auto i = begin; i < at; ++i) {
    add_border(before, i);
    before.push_back(texts_[words_[i]]);
  }
  add_border(before, at);
  for (auto i = at + length; i < words_.size() && lines_[i] == lines_[at] && after.size() < negation_words_max; ++i) {
    add_border(after, i);
    after.push_back(texts_[words_[i]]);
  }
  return facts::is_taken_back(before, after, tables_);
}

bool WordsCopy::says(const Attribute& attribute, Window window, bool must_be_stated) const {
  if (attribute.how == How::date) return says_date(attribute.value, window);
  if (attribute.how == How::set)
    return std::all_of(attribute.names.begin(), attribute.names.end(),
                       [&](const auto& one) { return is_within(one, window, must_be_stated); });
  if (attribute.how == How::status || attribute.how == How::name)
    return is_within(attribute.value, window, must_be_stated);
  if (attribute.unit.empty()) return is_within(attribute.value, window);
  const auto units = unit_words(attribute.unit);
  return std::any_of(units.begin(), units.end(),
                     [&](const auto& unit) { return is_within(attribute.value + " " + unit, window); });
}

// The line of the name where it is a row, else what follows.
WordsCopy::Window WordsCopy::around(std::size_t at, std::size_t length) const {
  Window window{line_of(at).begin, line_of(at + length - 1).end};
  if (window.end - window.begin < length + row_words_min)
    window.end = std::min(words_.size(), window.end + window_words_max);
  return window;
}

std::vector<std::size_t> WordsCopy::ends_of_labels(std::string_view what, bool is_at_line_begin) const {
  std::vector<std::size_t> ends;
  for (const auto& label : tables_.labels(what)) {
    const auto phrase = phrase_of(join(label, " "));
    for (const auto at : places_of(phrase))
      if (!is_at_line_begin || at == 0 || lines_[at - 1] != lines_[at]) ends.push_back(at + phrase.size());
  }
  return ends;
}

// Every part of the name, near each other ("Newman, Alice"). Of rows with a label that
// hold them all, one has to hold nothing else: "Name: Alice Newman Smith" is another person.
bool WordsCopy::names_patient(const std::string& name) const {
  const auto parts = phrase_of(name);
  if (parts.empty()) return words_of(name).empty();
  const auto holds_all = [&](Window window) {
    const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(window.begin);
    const auto end = words_.begin() + static_cast<std::ptrdiff_t>(window.end);
    return std::all_of(parts.begin(), parts.end(),
                       [&](std::uint32_t part) { return std::find(begin, end, part) != end; });
  };
  const auto is_of_name = [&](std::uint32_t word) {
    const auto& titles = tables_.labels("title");
    return std::find(parts.begin(), parts.end(), word) != parts.end() ||
           std::any_of(titles.begin(), titles.end(), [&](const auto& title) { return title.front() == texts_[word]; });
  };
  // "Name: Alice Newman   Sex: F" goes on with something else.
  const auto is_no_name = [&](std::size_t at) {
    const auto& word = texts_[words_[at]];
    return tables_.is_sex(word) || Tables::is_number(word) ||
           std::any_of(label_names.begin(), label_names.end(), [&](std::string_view what) {
             const auto& labels = tables_.labels(what);
             return std::any_of(labels.begin(), labels.end(), [&](const auto& label) { return label.front() == word; });
           });
  };
  bool is_another = false;
  for (const auto at : ends_of_labels("name", true)) {
    if (at >= words_.size()) continue;
    const auto end = line_of(at).end;
    if (!holds_all({at, end})) continue;
    auto next = at;
    while (next < end && is_of_name(words_[next])) ++next;
    if (holds_all({at, next}) && (next == end || is_no_name(next))) return true;
    is_another = true;
  }
  if (is_another) return false;
  for (std::size_t i = 0; i < std::min(places_[parts[0]].size(), places_max); ++i) {
    const auto place = places_[parts[0]][i];
    if (holds_all(
            {place < name_words_max ? 0 : place - name_words_max, std::min(words_.size(), place + name_words_max)}))
      return true;
  }
  return false;
}

// After its label, below it in a table, or in a line that names the patient.
bool WordsCopy::says_birth_date(const std::string& date, const std::string& name) const {
  const auto ends = ends_of_labels("birth date", false);
  if (std::any_of(ends.begin(), ends.end(), [&](std::size_t at) {
        return says_date(date, {at, std::min(words_.size(), at + label_words_max)}) ||
               says_date(date, cell_below(at - 1));
      }))
    return true;
  const auto places = places_of(phrase_of(name));
  return std::any_of(places.begin(), places.end(), [&](std::size_t at) { return says_date(date, line_of(at)); });
}

// The word for a sex that belongs to a label which ends at `end`: directly after it, in the
// cell below, in the line below a line of labels, or a word (no letter alone) a little later.
std::string WordsCopy::sex_of_label(std::size_t end) const {
  const auto is_sex_at = [&](std::size_t at) { return at < words_.size() && tables_.is_sex(texts_[words_[at]]); };
  if (is_sex_at(end)) return texts_[words_[end]];
  if (const auto below = cell_below(end - 1); below.begin < below.end && is_sex_at(below.begin))
    return texts_[words_[below.begin]];
  const auto labels = line_of(end - 1);
  const auto has_label = [&](std::string_view what) {
    const auto& all = tables_.labels(what);
    return std::any_of(all.begin(), all.end(), [&](const auto& label) { return is_within(join(label, " "), labels); });
  };
  const bool is_line_of_labels = labels.end < words_.size() && labels.end - labels.begin <= label_line_words_max &&
                                 (has_label("name") || has_label("birth date"));
  if (is_line_of_labels) {
    const auto values = line_of(labels.end);
    const auto is_number_at = [&](std::size_t at) { return Tables::is_number(texts_[words_[at]]); };
    for (auto at = values.begin; at < std::min(values.end, values.begin + window_words_max); ++at) {
      // The letter of a middle name stands between words.
      const bool is_apart = at == values.begin || at + 1 == values.end || is_number_at(at - 1) || is_number_at(at + 1);
      if (is_sex_at(at) && (texts_[words_[at]].size() > 1 || is_apart)) return texts_[words_[at]];
    }
  }
  for (auto at = end; at < std::min(words_.size(), end + label_words_max); ++at)
    if (is_sex_at(at) && texts_[words_[at]].size() > 1) return texts_[words_[at]];
  return {};
}

// After a label; where no label has one, a whole word in a line that names the patient.
bool WordsCopy::says_sex(const std::string& sex, const std::string& name) const {
  const auto wanted = tables_.sex(sex);
  bool is_labelled = false;
  for (const auto end : ends_of_labels("sex", false)) {
    const auto word = sex_of_label(end);
    if (!word.empty() && tables_.sex(word) == wanted) return true;
    is_labelled = is_labelled || !word.empty();
  }
  if (is_labelled) return false;
  for (const auto place : places_of(phrase_of(name))) {
    const auto line = line_of(place);
    for (auto at = line.begin; at < line.end; ++at) {
      const auto& word = texts_[words_[at]];
      if (word.size() > 1 && tables_.is_sex(word) && tables_.sex(word) == wanted) return true;
    }
  }
  return false;
}

WordsCopy::Found WordsCopy::find_patient(const Fact& fact, const Format& format) const {
  Found found{true, 0, {}};
  const auto* named = fact.find("name");
  const auto name = named == nullptr ? std::string{} : named->value;
  for (const auto& attribute : fact.attributes) {
    if (!format.holds(fact.kind, attribute.name)) continue;
    const bool is_said = attribute.how == How::sex    ? says_sex(attribute.value, name)
                         : attribute.how == How::date ? says_birth_date(attribute.value, name)
                                                      : names_patient(attribute.value);
    if (!is_said) found.not_found.emplace_back(attribute.name, attribute.in_words());
  }
  found.is_found = found.not_found.size() < fact.attributes.size() || fact.attributes.empty();
  return found;
}

WordsCopy::Found WordsCopy::find(const Fact& fact, const Format& format) {
  if (fact.kind == Kind::identity) return find_patient(fact, format);
  const auto name = fact.name.empty() ? records::in_words(fact.code) : fact.name;
  const auto key = name_key(name, tables_);
  auto length = words_of(name).size();
  auto places = places_of(phrase_of(name));
  if (places.empty()) {
    places = places_in_any_order(key);
    length = split(key, ' ').size();
  }
  Found best;
  std::size_t best_place = 0;
  std::size_t looked_at = 0;
  for (const auto place : places) {
    if (is_taken_[place] || (can_be_taken_back(fact.kind) && is_taken_back(place, length))) continue;
    if (++looked_at > places_max) break;
    const auto window = around(place, length);
    Found found{true, lines_[place], {}};
    if (!fact.date.empty() && format.holds(fact.kind, fact.date_name) && !says_date(fact.date, window))
      found.not_found.emplace_back(fact.date_name, fact.date);
    for (const auto& attribute : fact.attributes)
      if (format.holds(fact.kind, attribute.name) && !says(attribute, window, can_be_taken_back(fact.kind)))
        found.not_found.emplace_back(attribute.name, attribute.in_words());
    if (best.is_found && best.not_found.size() <= found.not_found.size()) continue;
    best = std::move(found);
    best_place = place;
    if (best.not_found.empty()) break;
  }
  if (best.is_found && best.not_found.empty()) is_taken_[best_place] = true;
  return best;
}

}  // namespace bb::facts
