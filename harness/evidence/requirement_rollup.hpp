// harness/evidence/requirement_rollup.hpp - from tests and claims to requirements.
//
// A claim that states what it verifies speaks for those rows alone; every other
// claim of a test, and a person's answer, speaks for all rows the test verifies.
// A test that ended before all claims for a row were judged leaves the row at
// best skipped, and so does one in which no claim as strong as the row was
// judged for it. A MAY row of which a claim does not hold is omitted: the option
// is not offered. docs/reference/events.md, "From events to requirements".
#pragma once

#include "harness/evidence/run_view.hpp"

namespace bb::evidence {

// Whether a claim at least as strong as the row was judged for it in the test.
bool is_decided(const TestView& test, const std::string& row, Level row_level);

// What a question to a person comes to. One that does not count leaves nothing
// open; answered no, it warns, as a claim does.
Outcome outcome_of(const AttestationView& answer);
// Why, where it is not attested or warns; else empty.
std::string cause_of(const AttestationView& answer);

// Fills is_tested, outcome and tests of every requirement of the run.
void roll_up_requirements(RunView& run);

}  // namespace bb::evidence
