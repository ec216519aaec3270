#include "harness/engine/test_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <bb/core/time.hpp>

#include "harness/engine/test_calls.hpp"
#include "harness/engine/test_gates.hpp"
#include "harness/engine/test_judge.hpp"
#include "harness/engine/test_people.hpp"
#include "harness/engine/test_wait.hpp"
#include "harness/evidence/waivers.hpp"

namespace bb::engine {
namespace {

using evidence::Durability;
using evidence::Message;
using evidence::Outcome;
using suite::Action;
using suite::Step;

constexpr std::int64_t track_pause_ms = 500;  // between two looks at what became of a message

bool lets_go_on(Outcome outcome) {
  return outcome == Outcome::pass || outcome == Outcome::warn || outcome == Outcome::waived ||
         outcome == Outcome::attested || outcome == Outcome::not_attested;
}

// A result that is waived ends its test as one that is not would: there is nothing
// of the system that the steps after it could look at.
bool is_result_waived(const evidence::StepView& step) {
  return std::any_of(step.claims.begin(), step.claims.end(), [](const evidence::ClaimView& claim) {
    return claim.is_waived && evidence::is_about_the_result(claim);
  });
}

bool is_retried(const suite::Retry& retry, std::string_view word, bool is_busy) {
  if (retry.only == suite::Retry::Only::busy) return is_busy;
  return !is_busy && (word == "timeout" || word == "unavailable");
}

bool is_sending_verb(const Step& step) {
  constexpr std::array<std::string_view, 5> verbs{"share", "transmit", "post", "book", "refill"};
  return step.action == Action::do_ && std::find(verbs.begin(), verbs.end(), step.verb) != verbs.end();
}

// Whether doing a step twice shows the same twice.
bool is_reading_verb(const Step& step) {
  constexpr std::array<std::string_view, 17> verbs{
      "sign_in", "sign_out", "describe_session", "list",     "view",       "formats",       "download", "activity",
      "probes",  "anchors",  "discover",         "evaluate", "recipients", "prescriptions", "slots",    "refill_status",
      "poll"};
  return std::find(verbs.begin(), verbs.end(), step.verb) != verbs.end();
}

Doubt doubt_of(const TestContext& test, const Step& step) {
  const bool is_doubtful =
      test.before != nullptr && !test.is_cleanup && !is_reading_verb(step) && test.before->is_left_unjudged(step.id);
  return is_doubtful ? Doubt::done_before : Doubt::none;
}

}  // namespace

TestRunner::TestRunner(RunContext& run, std::size_t node) : test_(run, node), started_ns_(monotonic_ns()) {
  if (test_.before != nullptr) restore_progress();
}

Turn TestRunner::run_test() {
  if (test_.is_left_open) return Turn::parked;
  test_.worker.step_in();
  test_.is_parked = false;
  Came came;
  const bool has_begun = begin(came);
  if (has_begun) came = run_steps();
  test_.is_left_open |= came.outcome == Outcome::cancel && test_.run.is_broken_off();
  if (test_.is_parked || test_.is_left_open) {
    static_cast<void>(test_.run.writer.flush());
    test_.worker.step_out();
    return Turn::parked;
  }
  if (has_begun) {
    if (came.outcome == Outcome::pass || came.outcome == Outcome::warn) check_decided(test_, came);
    run_cleanup();
  }
  finish(std::move(came));
  return Turn::done;
}

// Whether its steps may run; else `came` says what it came to instead.
bool TestRunner::begin(Came& came) {
  if (is_ready_) return true;
  if (!is_begun_) {
    came = check_gates(test_);
    if (came.outcome != Outcome::pass) return false;
    static_cast<void>(test_.run.writer.write(
        "test_started", Value::object({{"suite", test_.view.suite}, {"test", test_.view.name}}), Durability::held));
    is_begun_ = true;
  }
  const bool has_stepped =
      std::any_of(test_.view.steps.begin(), test_.view.steps.end(), [](const auto& step) { return !step.is_setup; });
  if (!has_stepped) came = check_supports(test_);
  if (came.outcome == Outcome::pass) came = find_addresses(test_);
  is_ready_ = came.outcome == Outcome::pass;
  return is_ready_;
}

// Steps that were judged stay judged; what they saved is in the node's result.
void TestRunner::restore_progress() {
  is_begun_ = true;
  test_.view.started_unix_ns = test_.before->view.started_unix_ns;
  test_.view.steps = test_.before->view.steps;
  test_.is_mail_forgotten = test_.before->has_sent();
  for (const auto& step : test_.definition.steps) {
    const RecordedStep* const last = test_.before->last(step.id, false);
    if (last == nullptr || !last->outcome) break;
    ++next_step_;
    if (*last->outcome < worst_.outcome) worst_ = {*last->outcome, last->kind, last->cause};
    const auto seen = std::find_if(
        test_.view.steps.rbegin(), test_.view.steps.rend(),
        [&](const evidence::StepView& one) { return !one.is_setup && !one.is_cleanup && one.id == step.id; });
    is_over_ = !lets_go_on(*last->outcome) || (seen != test_.view.steps.rend() && is_result_waived(*seen));
    if (is_over_) break;
  }
  for (const auto& step : test_.definition.cleanup) {
    const RecordedStep* const last = test_.before->last(step.id, true);
    if (last == nullptr || !last->outcome) break;
    ++next_cleanup_;
  }
}

// How a sending ended that was not judged yet: it is not asked for again.
std::optional<Message> TestRunner::answer_before(const Step& step) const {
  const RecordedStep* const before = test_.begun_before(step);
  if (before == nullptr || !before->is_answered || before->outcome || test_.is_cleanup) return std::nullopt;
  auto message = test_.run.before->message(test_.node_index, step.id);
  if (!message) return std::nullopt;
  const bool is_busy = message->status_name == host::status_name(BB_E_RATE_LIMITED);
  if (step.retry && is_retried(*step.retry, message->result, is_busy)) return std::nullopt;
  return *std::move(message);
}

void TestRunner::finish(Came came) {
  // A verdict that cannot be proved is none.
  if (const auto failure = test_.run.writer.failure(); failure && came.outcome != Outcome::cancel)
    came = {Outcome::error, "harness", "evidence could not be kept: " + failure->what};
  test_.view.is_done = true;
  test_.view.outcome = came.outcome;
  test_.view.kind = std::move(came.kind);
  test_.view.cause = std::move(came.cause);
  test_.view.duration_ms = (monotonic_ns() - started_ns_) / ns_per_ms;
  test_.view.waivers = evidence::uses_of(test_.run.waivers, test_.view);
  if (test_.view.outcome == Outcome::fail && test_.view.counts) ++test_.run.failures;
  Value done = Value::object(
      {{"suite", test_.view.suite}, {"test", test_.view.name}, {"outcome", evidence::to_word(test_.view.outcome)}});
  if (!test_.view.kind.empty()) done.set("kind", test_.view.kind);
  if (!test_.view.cause.empty()) done.set("cause", test_.view.cause);
  if (Status kept = test_.run.writer.write("test_done", done); !kept) {
    test_.view.outcome = Outcome::error;
    test_.view.kind = "harness";
    test_.view.cause = "evidence could not be kept: " + kept.error().what;
  }
  if (test_.run.options.on_test_done) {
    const auto lock = test_.worker.lock(test_.run.done_mutex);
    test_.run.options.on_test_done(test_.view);
  }
  // Only the outcome is needed from here on; the rest is in the run folder.
  test_.view.steps.clear();
  test_.run.results[test_.node_index].view = std::move(test_.view);
}

Came TestRunner::run_steps() {
  if (test_.definition.steps.empty()) return {Outcome::error, "config", "the test has no steps"};
  for (; next_step_ < test_.definition.steps.size() && !is_over_; ++next_step_) {
    Came came = run_step(test_.definition.steps[next_step_], next_step_);
    if (test_.is_parked) return {};
    is_over_ = !lets_go_on(came.outcome) || (!test_.view.steps.empty() && is_result_waived(test_.view.steps.back()));
    if (came.outcome < worst_.outcome) worst_ = std::move(came);
  }
  return worst_;
}

void TestRunner::run_cleanup() {
  test_.is_cleanup = true;
  for (; next_cleanup_ < test_.definition.cleanup.size(); ++next_cleanup_)
    static_cast<void>(run_step(test_.definition.cleanup[next_cleanup_], test_.definition.steps.size() + next_cleanup_));
}

Came TestRunner::run_step(const Step& step, std::size_t index) {
  if (!test_.wait) test_.open_wait.reset();
  if (!test_.is_cleanup && test_.run.is_cancelled()) return {Outcome::cancel, "", "the run was cancelled"};
  switch (step.action) {
    case Action::do_:
      return run_do(step, index);
    case Action::wait:
      return run_wait(test_, step, index);
    case Action::attest:
      return run_attest(test_, step);
    case Action::check:
      break;
  }
  return run_check(step);
}

Came TestRunner::run_do(const Step& step, std::size_t index) {
  if (const auto answer = answer_before(step)) return judge(test_, step, &*answer);
  const auto as = test_.scope.resolve(step.as);
  if (!as) return {Outcome::skip, "", fmt::format("step '{}': as: {}", step.id, as.error().what)};
  auto arguments = test_.scope.resolve(step.with);
  if (!arguments) return {Outcome::skip, "", fmt::format("step '{}': {}", step.id, arguments.error().what)};
  const Actor actor = find_actor(test_.run.plan, test_.node_index, step, index, *as);
  auto instance = test_.run.pool.instance(actor, test_.worker);
  if (!instance) {
    test_.begin_step(step, actor, test_.next_attempt(step));
    return not_made(test_, step, actor, instance.error());
  }
  if (Came session = restore_session(test_, **instance, step, actor); session.outcome != Outcome::pass) return session;
  if (is_sending_verb(step)) forget_old_mail(test_, step, index);
  if (Came known = check_sign_in(test_, **instance, step, actor, *arguments); known.outcome != Outcome::pass)
    return known;

  VerbCall call = verb_call(test_, step.verb, *std::move(arguments), actor, **instance);
  const std::string purpose = purpose_of(test_.view.suite, test_.view.name, step.id);
  // Made once: a retry with the same key sends nothing a second time, also after
  // the process ended that asked first.
  const RecordedStep* const before = test_.begun_before(step);
  if (is_sending_verb(step))
    call.idempotency_key = before != nullptr && !before->idempotency_key.empty() ? before->idempotency_key
                                                                                 : test_.run.token(purpose + "/key");
  if (step.verb == "sign_in") call.state = test_.run.token(purpose + "/state");
  if (!call.state.empty()) test_.run.redactor.learn("state", call.state);
  const std::int64_t deadline_ns =
      test_.run.clock.now_unix_ns() + step.timeout_ms.value_or(step_ms_default) * ns_per_ms;
  call.pause = [this, deadline_ns] {
    const std::int64_t left_ns = deadline_ns - test_.run.clock.now_unix_ns();
    return left_ns > 0 && test_.run.clock.sleep_ns(std::min(track_pause_ms * ns_per_ms, left_ns),
                                                   test_.run.options.cancellation, 0) != host::Slept::cancelled;
  };

  bool has_asked_again = false;  // whether it was sent
  bool has_begun_again = false;  // what never began
  for (int attempt = 1;; ++attempt) {
    test_.begin_step(step, actor, test_.next_attempt(step));
    VerbReply reply = attempt_verb(test_, step, call, actor, **instance);
    if (waits_for_person(test_, reply.reply)) {
      const std::string title = test_.caller.open_question()->title;
      static_cast<void>(test_.take_message(step, std::move(reply)));
      leave_to_person(test_, step, title);
      return {};
    }
    const host::Ran ran = reply.reply.ran;
    bool& is_done_again = ran == host::Ran::never ? has_begun_again : has_asked_again;
    if (is_sending_verb(step) && ran != host::Ran::whole && !is_done_again && !test_.run.is_cancelled()) {
      is_done_again = true;
      const Message unanswered = test_.take_message(step, std::move(reply));
      if (Came again = begin_again(test_, step, actor); again.outcome != Outcome::pass)
        return {Outcome::error, unanswered.result,
                with_cause(fmt::format("step '{}': {}, and it could not be asked again", step.id, unanswered.error),
                           again.cause)};
      call.connector = (*instance)->connector.load();
      continue;
    }
    const bool is_again =
        step.retry && attempt <= step.retry->times &&
        is_retried(*step.retry, host::result_word(reply.reply), reply.reply.status == BB_E_RATE_LIMITED) &&
        !test_.budget.is_spent() && !test_.run.is_cancelled();
    if (!is_again) {
      const Message message = test_.take_message(step, std::move(reply));
      return judge(test_, step, &message, doubt_of(test_, step));
    }
    const std::int64_t pause_ms = std::max(step.retry->every_ms, reply.reply.error.retry_after_ms);
    static_cast<void>(test_.take_message(step, std::move(reply)));
    static_cast<void>(test_.run.writer.flush());
    static_cast<void>(test_.run.clock.sleep_ns(pause_ms * ns_per_ms, test_.run.options.cancellation, 0));
  }
}

Came TestRunner::run_check(const Step& step) {
  test_.begin_step(step, {}, test_.next_attempt(step));
  return judge(test_, step, nullptr);
}

}  // namespace bb::engine
