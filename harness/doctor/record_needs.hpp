// harness/doctor/record_needs.hpp - what the tests of a plan require of the
// records, and the records lack or did not show.
#pragma once

#include <string>
#include <vector>

#include "harness/doctor/rehearsal.hpp"
#include "harness/engine/plan.hpp"

namespace bb::doctor {

struct RecordNeed {
  std::string suite{};
  std::string type{};   // of FHIR: "Immunization"; empty: not said
  std::string why{};    // in the words of the suite
  std::string claim{};  // what did not hold
  std::string found{};
  std::vector<std::string> people{};  // ids of those whose record was read
  std::vector<std::string> tests{};   // that will skip for it, and those that need these
};

// In the order of the plan, alike ones of a suite as one.
std::vector<RecordNeed> record_needs(const engine::Plan& plan, const Rehearsal& rehearsal);

// Tests that require something and did not come to it, as what they read before failed.
struct UnreadTests {
  std::vector<std::string> tests{};  // "fhir.us_core/immunization[alice]"
  std::string cause{};               // of the first failure
};
UnreadTests unread_tests(const engine::Plan& plan, const Rehearsal& rehearsal);

}  // namespace bb::doctor
