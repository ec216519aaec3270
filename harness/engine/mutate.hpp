// harness/engine/mutate.hpp - measures a suite: would its claims notice?
//
// Applies the `catches` faults of a suite to the evidence of a run and judges
// the test again. A fault is noticed when a claim of the test that names it
// no longer holds, and that claim counts on the run's rule date.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/checks/validator.hpp"
#include "harness/suite/model.hpp"

namespace bb::engine {

struct MutantResult {
  std::string suite, test, fault;  // fault as text: "drop json $.events[0] in activity"
  enum class Verdict { noticed, missed, not_applicable, needs_portal } verdict = Verdict::missed;
  std::string detail;  // the claim that noticed, or why it could not be applied
  int line = 0;
};

// The suites are read from the run folder's own copies. A folder that cannot be
// read or is damaged is an error. `validator` judges `valid`; without one a test
// that claims it is not measured.
Result<std::vector<MutantResult>> mutate(const std::filesystem::path& run_folder,
                                         std::shared_ptr<const checks::Validator> validator = nullptr);

}  // namespace bb::engine
