#include "harness/facts/wording.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "harness/facts/negation.hpp"
#include "harness/facts/ucum.hpp"
#include "harness/facts/words.hpp"

namespace bb::facts {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t words_max = 64;  // of a name, that are looked at

// One wording of a code, taken apart.
struct Name {
  Words words;
  std::unordered_set<std::string> set;

  explicit Name(Words all) : words(std::move(all)) {
    words.resize(std::min(words.size(), words_max));
    set.insert(words.begin(), words.end());
  }
};

// The words that the other has not.
Words alone(const Name& name, const Name& other) {
  Words out;
  std::copy_if(name.words.begin(), name.words.end(), std::back_inserter(out),
               [&](const std::string& word) { return !other.set.contains(word); });
  return out;
}

template <typename Contradict>
bool any_pair(const Words& a, const Words& b, const Contradict& contradict) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& one) {
    return std::any_of(b.begin(), b.end(), [&](const std::string& other) { return contradict(one, other); });
  });
}

// "hyperthyroidism", "hypothyroidism".
bool have_opposite_prefixes(const std::string& a, const std::string& b, const Tables& tables) {
  const auto a_prefix = tables.meaning_prefix(a);
  const auto b_prefix = tables.meaning_prefix(b);
  return !a_prefix.empty() && !b_prefix.empty() && a_prefix != b_prefix &&
         a.substr(a_prefix.size()) == b.substr(b_prefix.size());
}

// "atorvastatin", "pravastatin"; one that ends with the other is a form of it.
bool are_two_of_a_class(const std::string& a, const std::string& b, const Tables& tables) {
  const auto stem = tables.name_stem(a);
  return !stem.empty() && stem == tables.name_stem(b) && !a.ends_with(b) && !b.ends_with(a);
}

// A letter or a number that tells one of a sort.
bool is_designator(const std::string& word) {
  return (word.size() == 1 && word[0] >= 'a' && word[0] <= 'z') || Tables::is_number(word);
}

// "hepatitis a", "hepatitis b"; "type 1", "type 2".
bool have_other_designators(const Name& a, const Name& b, const Tables& tables) {
  const auto designates = [&](const Name& name, std::size_t at, const Name& other) {
    const bool is_strength = at + 1 < name.words.size() && !tables.strength_unit(name.words[at + 1]).empty();
    return is_designator(name.words[at]) && !is_strength && !other.set.contains(name.words[at]);
  };
  for (std::size_t i = 0; i + 1 < a.words.size(); ++i) {
    if (!designates(a, i + 1, b)) continue;
    for (std::size_t j = 0; j + 1 < b.words.size(); ++j)
      if (a.words[i] == b.words[j] && designates(b, j + 1, a)) return true;
  }
  return false;
}

// The numbers of a name with the units behind them. "400 mg/5 mL" is 80 mg/mL, "1 %" of a
// mass in a volume 10 mg/mL.
std::vector<Quantity> strengths_of(const Name& name, const Tables& tables) {
  std::vector<Quantity> out;
  const auto unit_at = [&](std::size_t at) {
    return at < name.words.size() ? std::string(tables.strength_unit(name.words[at])) : std::string{};
  };
  for (std::size_t i = 0; i < name.words.size(); ++i) {
    if (!Tables::is_number(name.words[i])) continue;
    Quantity one{name.words[i], unit_at(i + 1)};
    const auto number = parse_number(one.value);
    if (one.unit == "%" && number) {
      one = {fmt::format("{:g}", number->value * 10), "mg/mL"};
      ++i;
    } else if (!one.unit.empty() && number) {
      const bool has_count = i + 2 < name.words.size() && Tables::is_number(name.words[i + 2]);
      const auto below = unit_at(has_count ? i + 3 : i + 2);
      const auto count = has_count ? parse_number(name.words[i + 2]) : Number{1, 1};
      if ((below == "mL" || below == "L") && one.unit != below && count && count->value > 0) {
        one = {fmt::format("{:g}", number->value / count->value), one.unit + "/" + below};
        i += has_count ? 3 : 2;
      }
    }
    out.push_back(std::move(one));
  }
  return out;
}

bool are_commensurable(const std::string& a, const std::string& b) {
  const auto a_unit = parse_unit(a);
  const auto b_unit = parse_unit(b);
  return a_unit && b_unit && a_unit->is_commensurable(*b_unit);
}

// A strength in each that measures the same thing as one of the other, and equals none of it.
bool have_other_strengths(const Name& a, const Name& b, const Tables& tables) {
  const auto has_more = [](const auto& all, const auto& others) {
    return std::any_of(all.begin(), all.end(), [&](const Quantity& one) {
      bool is_measured = false;
      for (const auto& other : others) {
        // "5-325 mg" has a number without its unit.
        if (other.unit.empty() && other.value == one.value) return false;
        if (one.unit.empty() || other.unit.empty() || !are_commensurable(one.unit, other.unit)) continue;
        if (compare(one, other) == Agreement::agree) return false;
        is_measured = true;
      }
      return is_measured;
    });
  };
  const auto a_all = strengths_of(a, tables);
  const auto b_all = strengths_of(b, tables);
  return has_more(a_all, b_all) && has_more(b_all, a_all);
}

// A word that both have, taken back in `a`, where `b` takes nothing back.
bool takes_back(const Name& a, const Name& b, const Tables& tables) {
  const auto is_taken = [&](const Name& name, std::size_t at) {
    const auto here = name.words.begin() + static_cast<std::ptrdiff_t>(at);
    return is_taken_back({name.words.begin(), here}, {here + 1, name.words.end()}, tables);
  };
  for (std::size_t at = 0; at < b.words.size(); ++at)
    if (is_taken(b, at)) return false;
  for (std::size_t at = 0; at < a.words.size(); ++at)
    if (b.set.contains(a.words[at]) && tables.is_significant(a.words[at]) && is_taken(a, at)) return true;
  return false;
}

}  // namespace

Wording compare_wording(std::string_view a, std::string_view b, const Tables& tables) {
  if (name_key(a, tables) == name_key(b, tables)) return Wording::same;
  const Name a_name(words_of(a)), b_name(words_of(b));
  const auto contradict = [&](const std::string& one, const std::string& other) {
    return tables.are_opposites(one, other) || have_opposite_prefixes(one, other, tables) ||
           are_two_of_a_class(one, other, tables);
  };
  const bool is_contrary = any_pair(alone(a_name, b_name), alone(b_name, a_name), contradict) ||
                           have_other_designators(a_name, b_name, tables) ||
                           have_other_strengths(a_name, b_name, tables) || takes_back(a_name, b_name, tables) ||
                           takes_back(b_name, a_name, tables);
  return is_contrary ? Wording::contrary : Wording::otherwise;
}

}  // namespace bb::facts
