// harness/cli/verbs.hpp - the table of verbs; one small file each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/args.hpp"

namespace bb::cli {

VerbSpec demo_verb();
VerbSpec run_verb();
VerbSpec resume_verb();
VerbSpec doctor_verb();
VerbSpec suite_list_verb();
VerbSpec suite_lint_verb();
VerbSpec suite_coverage_verb();
VerbSpec suite_mutate_verb();
VerbSpec connector_list_verb();
VerbSpec connector_show_verb();
VerbSpec connector_new_verb();
VerbSpec connector_test_verb();
VerbSpec check_verb();
VerbSpec compare_verb();
VerbSpec data_import_verb();
VerbSpec data_list_verb();
VerbSpec evidence_verify_verb();
VerbSpec evidence_replay_verb();
VerbSpec evidence_sign_verb();
VerbSpec evidence_redact_verb();
VerbSpec report_verb();
VerbSpec diff_verb();
VerbSpec show_verb();
VerbSpec completion_verb();
VerbSpec version_verb();

// In the order of the help.
std::vector<VerbSpec> all_verbs();

// The script that `completion bash` prints.
std::string bash_completion(const std::vector<VerbSpec>& verbs);

}  // namespace bb::cli
