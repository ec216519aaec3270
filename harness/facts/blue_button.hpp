// harness/facts/blue_button.hpp - are these files together the Blue Button that the
// pledge asks for?
//
// PLEDGE-DH-10 to PLEDGE-DH-13: a copy for programs and one for people, of one
// patient, with the same facts.
#pragma once

#include <string>
#include <vector>

#include <bb/core/value.hpp>

#include "harness/facts/compare.hpp"

namespace bb::facts {

// One requirement and whether the files meet it.
struct Ruling {
  std::string requirement;  // "PLEDGE-DH-10"
  std::string question;     // for people
  bool is_met = false;
  std::string why;  // which copy, or what lacks
  bool can_be_told = true;
};

struct BlueButton {
  std::vector<Ruling> rulings;

  bool is_met() const;
};

// One copy or more. A copy is for programs where it gives a patient's identity and a
// clinical or claims fact as typed fields; for people where it is a text, a page, or a
// document with a narrative.
// Of one C-CDA `narrative` is what compare_narrative() found in it; null = not compared.
BlueButton judge_together(const std::vector<Copy>& copies, const Tables& tables, const Comparison* narrative = nullptr);

// "a copy for programs: yes, visit.xml (C-CDA R2.1)", a line for each.
std::string render(const BlueButton& blue_button);
// Member `blue_button` of what `check --together --json` prints last.
Value to_value(const BlueButton& blue_button);

}  // namespace bb::facts
