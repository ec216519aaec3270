// harness/doctor/checks.hpp - all checks, each in a file of its own.
//
// docs/reference/doctor.md says what each finds.
#pragma once

#include <vector>

#include "harness/doctor/examination.hpp"
#include "harness/doctor/finding.hpp"

namespace bb::doctor {

using Findings = std::vector<Finding>;

Findings check_target(Examination& examination);
Findings check_suites(Examination& examination);
Findings check_answers(Examination& examination);  // what people are asked, and the rules that documents are judged by
Findings check_secrets(Examination& examination);
Findings check_connectors(Examination& examination);
Findings check_addresses(Examination& examination);
Findings check_certificates(Examination& examination);
Findings check_clocks(Examination& examination);
Findings check_sign_ins(Examination& examination);
Findings check_capabilities(Examination& examination);
Findings check_records(Examination& examination);

// Those of files and set-up that belong to a group.
Findings told_of(const Examination& examination, Group group);

// All of them in order; what is wrong of a group replaces that it is well.
Findings examine(Examination& examination);

}  // namespace bb::doctor
