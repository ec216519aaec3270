// harness/cli/mutate_stage.hpp - measures the suites of a stage: a run without a defect, whose
// evidence is changed, and one with each defect that their `catches` name.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/checks/validator.hpp"
#include "harness/cli/stage_scene.hpp"
#include "harness/engine/mutate.hpp"

namespace bb::cli {

struct StageMeasure {
  std::shared_ptr<const checks::Validator> validator;
  engine::MutateOptions options;                      // `jobs`: defects at a time, too
  std::function<void(const std::string& line)> show;  // progress [any thread]
  std::function<void(const std::string& line)> note;  // what may spoil the measurement
  bool are_runs_kept = false;                         // of defects; else removed as soon as they are measured
};

// One list for each of the stage's runs, for engine::merge(). A defect whose run comes to nothing is told as not
// applicable, with why. The error: the stage cannot be started, or its suites not run.
[[nodiscard]] Result<std::vector<std::vector<engine::MutantResult>>> measure_stage(const StageRoom& room,
                                                                                   const StageMeasure& measure);

}  // namespace bb::cli
