// sample_ccda.hpp - small C-CDA documents for the portal's tests, written by
// hand so that nothing here rests on the writer under test. All made up.
#pragma once

#include <string>

namespace bb::portal_test {

struct Names {
  std::string given, family;
  std::string allergen = "Penicillin G";
  std::string drug = "Lisinopril 10 MG Oral Tablet";
};

// Allergy, medication and problem of 2012-08-06, the day of the one encounter;
// a second medication of 2015-03-01, the day of a second encounter; a result
// of 2012-08-06.
std::string ccda(const Names& names);

}  // namespace bb::portal_test
