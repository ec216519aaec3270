#include "harness/cli/verbs.hpp"

namespace bb::cli {

std::vector<VerbSpec> all_verbs() {
  return {demo_verb(),
          run_verb(),
          resume_verb(),
          doctor_verb(),
          suite_list_verb(),
          suite_lint_verb(),
          suite_coverage_verb(),
          suite_mutate_verb(),
          connector_list_verb(),
          connector_show_verb(),
          connector_new_verb(),
          connector_test_verb(),
          check_verb(),
          compare_verb(),
          data_import_verb(),
          data_list_verb(),
          show_verb(),
          report_verb(),
          diff_verb(),
          evidence_verify_verb(),
          evidence_replay_verb(),
          evidence_sign_verb(),
          evidence_redact_verb(),
          completion_verb(),
          version_verb()};
}

}  // namespace bb::cli
