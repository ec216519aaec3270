// harness/engine/test_context.hpp - a test under way: what the parts that run it share, and how
// its steps are written down.
//
// The parts: test_gates.hpp, test_calls.hpp, test_wait.hpp, test_people.hpp, test_judge.hpp; who
// puts them in order: test_runner.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/checks/judge.hpp"
#include "harness/engine/caller.hpp"
#include "harness/engine/clock_worker.hpp"
#include "harness/engine/inbox_wait.hpp"
#include "harness/engine/recorded_run.hpp"
#include "harness/engine/run_context.hpp"
#include "harness/engine/verbs.hpp"

namespace bb::engine {

// What a step or a gate came to; a pass lets the test go on.
struct Came {
  evidence::Outcome outcome = evidence::Outcome::pass;
  std::string kind;
  std::string cause;
};

// "needs 'x', whose outcome is skip: because"; the text alone without a cause.
std::string with_cause(std::string text, const std::string& cause);

struct TestContext {
  TestContext(RunContext& run_of_test, std::size_t node_of_test);
  TestContext(const TestContext&) = delete;
  TestContext& operator=(const TestContext&) = delete;

  // Each writes an event, and begins the step's view.
  void begin_step(const suite::Step& step, const Actor& actor, int attempt);
  void begin_setup(const std::string& id, const std::string& action);
  // The reply as the step's message, in its view and, where it is not that of its last call, as an event.
  evidence::Message take_message(const suite::Step& step, VerbReply reply);
  // The members that every event of a step has.
  Value event_base(const std::string& step) const;

  const RecordedStep* begun_before(const suite::Step& step) const;
  int next_attempt(const suite::Step& step) const;
  // Its id, time and cancellation, for the calls of a step.
  Caller::Step call_step(const suite::Step& step) const;

  RunContext& run;
  const std::size_t node_index;
  const PlanNode& node;
  const suite::Test& definition;
  evidence::TestView view;
  checks::Scope scope;
  ClockWorker worker;
  Budget budget;
  Caller caller;
  const RecordedTest* before = nullptr;  // what an earlier process left of it, where that began it
  bool is_cleanup = false;               // its cleanup runs
  bool is_mail_forgotten = false;
  std::int64_t step_started_ns = 0;  // monotonic
  std::optional<InboxWait> wait;     // begun and not over
  std::optional<evidence::WaitView> open_wait;
  bool is_parked = false;
  bool is_left_open = false;  // nothing more can be done in this process

 private:
  void write_step_started(const std::string& id, const std::string& action, int attempt, bool is_setup);
};

}  // namespace bb::engine
