// harness/facts/negation.hpp - whether words beside a name take it back: "No asthma",
// "Mother: asthma", "Asthma ruled out" (XFMT-07).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/tables.hpp"

namespace bb::facts {

// How many words beside a name are worth giving.
inline constexpr std::size_t negation_words_max = 8;

// Stands among the words for the border of two cells of a row.
inline constexpr std::string_view cell_border = "\t";

// The folded words of its line directly before and after a name; filler words between
// are passed over. The words are those of `negations` in facts.yaml; beyond the border of
// its cell those of `across_cells` alone: "no" there answers the question of a column.
bool is_taken_back(const std::vector<std::string>& before, const std::vector<std::string>& after, const Tables& tables);

}  // namespace bb::facts
