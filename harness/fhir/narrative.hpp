// harness/fhir/narrative.hpp - the XHTML of a narrative: what it may hold.
//
// Source: FHIR R4, narrative.html and its invariants txt-1 and txt-2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb::fhir {

struct NarrativeFault {
  std::string what;      // lower case
  std::string expected;  // may be empty
  std::string found;
};

// What is wrong with the `div` of a narrative, each fault once.
std::vector<NarrativeFault> narrative_faults(std::string_view div);

}  // namespace bb::fhir
