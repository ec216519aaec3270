// harness/engine/replay.hpp - judges the tests of a run again from its folder.
//
// The plan, the scope, the messages and the suites' own copies come from the
// run folder; nothing is called. Given the same messages the claims come to the
// same, so a message can be changed to see whether anybody notices.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/checks/judge.hpp"
#include "harness/engine/plan.hpp"
#include "harness/engine/run_context.hpp"
#include "harness/evidence/message.hpp"

namespace bb::engine {

class Replay {
 public:
  // `validator` judges `valid`, where there is one; `also` is given each event, which
  // is read once. The error says what of the run folder could not be read.
  using Also = std::function<void(const Value& event)>;
  static Result<Replay> open(const std::filesystem::path& run_folder,
                             std::shared_ptr<const checks::Validator> validator, const Also& also = nullptr);

  const Plan& plan() const { return plan_; }
  // What the run said of a test.
  bool is_done(std::size_t node) const { return tests_[node].is_done; }
  evidence::Outcome outcome(std::size_t node) const { return tests_[node].outcome; }
  // One attempt at a step, as it was written down. What was not is null.
  struct Step {
    std::string id;
    bool is_setup = false;
    bool is_cleanup = false;
    bool has_message = false;
    Value message, body;
    std::shared_ptr<const evidence::Message> loaded;  // after load()
    Value judged;                                     // the step_judged event
    Value attestation;                                // the answer to a question
  };
  const std::vector<Step>& steps(std::size_t node) const { return tests_[node].steps; }
  // The message of an attempt, whole.
  Result<evidence::Message> message(const Step& step) const;
  // The message of a step's last attempt, whole; an error when there is none. [any thread]
  Result<evidence::Message> message(std::size_t node, const std::string& step) const;
  // Reads every body once, so that judging many times reads none again.
  Status load();

  // A test judged: its claims in order, and what it saved. `changed` stands for
  // messages by node and step. `results` holds what the needed tests saved.
  struct Judged {
    std::vector<checks::ClaimResult> claims;
    std::vector<std::pair<std::string, Value>> saved;
  };
  using Changed = std::map<std::pair<std::size_t, std::string>, evidence::Message>;
  // As the run took them when it began.
  const std::vector<evidence::WaiverView>& waivers() const { return waivers_; }
  const checks::Validator* validator() const { return validator_.get(); }
  Result<Judged> judge(std::size_t node, const std::vector<TestResult>& results, const Changed& changed) const;

 private:
  struct RecordedTest {
    bool is_done = false;
    evidence::Outcome outcome = evidence::Outcome::skip;
    std::vector<Step> steps;
  };

  Status take(const Value& event);
  void forget(std::size_t node);
  Status restore_plan(const Value& run_started);
  Status restore_suite(const Value& suite);
  std::size_t find_node(const Value& event) const;  // nodes.size() when unknown

  std::filesystem::path folder_;
  std::shared_ptr<const checks::Validator> validator_;
  Plan plan_;
  std::map<std::pair<std::string, std::string>, std::size_t> nodes_;   // suite, test
  std::map<std::int64_t, std::pair<std::size_t, std::size_t>> calls_;  // node, step in it
  std::vector<RecordedTest> tests_;
  std::vector<evidence::WaiverView> waivers_;
};

}  // namespace bb::engine
