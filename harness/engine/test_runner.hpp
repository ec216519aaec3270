// harness/engine/test_runner.hpp - runs one test instance from gate to verdict.
//
// Actions talk to the outside and only record; claims are judged by
// checks::judge_step. The outcome is the worst of the steps; a step that did
// not succeed ends the test, cleanup runs all the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/engine/scheduler.hpp"
#include "harness/engine/test_context.hpp"

namespace bb::engine {

class TestRunner {
 public:
  TestRunner(RunContext& run, std::size_t node);

  // Fills the node's TestResult and tells on_test_done; or parks, where the run
  // may be detached and a wait found nothing, and goes on there when called again.
  Turn run_test();
  // What a test that parked waits for; none where it was broken off between two waits.
  const std::optional<evidence::WaitView>& open_wait() const { return test_.open_wait; }

 private:
  void restore_progress();
  std::optional<evidence::Message> answer_before(const suite::Step& step) const;
  bool begin(Came& came);
  Came run_steps();
  void run_cleanup();
  Came run_step(const suite::Step& step, std::size_t index);
  Came run_do(const suite::Step& step, std::size_t index);
  Came run_check(const suite::Step& step);
  void finish(Came came);

  TestContext test_;
  std::int64_t started_ns_ = 0;
  // Where the test stands; a test that was begun before goes on there.
  bool is_begun_ = false;
  bool is_ready_ = false;  // its gates and addresses were looked at
  bool is_over_ = false;   // a step ended it
  std::size_t next_step_ = 0, next_cleanup_ = 0;
  Came worst_{evidence::Outcome::omit, "", ""};
};

}  // namespace bb::engine
