#include "harness/facts/words_copy.hpp"

#include <algorithm>

#include <bb/core/text.hpp>

#include "harness/facts/ucum.hpp"
#include "harness/facts/ucum_units.hpp"
#include "harness/facts/words.hpp"

namespace bb::facts {
namespace {

constexpr std::size_t places_max = 2'000;     // of one name that are looked at
constexpr std::size_t row_words_min = 3;      // a line with so many words beside the name is a row
constexpr std::size_t window_words_max = 60;  // of what follows a line that is no row
constexpr std::size_t name_words_max = 12;    // within which the parts of a person's name stand

// What may stand for the unit of a value.
std::vector<std::string> unit_words(const std::string& unit) {
  std::vector<std::string> out{unit};
  for (const auto& spelling : unit_spellings)
    if (spelling.ucum == unit) out.emplace_back(spelling.written);
  if (unit.starts_with('{') && unit.ends_with('}')) out.push_back(unit.substr(1, unit.size() - 2));
  return out;
}

}  // namespace

WordsCopy::WordsCopy(std::string_view words) {
  int line = 1;
  for (std::size_t begin = 0; begin <= words.size() && !words.empty(); ++line) {
    const auto end = std::min(words.find('\n', begin), words.size());
    for (auto& word : words_of(words.substr(begin, end - begin))) {
      const auto [entry, is_new] = numbers_.try_emplace(std::move(word), static_cast<std::uint32_t>(texts_.size()));
      if (is_new) {
        texts_.push_back(entry->first);
        places_.emplace_back();
      }
      places_[entry->second].push_back(words_.size());
      words_.push_back(entry->second);
      lines_.push_back(line);
    }
    begin = end + 1;
  }
  is_taken_.assign(words_.size(), false);
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

bool WordsCopy::has(std::string_view phrase) const { return !places_of(phrase_of(phrase)).empty(); }

bool WordsCopy::is_within(std::string_view text, Window window) const {
  const auto phrase = phrase_of(text);
  if (phrase.empty()) return words_of(text).empty();
  for (auto at = window.begin; at + phrase.size() <= window.end; ++at)
    if (stands_at(phrase, at)) return true;
  return false;
}

bool WordsCopy::says_date(std::string_view date, Window window) const {
  const auto spellings = spellings_of(date);
  return std::any_of(spellings.begin(), spellings.end(), [&](const auto& one) { return is_within(one, window); });
}

bool WordsCopy::says(const Attribute& attribute, Window window) const {
  if (attribute.how == How::date) return says_date(attribute.value, window);
  if (attribute.how == How::set)
    return std::all_of(attribute.names.begin(), attribute.names.end(),
                       [&](const auto& one) { return is_within(one, window); });
  if (attribute.how == How::sex && attribute.value.size() > 1)
    return is_within(attribute.value, window) || is_within(attribute.value.substr(0, 1), window);
  if (attribute.unit.empty()) return is_within(attribute.value, window);
  const auto units = unit_words(attribute.unit);
  return std::any_of(units.begin(), units.end(),
                     [&](const auto& unit) { return is_within(attribute.value + " " + unit, window); });
}

// The line of the name where it is a row, else what follows.
WordsCopy::Window WordsCopy::around(std::size_t at, std::size_t length) const {
  Window window{at, at + length};
  while (window.begin > 0 && lines_[window.begin - 1] == lines_[at]) --window.begin;
  while (window.end < words_.size() && lines_[window.end] == lines_[at + length - 1]) ++window.end;
  if (window.end - window.begin < length + row_words_min)
    window.end = std::min(words_.size(), window.end + window_words_max);
  return window;
}

WordsCopy::Found WordsCopy::find_patient(const Fact& fact, const Format& format) const {
  Found found{true, 0, {}};
  const Window all{0, words_.size()};
  for (const auto& attribute : fact.attributes) {
    if (!format.holds(fact.kind, attribute.name)) continue;
    bool is_said = says(attribute, all);
    if (!is_said && attribute.name == "name") {
      // "Newman, Alice": every part, near each other.
      const auto parts = phrase_of(attribute.value);
      for (std::size_t i = 0; !parts.empty() && i < std::min(places_[parts[0]].size(), places_max) && !is_said; ++i) {
        const auto place = places_[parts[0]][i];
        const Window near{place < name_words_max ? 0 : place - name_words_max,
                          std::min(words_.size(), place + name_words_max)};
        is_said = std::all_of(parts.begin(), parts.end(), [&](std::uint32_t part) {
          return std::find(words_.begin() + static_cast<std::ptrdiff_t>(near.begin),
                           words_.begin() + static_cast<std::ptrdiff_t>(near.end),
                           part) != words_.begin() + static_cast<std::ptrdiff_t>(near.end);
        });
      }
    }
    if (!is_said) found.not_found.emplace_back(attribute.name, attribute.in_words());
  }
  found.is_found = found.not_found.size() < fact.attributes.size() || fact.attributes.empty();
  return found;
}

WordsCopy::Found WordsCopy::find(const Fact& fact, const Format& format) {
  if (fact.kind == Kind::identity) return find_patient(fact, format);
  const auto name = fact.name.empty() ? records::in_words(fact.code) : fact.name;
  const auto phrase = phrase_of(name);
  const auto places = places_of(phrase);
  Found best;
  std::size_t best_place = 0;
  std::size_t looked_at = 0;
  for (const auto place : places) {
    if (is_taken_[place]) continue;
    if (++looked_at > places_max) break;
    const auto window = around(place, phrase.size());
    Found found{true, lines_[place], {}};
    if (!fact.date.empty() && format.holds(fact.kind, fact.date_name) && !says_date(fact.date, window))
      found.not_found.emplace_back(fact.date_name, fact.date);
    for (const auto& attribute : fact.attributes)
      if (format.holds(fact.kind, attribute.name) && !says(attribute, window))
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
