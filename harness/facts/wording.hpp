// harness/facts/wording.hpp - how two wordings of one code relate.
//
// Systems show one code in words of their own: "Hypertension", "High blood pressure".
// That is no disagreement; words that contradict each other are one.
#pragma once

#include <string_view>

#include "harness/facts/tables.hpp"

namespace bb::facts {

enum class Wording {
  same,       // the same name_key()
  otherwise,  // other words, none of which contradicts the others
  contrary,   // each says what the other cannot mean: see compare_wording()
};

// Contrary are: words of one group of `opposites` (left, right), one word with two of the
// `meaning_prefixes` (hypothyroidism, hyperthyroidism), two substances of one class by
// `name_stems` (atorvastatin, pravastatin), a shared word with another letter or number behind
// it (hepatitis A, hepatitis B; type 1, type 2), a strength on each side that the other has not,
// and a shared word that one side alone takes back ("no asthma", negation.hpp).
Wording compare_wording(std::string_view a, std::string_view b, const Tables& tables);

}  // namespace bb::facts
