// harness/doctor/render.hpp - findings for people, and for programs
// (conformance/schemas/doctor.schema.json).
#pragma once

#include <string>

#include <bb/core/value.hpp>
#include "harness/doctor/checks.hpp"

namespace bb::doctor {

// A part for each group, a line for each finding, then what was expected and found, and what to do.
std::string render_text(const Findings& findings);
// `target` and `suites` are their ids; `status` the exit status.
Value render_json(const Findings& findings, const std::string& target, const std::vector<std::string>& suites,
                  int status);

struct Counts {
  int good = 0, notes = 0, warnings = 0, problems = 0, not_judged = 0;
};
Counts count(const Findings& findings);

}  // namespace bb::doctor
