// harness/cli/stage_scene.hpp - the programs of a stage while they run, and the suites run there.
//
// One scene is one thread's: its programs end when it does, and with the thread that opened it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/process.hpp>
#include <bb/core/result.hpp>
#include <bb/host/clock.hpp>
#include "harness/cli/stage.hpp"

namespace bb::cli {

// What all scenes of a stage have.
struct StageRoom {
  const Stage& stage;
  const Places& places;
  std::filesystem::path folder;          // ${stage}; it is there, private, and the caller's to remove
  std::vector<std::string> run_options;  // of each `bluebridge run`: --data, --browser
  const host::Cancellation& cancellation;
};

// Writes the stage's files and runs what is run once. The error says which program failed, and its last words.
[[nodiscard]] Status prepare(const StageRoom& room);

class StageScene {
 public:
  // Starts the programs, with the defect unless it is empty, in `folder`, which it makes. The error says which
  // did not start, and its last words.
  [[nodiscard]] static Result<StageScene> open(const StageRoom& room, std::filesystem::path folder,
                                               const std::string& defect);

  // Runs suites of the stage, of which `filters` leaves those tests, all where it is empty. The run's folder; the
  // error says why there is none.
  [[nodiscard]] Result<std::filesystem::path> run(const Stage::Run& run, const std::vector<std::string>& filters);

 private:
  StageScene(const StageRoom& room, std::filesystem::path folder, std::string defect)
      : room_(&room), folder_(std::move(folder)), defect_(std::move(defect)) {}
  Status start(const Stage::Program& program);
  Status write_target();
  Result<std::string> suite_file(const std::string& name, const std::filesystem::path& out) const;
  Result<std::string> answers_file(const Stage::Run& run, const std::filesystem::path& out) const;

  const StageRoom* room_;
  std::filesystem::path folder_;
  std::string defect_;
  Value names_;
  std::vector<ChildProcess> programs_;
  int run_count_ = 0;
};

}  // namespace bb::cli
