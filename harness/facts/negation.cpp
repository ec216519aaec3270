#include "harness/facts/negation.hpp"

#include <algorithm>

namespace bb::facts {
namespace {

using Words = std::vector<std::string>;

// Whether a phrase stands at the end of the first `count` words.
bool ends_with(const Words& words, std::size_t count, const Words& phrase) {
  return phrase.size() <= count &&
         std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(count - phrase.size()));
}

bool begins_with(const Words& words, std::size_t from, const Words& phrase) {
  return from + phrase.size() <= words.size() &&
         std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(from));
}

}  // namespace

bool is_taken_back(const Words& before, const Words& after, const Tables& tables) {
  bool is_another_cell = false;
  const auto stands = [&](const std::vector<Words>& phrases, auto&& is_there) {
    return std::any_of(phrases.begin(), phrases.end(), [&](const Words& phrase) {
      return is_there(phrase) && (!is_another_cell || tables.negates_across_cells(phrase));
    });
  };
  for (auto count = before.size(); count > 0; --count) {
    if (stands(tables.negations_before(), [&](const Words& phrase) { return ends_with(before, count, phrase); }))
      return true;
    if (before[count - 1] == cell_border)
      is_another_cell = true;
    else if (!tables.is_filler(before[count - 1]))
      break;
  }
  is_another_cell = false;
  for (std::size_t from = 0; from < after.size(); ++from) {
    if (stands(tables.negations_after(), [&](const Words& phrase) { return begins_with(after, from, phrase); }))
      return true;
    if (after[from] == cell_border)
      is_another_cell = true;
    else if (!tables.is_filler(after[from]))
      break;
  }
  return false;
}

}  // namespace bb::facts
