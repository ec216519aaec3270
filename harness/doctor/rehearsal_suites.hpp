// harness/doctor/rehearsal_suites.hpp - the parts of suites that change nothing
// in a system: signing in, and reading up to what a test requires of the record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/engine/plan.hpp"
#include "harness/suite/model.hpp"

namespace bb::doctor {

inline constexpr const char* sign_in_suite_id = "doctor.sign_in";

// Somebody whom the suites sign in.
struct SignInAsked {
  std::string test;          // of the suite that is made
  std::string role, person;  // person: id; empty: nobody in particular
  std::string method;        // that the step names; empty: the person's own
};

// One test for each role and person whom some test of the plan signs in and expects to: as that test does, with a
// sign-out behind it.
suite::Suite sign_in_suite(const engine::Plan& plan, std::int64_t timeout_ms, std::vector<SignInAsked>& asked);

// A suite whose tests end before the first step that is no reading; of its tests those that `require` something up to
// there, and all that these need. Nothing is expected any more; `is_empty` where no test is left.
struct ReadingSuite {
  suite::Suite suite;
  bool is_empty() const { return suite.tests.empty(); }
};
ReadingSuite reading_suite(const suite::Suite& suite, std::int64_t timeout_ms);

}  // namespace bb::doctor
