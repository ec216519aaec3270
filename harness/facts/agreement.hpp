// harness/facts/agreement.hpp - whether two values of one attribute agree.
#pragma once

#include "harness/facts/fact.hpp"
#include "harness/facts/tables.hpp"

namespace bb::facts {

enum class Agrees {
  yes,
  in_other_words,  // of one code: worth a note
  no,
};

// Two said values. Dates are compared at what both formats hold.
Agrees compare_values(const Attribute& a, const Format& a_format, const Attribute& b, const Format& b_format,
                      const Tables& tables);

// Two dates; both said.
bool dates_agree(std::string_view a, const Format& a_format, std::string_view b, const Format& b_format);

// Whether all that both facts say of themselves agrees, their dates aside.
bool are_alike(const Fact& a, const Format& a_format, const Fact& b, const Format& b_format, const Tables& tables);

// Two codes that number one thing in one system: whether they are equal. Nothing where
// they cannot be compared.
std::optional<bool> compare_codes(const records::Code& a, const records::Code& b, const Tables& tables);

}  // namespace bb::facts
