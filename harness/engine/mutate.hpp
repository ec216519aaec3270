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
  // omitted: the options or the profile of the run left its test out.
  enum class Verdict { noticed, missed, not_applicable, needs_portal, omitted } verdict = Verdict::missed;
  std::string detail;                       // the claim that noticed, or why it could not be applied
  int line = 0;                             // 0: no suite names it, it is generic
  std::vector<std::string> requirements{};  // that its test speaks for
  std::string defect{};                     // of the sample portal; empty: a change of evidence
  // Of a defect: what keeps the test from telling anything of it, "is skip without it"; empty where it passed.
  std::string obstacle{};
};

struct MutateOptions {
  int jobs = 1;  // faults at a time
  // Beside `catches`: in each step of a test that decides a SHALL row, an answer without
  // content, one that says the system is down, and one about another person.
  bool is_generic = false;
};

// The suites are read from the run folder's own copies. A folder that cannot be
// read or is damaged is an error. `validator` judges `valid`; without one a test
// that claims it is not measured.
Result<std::vector<MutantResult>> mutate(const std::filesystem::path& run_folder,
                                         std::shared_ptr<const checks::Validator> validator = nullptr,
                                         const MutateOptions& options = {});

// What a run of the same suites against the sample portal with a defect says of the
// faults that are this defect: noticed where a test that names it, and passed without
// it, fails now, or warns where its claims are a SHOULD.
Status measure_defect(const std::filesystem::path& run_folder, const std::string& defect,
                      std::vector<MutantResult>& mutants);

// Of several runs a fault is missed where one missed it, else noticed where one noticed it.
std::vector<MutantResult> merge(std::vector<std::vector<MutantResult>> runs);

// How many of the faults that could be applied were noticed.
struct MutationScore {
  std::string name;  // of a suite or a requirement
  int noticed = 0, missed = 0, not_applicable = 0, needs_portal = 0, omitted = 0;
  int applied() const { return noticed + missed; }
};
std::vector<MutationScore> scores_of_suites(const std::vector<MutantResult>& mutants);
std::vector<MutationScore> scores_of_requirements(const std::vector<MutantResult>& mutants);

}  // namespace bb::engine
