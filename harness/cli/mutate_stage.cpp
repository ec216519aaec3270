#include "harness/cli/mutate_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <bb/core/text.hpp>
#include "harness/evidence/run_view.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;
using engine::MutantResult;
using Verdict = MutantResult::Verdict;
using Mutants = std::vector<MutantResult>;

class Measurement {
 public:
  Measurement(const StageRoom& room, const StageMeasure& measure) : room_(room), measure_(measure) {}

  Result<std::vector<Mutants>> take() && {
    measure_.show(title() + ": starting");
    BB_CHECK(prepare(room_));
    BB_CHECK(measure_clean());
    measure_defects();
    for (auto& run : mutants_)
      for (auto& mutant : run)
        if (!mutant.obstacle.empty()) mutant.verdict = Verdict::not_applicable, mutant.detail = mutant.obstacle;
    return std::move(mutants_);
  }

 private:
  std::string title() const { return room_.stage.file.stem().string(); }

  Status measure_clean() {
    BB_TRY(auto scene, StageScene::open(room_, room_.folder / "clean", ""));
    for (const auto& run : room_.stage.runs) {
      measure_.show(
          fmt::format("{}: run {} of {}, without a defect", title(), mutants_.size() + 1, room_.stage.runs.size()));
      BB_TRY(const auto folder, scene.run(run, {}));
      BB_CHECK(note_what_fails(folder));
      BB_TRY(auto mutants, engine::mutate(folder, measure_.validator, measure_.options));
      mutants_.push_back(std::move(mutants));
    }
    return {};
  }

  // A test that fails as it is notices no fault: stage or suite is wrong.
  Status note_what_fails(const fs::path& folder) {
    BB_TRY(const auto view, evidence::read_run(folder));
    for (const auto& test : view.tests)
      if (test.is_done && (test.outcome == evidence::Outcome::fail || test.outcome == evidence::Outcome::error))
        measure_.note(fmt::format("note: {}: without a defect {}/{} is {}: {}", title(), test.suite, test.name,
                                  evidence::to_word(test.outcome), shorten(test.cause, 200)));
    return {};
  }

  // In the order of the suites.
  std::vector<std::string> defects() const {
    std::vector<std::string> names;
    for (const auto& run : mutants_)
      for (const auto& mutant : run)
        if (!mutant.defect.empty() && mutant.obstacle.empty() &&
            std::find(names.begin(), names.end(), mutant.defect) == names.end())
          names.push_back(mutant.defect);
    return names;
  }

  void measure_defects() {
    const auto names = defects();
    std::atomic<std::size_t> next{0}, done{0};
    const auto work = [&] {
      for (auto i = next++; i < names.size() && !room_.cancellation.is_cancelled(); i = next++) {
        const auto folder = room_.folder / fmt::format("defect-{}", i);
        measure_defect(names[i], folder);
        std::error_code ignored;
        if (!measure_.are_runs_kept) fs::remove_all(folder, ignored);
        measure_.show(fmt::format("{}: {} of {} defects, {}", title(), ++done, names.size(), names[i]));
      }
    };
    std::vector<std::jthread> threads;
    for (int i = 1; i < measure_.options.jobs; ++i) threads.emplace_back(work);
    work();
  }

  void measure_defect(const std::string& defect, const fs::path& folder) {
    auto scene = StageScene::open(room_, folder, defect);
    for (std::size_t i = 0; i < mutants_.size(); ++i) {
      const auto filters = tests_that_name(mutants_[i], defect);
      if (filters.empty()) continue;
      const auto run = scene ? scene->run(room_.stage.runs[i], filters) : Result<fs::path>(scene.error());
      const std::lock_guard lock(mutex_);
      const auto status = run ? engine::measure_defect(*run, defect, mutants_[i]) : Status(run.error());
      if (status) continue;
      for (auto& mutant : mutants_[i])
        if (mutant.defect == defect) {
          mutant.verdict = Verdict::not_applicable;
          mutant.detail = status.error().what;
        }
    }
  }

  // As --filter has them: each by itself and in all its instances.
  static std::vector<std::string> tests_that_name(const Mutants& mutants, const std::string& defect) {
    std::set<std::string> names;
    for (const auto& mutant : mutants)
      if (mutant.defect == defect && mutant.obstacle.empty()) names.insert(mutant.suite + "/" + mutant.test);
    return {names.begin(), names.end()};
  }

  const StageRoom& room_;
  const StageMeasure& measure_;
  std::vector<Mutants> mutants_;  // of each run of the stage
  std::mutex mutex_;              // of mutants_, while defects are measured
};

}  // namespace

Result<std::vector<Mutants>> measure_stage(const StageRoom& room, const StageMeasure& measure) {
  return Measurement(room, measure).take();
}

}  // namespace bb::cli
