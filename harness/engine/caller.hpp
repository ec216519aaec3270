// harness/engine/caller.hpp - runs operations for one step and records them.
//
// `call_started` is written before anything happens (and on the disk before
// anything is sent), `call_done` after. Replies come back free of secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <bb/host/call.hpp>
#include "harness/engine/clock_worker.hpp"
#include "harness/engine/run_context.hpp"
#include "harness/engine/session_pool.hpp"

namespace bb::engine {

// Real time that calls may still take; none = as long as they like. Time spent
// waiting for another test's call, or for the system's pace before a call, does not count.
class Budget {
 public:
  explicit Budget(std::optional<std::int64_t> ms) : left_us_(ms ? std::optional(*ms * 1000) : std::nullopt) {}
  void spend_us(std::int64_t us) {
    if (left_us_) *left_us_ -= us;
  }
  bool is_spent() const { return left_us_ && *left_us_ <= 0; }
  // Rounded up, so that a budget that is not spent is never 0.
  std::optional<std::int64_t> left_ms() const {
    return left_us_ ? std::optional((*left_us_ + 999) / 1000) : std::nullopt;
  }

 private:
  std::optional<std::int64_t> left_us_;
};

inline constexpr std::int64_t step_ms_default = 30'000;

class Caller {
 public:
  Caller(RunContext& run, std::string suite, std::string test, ClockWorker& worker, Budget& test_budget)
      : run_(run), suite_(std::move(suite)), test_(std::move(test)), worker_(worker), test_budget_(test_budget) {}

  // `cancellation` is null in cleanup, which also runs after a cancel.
  struct Step {
    std::string id;
    Budget budget{step_ms_default};
    const host::Cancellation* cancellation = nullptr;
    bool is_own_answer = false;  // the last reply came from here, without a call
    // What the connector asked for when a person has to act: arguments of `open` and its challenge, with their secrets.
    // For the person's browser and the connector alone.
    std::optional<std::pair<Value, Value>> challenge = {};
  };
  // A spent budget is BB_E_DEADLINE without a call.
  // What the connector asks a person is asked meanwhile, outside the time of the step.
  host::Reply call(ConnectorInstance& instance, const host::Operation& operation, Step& step);
  // What the last call asked and nobody has answered.
  const std::optional<host::Question>& open_question() const { return open_question_; }
  // What is left of the budgets of step and test; 0: no limit.
  std::int64_t timeout_ms(const Step& step) const;
  // Takes real time that went by without a call from both.
  void spend_us(Step& step, std::int64_t us);

 private:
  host::Reply call_once(ConnectorInstance& instance, const host::Operation& operation, Step& step);
  bool has_person_answered();
  void redact(host::Reply& reply) const;
  // What it waited for the system's pace; an answer of ours where the run was cancelled meanwhile.
  std::optional<host::Reply> await_pace(const ConnectorInstance& instance, const Step& step, std::int64_t& waited_ms);

  RunContext& run_;
  std::string suite_, test_;
  ClockWorker& worker_;
  Budget& test_budget_;
  std::optional<host::Question> open_question_;
};

}  // namespace bb::engine
