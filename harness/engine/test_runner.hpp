// harness/engine/test_runner.hpp - runs one test instance from gate to verdict.
//
// Actions talk to the outside and only record; claims are judged by
// checks::judge_step. The outcome is the worst of the steps; a step that did
// not succeed ends the test, cleanup runs all the same.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/checks/judge.hpp"
#include "harness/engine/browser.hpp"
#include "harness/engine/caller.hpp"
#include "harness/engine/clock_worker.hpp"
#include "harness/engine/inbox_wait.hpp"
#include "harness/engine/recorded_run.hpp"
#include "harness/engine/run_context.hpp"
#include "harness/engine/scheduler.hpp"
#include "harness/engine/verbs.hpp"

namespace bb::engine {

class TestRunner {
 public:
  TestRunner(RunContext& run, std::size_t node);

  // Fills the node's TestResult and tells on_test_done; or parks, where the run
  // may be detached and a wait found nothing, and goes on there when called again.
  Turn run_test();
  // What a test that parked waits for; none where it was broken off between two waits.
  const std::optional<evidence::WaitView>& open_wait() const { return open_wait_; }

 private:
  // What a step or a gate came to; a pass lets the test go on.
  struct Came {
    evidence::Outcome outcome = evidence::Outcome::pass;
    std::string kind;
    std::string cause;
  };

  void restore_progress();
  const RecordedStep* begun_before(const suite::Step& step) const;
  int next_attempt(const suite::Step& step) const;
  std::optional<evidence::Message> answer_before(const suite::Step& step) const;
  bool begin(Came& came);
  void check_decided(Came& came) const;
  Came check_gates() const;  // without any call
  Came check_needs() const;
  Came check_supports();
  bool supports_probe(const std::string& role, const std::string& probe);
  Came find_addresses();
  Came run_steps();
  void run_cleanup();
  Came run_step(const suite::Step& step, std::size_t index);
  VerbCall verb_call(const std::string& verb, Value arguments, const Actor& actor,
                     const ConnectorInstance& instance) const;
  Came run_do(const suite::Step& step, std::size_t index);
  Came run_wait(const suite::Step& step, std::size_t index);
  Came look_for_message(const suite::Step& step, std::size_t index);
  void begin_wait(const suite::Step& step, const Value& with, evidence::Wanted wanted);
  Came run_attest(const suite::Step& step);
  bool may_wait_for_person() const;
  bool waits_for_person(const host::Reply& reply) const;
  void leave_to_person(const suite::Step& step, const std::string& question);
  void take_answer(const suite::Answer& answer, evidence::AttestationView& view) const;
  bool ask_statement(const suite::Step& step, evidence::AttestationView& view, std::filesystem::path& file);
  Result<std::string> keep_evidence(const std::filesystem::path& file);
  Came run_check(const suite::Step& step);
  Came judge(const suite::Step& step, const evidence::Message* message);
  void forget_old_mail(const suite::Step& step, std::size_t index);
  VerbReply attempt_verb(const suite::Step& step, const VerbCall& call, const Actor& actor,
                         ConnectorInstance& instance);
  VerbReply run_calls(VerbCall call, const Actor& actor, ConnectorInstance& instance, Caller::Step& calls);
  VerbReply finish_sign_in(Visit& visit, ConnectorInstance& instance, Caller::Step& calls, VerbReply pending);
  Came begin_again(const suite::Step& step, const Actor& actor);
  Came not_made(const suite::Step& step, const Actor& actor, const Error& error) const;
  Came restore_session(ConnectorInstance& instance, const suite::Step& step, const Actor& actor);
  Came repeat_sign_in(ConnectorInstance& instance, const suite::Step& step, const Actor& actor);
  Came check_sign_in(const ConnectorInstance& instance, const suite::Step& step, const Actor& actor,
                     const Value& arguments);
  void allocate_address(const std::string& role, Inbox& inbox);

  void begin_step(const suite::Step& step, const Actor& actor, int attempt);
  void begin_setup(const std::string& id, const std::string& action);
  void write_step_started(const std::string& id, const std::string& action, int attempt, bool is_setup);
  evidence::Message take_message(const suite::Step& step, VerbReply reply);
  Value event_base(const std::string& step) const;
  Caller::Step call_step(const suite::Step& step) const;
  void finish(Came came);

  RunContext& run_;
  const std::size_t node_index_;
  const PlanNode& node_;
  const suite::Test& test_;
  evidence::TestView view_;
  checks::Scope scope_;
  ClockWorker worker_;
  Budget budget_;
  Caller caller_;
  std::int64_t started_ns_ = 0;
  std::int64_t step_started_ns_ = 0;
  bool is_cleanup_ = false;
  bool is_mail_forgotten_ = false;
  const RecordedTest* before_ = nullptr;  // what an earlier process left of it, where that began it
  // Where the test stands; a test that was begun before goes on there.
  bool is_begun_ = false;
  bool is_ready_ = false;  // its gates and addresses were looked at
  bool is_over_ = false;   // a step ended it
  bool is_parked_ = false;
  std::size_t next_step_ = 0, next_cleanup_ = 0;
  Came worst_{evidence::Outcome::omit, "", ""};
  std::optional<InboxWait> wait_;  // begun and not over
  std::optional<evidence::WaitView> open_wait_;
  bool is_left_open_ = false;  // nothing more can be done in this process
};

}  // namespace bb::engine
