// harness/evidence/rested_rows.hpp - requirements that other requirements prove.
//
// A row that no test of the run verifies takes the worst outcome of the rows it
// rests on; one of them that was not judged, or is not in the run, leaves it at
// best skipped. docs/reference/events.md, "From events to requirements".
#pragma once

#include "harness/evidence/run_view.hpp"

namespace bb::evidence {

// After the rows that tests verify have their outcome.
void roll_up_rested_rows(RunView& run);

}  // namespace bb::evidence
