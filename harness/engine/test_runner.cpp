#include "harness/engine/test_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/engine/asker.hpp"
#include "harness/engine/claim_view.hpp"
#include "harness/evidence/event_values.hpp"
#include "harness/evidence/requirement_rollup.hpp"
#include "harness/evidence/waivers.hpp"
#include "harness/suite/sign_in.hpp"

namespace bb::engine {
namespace {

using evidence::Durability;
using evidence::Message;
using evidence::Outcome;
using suite::Action;
using suite::Step;

// Cleanup after a cancel must not keep a person waiting.
constexpr std::int64_t cleanup_ms_after_cancel = 5'000;
constexpr std::uint64_t evidence_file_bytes_max = std::uint64_t{64} * 1024 * 1024;
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

bool is_met(Outcome outcome) {
  return outcome == Outcome::pass || outcome == Outcome::warn || outcome == Outcome::attested ||
         outcome == Outcome::waived;
}

bool is_retried(const suite::Retry& retry, std::string_view word, bool is_busy) {
  if (retry.only == suite::Retry::Only::busy) return is_busy;
  return !is_busy && (word == "timeout" || word == "unavailable");
}

bool is_shown_by_file(const Step& step) { return step.evidence_kind == "file" || step.evidence_kind == "screenshot"; }

void collect_texts(const Value& value, std::vector<std::string>& texts) {
  if (const auto* text = value.string()) texts.push_back(*text);
  if (const auto* items = value.items())
    for (const auto& item : *items) collect_texts(item, texts);
  if (const auto* members = value.members())
    for (const auto& member : *members) collect_texts(member.value, texts);
}

void collect_texts(const std::vector<Step>& steps, std::vector<std::string>& texts) {
  const auto claims = [&](const std::vector<suite::Claim>& list) {
    for (const auto& claim : list) {
      collect_texts(claim.argument, texts);
      texts.insert(texts.end(), claim.of.begin(), claim.of.end());
      for (const auto& [matcher, value] : claim.matchers) collect_texts(value, texts);
    }
  };
  for (const auto& step : steps) {
    collect_texts(step.with, texts);
    texts.push_back(step.tell);
    claims(step.require);
    claims(step.expect);
  }
}

// Whether a test speaks of `$role.address`.
bool asks_address(const suite::Test& test, const std::string& role) {
  std::vector<std::string> texts;
  collect_texts(test.steps, texts);
  collect_texts(test.cleanup, texts);
  const std::string whole = "$" + role + ".address";
  const std::string inside = "${" + role + ".address}";
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text == whole || text.find(inside) != std::string::npos; });
}

bool is_sending_verb(const Step& step) {
  constexpr std::array<std::string_view, 5> verbs{"share", "transmit", "post", "book", "refill"};
  return step.action == Action::do_ && std::find(verbs.begin(), verbs.end(), step.verb) != verbs.end();
}

// "portal.sign_in again as alice"
std::string again(const Actor& actor, const std::string& verb) {
  return fmt::format("{}.{} again{}{}", actor.role, verb, actor.person.empty() ? "" : " as ", actor.person);
}

std::string with_cause(std::string text, const std::string& cause) {
  return cause.empty() ? text : text + ": " + shorten(cause, 300);
}

}  // namespace

TestRunner::TestRunner(RunContext& run, std::size_t node)
    : run_(run),
      node_index_(node),
      node_(run.plan.nodes[node]),
      test_(*node_.test),
      view_(node_.view),
      scope_(scope_so_far(run, node)),
      worker_(run.virtual_clock),
      budget_(test_.timeout_ms),
      caller_(run, view_.suite, view_.name, worker_, budget_) {
  started_ns_ = monotonic_ns();
  view_.started_unix_ns = run_.clock.now_unix_ns();
  if (!is_under_way(run_, node)) return;
  before_ = &run_.before->test(node);
  restore_progress();
}

Turn TestRunner::run_test() {
  if (is_left_open_) return Turn::parked;
  worker_.step_in();
  is_parked_ = false;
  Came came;
  const bool has_begun = begin(came);
  if (has_begun) came = run_steps();
  is_left_open_ |= came.outcome == Outcome::cancel && run_.is_broken_off();
  if (is_parked_ || is_left_open_) {
    static_cast<void>(run_.writer.flush());
    worker_.step_out();
    return Turn::parked;
  }
  if (has_begun) {
    if (came.outcome == Outcome::pass || came.outcome == Outcome::warn) check_decided(came);
    run_cleanup();
  }
  finish(std::move(came));
  return Turn::done;
}

// Whether its steps may run; else `came` says what it came to instead.
bool TestRunner::begin(Came& came) {
  if (is_ready_) return true;
  if (!is_begun_) {
    came = check_gates();
    if (came.outcome != Outcome::pass) return false;
    static_cast<void>(run_.writer.write("test_started", Value::object({{"suite", view_.suite}, {"test", view_.name}}),
                                        Durability::held));
    is_begun_ = true;
  }
  const bool has_stepped =
      std::any_of(view_.steps.begin(), view_.steps.end(), [](const auto& step) { return !step.is_setup; });
  if (!has_stepped) came = check_supports();
  if (came.outcome == Outcome::pass) came = find_addresses();
  is_ready_ = came.outcome == Outcome::pass;
  return is_ready_;
}

// Steps that were judged stay judged; what they saved is in the node's result.
void TestRunner::restore_progress() {
  is_begun_ = true;
  view_.started_unix_ns = before_->view.started_unix_ns;
  view_.steps = before_->view.steps;
  is_mail_forgotten_ = before_->has_sent();
  for (const auto& step : test_.steps) {
    const RecordedStep* const last = before_->last(step.id, false);
    if (last == nullptr || !last->outcome) break;
    ++next_step_;
    if (*last->outcome < worst_.outcome) worst_ = {*last->outcome, last->kind, last->cause};
    const auto seen = std::find_if(view_.steps.rbegin(), view_.steps.rend(), [&](const evidence::StepView& one) {
      return !one.is_setup && !one.is_cleanup && one.id == step.id;
    });
    is_over_ = !lets_go_on(*last->outcome) || (seen != view_.steps.rend() && is_result_waived(*seen));
    if (is_over_) break;
  }
  for (const auto& step : test_.cleanup) {
    const RecordedStep* const last = before_->last(step.id, true);
    if (last == nullptr || !last->outcome) break;
    ++next_cleanup_;
  }
}

// What an earlier process left of a step that it began; null where it did not.
const RecordedStep* TestRunner::begun_before(const Step& step) const {
  return before_ == nullptr ? nullptr : before_->last(step.id, is_cleanup_);
}

// Counts those of earlier processes too.
int TestRunner::next_attempt(const Step& step) const {
  const auto last = std::find_if(view_.steps.rbegin(), view_.steps.rend(), [&](const evidence::StepView& one) {
    return !one.is_setup && one.is_cleanup == is_cleanup_ && one.id == step.id;
  });
  return last == view_.steps.rend() ? 1 : last->attempt + 1;
}

// How a sending ended that was not judged yet: it is not asked for again.
std::optional<Message> TestRunner::answer_before(const Step& step) const {
  const RecordedStep* const before = begun_before(step);
  if (before == nullptr || !before->is_answered || before->outcome || is_cleanup_) return std::nullopt;
  auto message = run_.before->message(node_index_, step.id);
  if (!message) return std::nullopt;
  const bool is_busy = message->status_name == host::status_name(BB_E_RATE_LIMITED);
  if (step.retry && is_retried(*step.retry, message->result, is_busy)) return std::nullopt;
  return *std::move(message);
}

// What must hold was looked at, or nothing was shown. The linter sees to it; a
// suite that was not linted must not pass for its silence.
void TestRunner::check_decided(Came& came) const {
  for (const auto& row : view_.rows) {
    const auto* requirement = run_.plan.suite_of(node_).catalogue.find(row.id);
    if (requirement == nullptr || requirement->level != suite::Level::shall) continue;
    if (view_.counts && !requirement_counts(*requirement, run_.plan.rule_date)) continue;
    if (evidence::is_decided(view_, row.id, suite::Level::shall)) continue;
    came = {Outcome::skip, "", fmt::format("no claim of level SHALL was judged for '{}'", row.id)};
    return;
  }
}

void TestRunner::finish(Came came) {
  // A verdict that cannot be proved is none.
  if (const auto failure = run_.writer.failure(); failure && came.outcome != Outcome::cancel)
    came = {Outcome::error, "harness", "evidence could not be kept: " + failure->what};
  view_.is_done = true;
  view_.outcome = came.outcome;
  view_.kind = std::move(came.kind);
  view_.cause = std::move(came.cause);
  view_.duration_ms = (monotonic_ns() - started_ns_) / ns_per_ms;
  view_.waivers = evidence::uses_of(run_.waivers, view_);
  if (view_.outcome == Outcome::fail && view_.counts) ++run_.failures;
  Value done =
      Value::object({{"suite", view_.suite}, {"test", view_.name}, {"outcome", evidence::to_word(view_.outcome)}});
  if (!view_.kind.empty()) done.set("kind", view_.kind);
  if (!view_.cause.empty()) done.set("cause", view_.cause);
  if (Status kept = run_.writer.write("test_done", done); !kept) {
    view_.outcome = Outcome::error;
    view_.kind = "harness";
    view_.cause = "evidence could not be kept: " + kept.error().what;
  }
  if (run_.options.on_test_done) {
    const auto lock = worker_.lock(run_.done_mutex);
    run_.options.on_test_done(view_);
  }
  // Only the outcome is needed from here on; the rest is in the run folder.
  view_.steps.clear();
  run_.results[node_index_].view = std::move(view_);
}

TestRunner::Came TestRunner::check_gates() const {
  if (run_.is_cancelled()) return {Outcome::cancel, "", "the run was cancelled before this test started"};
  if (auto why = why_omitted(run_.plan, node_index_)) return {Outcome::omit, "", *std::move(why)};
  if (Came needs = check_needs(); needs.outcome != Outcome::pass) return needs;
  const int limit = run_.options.max_failures;
  if (limit > 0 && run_.failures >= limit)
    return {Outcome::skip, "",
            fmt::format("not run: {} tests had failed, the limit is {}", run_.failures.load(), limit)};
  return {};
}

TestRunner::Came TestRunner::check_needs() const {
  const evidence::TestView* unmet = nullptr;
  for (const auto need : node_.needs) {
    const evidence::TestView& needed = run_.results[need].view;
    if (is_met(needed.outcome)) continue;
    if (unmet == nullptr || needed.outcome < unmet->outcome) unmet = &needed;
  }
  if (unmet == nullptr) return {};
  // What is built on something that does not apply does not apply either, but
  // a SHALL is not dodged that way.
  const bool is_omitted = unmet->outcome == Outcome::omit && (view_.rows.empty() || view_.level != suite::Level::shall);
  // A test that ran says itself why; a skip is told down to the test that ran.
  return {is_omitted ? Outcome::omit : Outcome::skip, "",
          with_cause(fmt::format("needs '{}', whose outcome is {}", unmet->name, evidence::to_word(unmet->outcome)),
                     unmet->outcome == Outcome::skip ? unmet->cause : "")};
}

TestRunner::Came TestRunner::check_supports() {
  for (const auto& when : test_.when)
    for (const auto& wanted : when.supports) {
      const auto parts = split(wanted, '.');
      const std::string& role = parts.front();
      const auto* binding = run_.input.target.find_role(role);
      bool is_supported = false;
      if (binding != nullptr && parts.size() >= 3 && parts[1] == "probe") {
        is_supported = supports_probe(role, wanted.substr(role.size() + std::string_view(".probe.").size()));
      } else if (binding != nullptr && parts.size() == 2) {
        const auto interfaces = run_.source.interfaces(binding->connector);
        if (!interfaces) return {Outcome::error, "config", interfaces.error().what};
        is_supported = std::find(interfaces->begin(), interfaces->end(), "bb." + parts[1] + "/1") != interfaces->end();
      }
      if (is_supported) continue;
      const bool is_shall = !view_.rows.empty() && view_.level == suite::Level::shall;
      return {is_shall ? Outcome::skip : Outcome::omit, "",
              binding == nullptr
                  ? fmt::format("needs '{}', and the target binds no connector to role '{}'", wanted, role)
                  : fmt::format("needs '{}', which connector '{}' does not offer", wanted, binding->connector)};
    }
  return {};
}

bool TestRunner::supports_probe(const std::string& role, const std::string& probe) {
  auto instance = run_.pool.instance({role, "", Actor::no_session}, worker_);
  if (!instance) return false;
  begin_setup("probes", role + " probes");
  Caller::Step step{"probes", Budget(step_ms_default), run_.options.cancellation};
  const host::Reply listed = caller_.call(**instance, {"bb.probe/1", "list"}, step);
  const Value& probes = listed.emitted["probes"];
  for (std::size_t i = 0; i < probes.size(); ++i)
    if (probes[i]["name"].string_or("") == probe) return true;
  return false;
}

TestRunner::Came TestRunner::find_addresses() {
  for (auto& [role, inbox] : run_.inboxes) {
    if (!asks_address(test_, role)) continue;
    const auto lock = worker_.lock(inbox.address_mutex);
    if (!inbox.is_asked) allocate_address(role, inbox);
    if (inbox.address.empty()) return {Outcome::skip, "", inbox.cause};
    scope_.set(role, Value::object({{"address", inbox.address}}));
  }
  return {};
}

void TestRunner::allocate_address(const std::string& role, Inbox& inbox) {
  const auto* binding = run_.input.target.find_role(role);
  if (binding != nullptr) inbox.address = binding->config["address"].string_or("");
  inbox.cause = fmt::format("role '{}' has no address: its connector allocates none and the target names none", role);
  auto instance = run_.pool.instance({role, "", Actor::no_session}, worker_);
  if (!instance) {
    inbox.address.clear();
    inbox.cause = fmt::format("role '{}' has no address: {}", role, instance.error().what);
  } else if ((*instance)->connector.load()->has_function("bb.inbox/1", "allocate")) {
    begin_setup("allocate", role + ".allocate");
    Caller::Step step{"allocate", Budget(step_ms_default), run_.options.cancellation};
    const host::Reply reply =
        caller_.call(**instance, {"bb.inbox/1", "allocate", Value::object({{"tag", "bb-" + run_.facts.id}})}, step);
    inbox.address = reply.status == BB_OK ? reply.emitted["address"].string_or("") : "";
    if (inbox.address.empty())
      inbox.cause = with_cause(
          fmt::format("role '{}' has no address: allocating one was answered {}", role, host::result_word(reply)),
          reply.error.message);
  }
  inbox.is_asked = !run_.is_cancelled();
  if (!inbox.address.empty())
    static_cast<void>(
        run_.writer.write("address_allocated", Value::object({{"role", role}, {"address", inbox.address}})));
}

TestRunner::Came TestRunner::run_steps() {
  if (test_.steps.empty()) return {Outcome::error, "config", "the test has no steps"};
  for (; next_step_ < test_.steps.size() && !is_over_; ++next_step_) {
    Came came = run_step(test_.steps[next_step_], next_step_);
    if (is_parked_) return {};
    is_over_ = !lets_go_on(came.outcome) || (!view_.steps.empty() && is_result_waived(view_.steps.back()));
    if (came.outcome < worst_.outcome) worst_ = std::move(came);
  }
  return worst_;
}

void TestRunner::run_cleanup() {
  is_cleanup_ = true;
  for (; next_cleanup_ < test_.cleanup.size(); ++next_cleanup_)
    static_cast<void>(run_step(test_.cleanup[next_cleanup_], test_.steps.size() + next_cleanup_));
}

TestRunner::Came TestRunner::run_step(const Step& step, std::size_t index) {
  if (!wait_) open_wait_.reset();
  if (!is_cleanup_ && run_.is_cancelled()) return {Outcome::cancel, "", "the run was cancelled"};
  switch (step.action) {
    case Action::do_:
      return run_do(step, index);
    case Action::wait:
      return run_wait(step, index);
    case Action::attest:
      return run_attest(step);
    case Action::check:
      break;
  }
  return run_check(step);
}

Caller::Step TestRunner::call_step(const Step& step) const {
  const bool is_late = is_cleanup_ && run_.is_cancelled();
  const std::int64_t timeout_ms = step.timeout_ms.value_or(step_ms_default);
  return {step.id, Budget(is_late ? std::min(timeout_ms, cleanup_ms_after_cancel) : timeout_ms),
          is_cleanup_ ? nullptr : run_.options.cancellation};
}

VerbCall TestRunner::verb_call(const std::string& verb, Value arguments, const Actor& actor,
                               const ConnectorInstance& instance) const {
  VerbCall call;
  call.verb = verb;
  call.arguments = std::move(arguments);
  call.person = actor.person.empty() ? nullptr : run_.input.target.find_person(actor.person);
  call.target = &run_.input.target;
  call.connector = instance.connector.load();
  call.secrets = &instance.secrets;
  return call;
}

TestRunner::Came TestRunner::run_do(const Step& step, std::size_t index) {
  if (const auto answer = answer_before(step)) return judge(step, &*answer);
  const auto as = scope_.resolve(step.as);
  if (!as) return {Outcome::skip, "", fmt::format("step '{}': as: {}", step.id, as.error().what)};
  auto arguments = scope_.resolve(step.with);
  if (!arguments) return {Outcome::skip, "", fmt::format("step '{}': {}", step.id, arguments.error().what)};
  const Actor actor = find_actor(run_.plan, node_index_, step, index, *as);
  auto instance = run_.pool.instance(actor, worker_);
  if (!instance) {
    begin_step(step, actor, next_attempt(step));
    return not_made(step, actor, instance.error());
  }
  if (Came session = restore_session(**instance, step, actor); session.outcome != Outcome::pass) return session;
  if (is_sending_verb(step)) forget_old_mail(step, index);
  if (Came known = check_sign_in(**instance, step, actor, *arguments); known.outcome != Outcome::pass) return known;

  VerbCall call = verb_call(step.verb, *std::move(arguments), actor, **instance);
  const std::string purpose = purpose_of(view_.suite, view_.name, step.id);
  // Made once: a retry with the same key sends nothing a second time, also after
  // the process ended that asked first.
  const RecordedStep* const before = begun_before(step);
  if (is_sending_verb(step))
    call.idempotency_key =
        before != nullptr && !before->idempotency_key.empty() ? before->idempotency_key : run_.token(purpose + "/key");
  if (step.verb == "sign_in") call.state = run_.token(purpose + "/state");
  if (!call.state.empty()) run_.redactor.learn("state", call.state);
  const std::int64_t deadline_ns = run_.clock.now_unix_ns() + step.timeout_ms.value_or(step_ms_default) * ns_per_ms;
  call.pause = [this, deadline_ns] {
    const std::int64_t left_ns = deadline_ns - run_.clock.now_unix_ns();
    return left_ns > 0 && run_.clock.sleep_ns(std::min(track_pause_ms * ns_per_ms, left_ns), run_.options.cancellation,
                                              0) != host::Slept::cancelled;
  };

  bool has_asked_again = false;  // whether it was sent
  bool has_begun_again = false;  // what never began
  for (int attempt = 1;; ++attempt) {
    begin_step(step, actor, next_attempt(step));
    VerbReply reply = attempt_verb(step, call, actor, **instance);
    if (waits_for_person(reply.reply)) {
      const std::string title = caller_.open_question()->title;
      static_cast<void>(take_message(step, std::move(reply)));
      leave_to_person(step, title);
      return {};
    }
    const host::Ran ran = reply.reply.ran;
    bool& is_done_again = ran == host::Ran::never ? has_begun_again : has_asked_again;
    if (is_sending_verb(step) && ran != host::Ran::whole && !is_done_again && !run_.is_cancelled()) {
      is_done_again = true;
      const Message unanswered = take_message(step, std::move(reply));
      if (Came again = begin_again(step, actor); again.outcome != Outcome::pass)
        return {Outcome::error, unanswered.result,
                with_cause(fmt::format("step '{}': {}, and it could not be asked again", step.id, unanswered.error),
                           again.cause)};
      call.connector = (*instance)->connector.load();
      continue;
    }
    const bool is_again =
        step.retry && attempt <= step.retry->times &&
        is_retried(*step.retry, host::result_word(reply.reply), reply.reply.status == BB_E_RATE_LIMITED) &&
        !budget_.is_spent() && !run_.is_cancelled();
    if (!is_again) {
      const Message message = take_message(step, std::move(reply));
      return judge(step, &message);
    }
    const std::int64_t pause_ms = std::max(step.retry->every_ms, reply.reply.error.retry_after_ms);
    static_cast<void>(take_message(step, std::move(reply)));
    static_cast<void>(run_.writer.flush());
    static_cast<void>(run_.clock.sleep_ns(pause_ms * ns_per_ms, run_.options.cancellation, 0));
  }
}

// Who is known before the run was asked for a password then (T08); this is for
// those that a test saves.
TestRunner::Came TestRunner::check_sign_in(const ConnectorInstance& instance, const Step& step, const Actor& actor,
                                           const Value& arguments) {
  const auto* person = step.verb == "sign_in" ? run_.input.target.find_person(actor.person) : nullptr;
  if (!person) return {};
  const auto methods = instance.connector.load()->session_methods();
  if (!suite::lacks_password(*person, instance.secrets, arguments["method"].string_or(""), methods)) return {};
  begin_step(step, actor, next_attempt(step));
  return {
      Outcome::error, "config",
      fmt::format("step '{}': person '{}' signs in to role '{}' by password and has no secret 'password'; add it to "
                  "the person: secrets: {{password: {{env: NAME}}}}",
                  step.id, person->id, actor.role)};
}

// Whether something was sent before the process ended is not known: a fresh one
// is asked with the same key, which a system that has it does not send again.
TestRunner::Came TestRunner::begin_again(const Step& step, const Actor& actor) {
  static_cast<void>(run_.writer.flush());
  auto instance = run_.pool.instance(actor, worker_);
  if (!instance) return {Outcome::error, "", instance.error().what};
  return restore_session(**instance, step, actor);
}

// Why there is no instance: a mistake of the target, or its process died too often.
TestRunner::Came TestRunner::not_made(const Step& step, const Actor& actor, const Error& error) const {
  if (run_.is_cancelled()) return {Outcome::cancel, "", "the run was cancelled"};
  const auto* const role = run_.input.target.find_role(actor.role);
  const bool is_quarantined = role != nullptr && !run_.source.quarantine(role->connector).empty();
  return {Outcome::error, is_quarantined ? "connector_lost" : "config",
          fmt::format("step '{}': {}", step.id, error.what)};
}

// After a crash the session is gone with the process: what made it is done
// again, as set-up that nobody judges.
TestRunner::Came TestRunner::restore_session(ConnectorInstance& instance, const Step& step, const Actor& actor) {
  if (!instance.is_session_lost) return {};
  const auto restoring = worker_.lock(instance.sign_in_mutex);
  if (!instance.is_session_lost) return {};
  if (step.verb == "sign_in") {
    instance.is_session_lost = false;
    return {};
  }
  std::optional<host::Operation> sign_in;
  {
    const auto pass = instance.gate.enter(CallGate::Way::together, worker_);
    sign_in = instance.sign_in;
  }
  const std::string cause = fmt::format("the process of connector '{}' ended in an earlier call", instance.name);
  if (!sign_in && run_.sessions.contains(actor)) return repeat_sign_in(instance, step, actor);
  if (!sign_in) return {Outcome::skip, "", cause + ", and its session cannot be made again without a person"};
  begin_setup("sign_in_again", again(actor, "sign_in"));
  Caller::Step calls{"sign_in_again", Budget(step_ms_default), call_step(step).cancellation};
  const host::Reply reply = caller_.call(instance, *sign_in, calls);
  if (reply.status != BB_OK)
    return {Outcome::skip, "",
            with_cause(fmt::format("{}, and signing in again was answered {}", cause, host::result_word(reply)),
                       reply.error.message)};
  instance.is_session_lost = false;
  return {};
}

// The session ended with the process of the run that made it. Who was signed out
// by then is signed in and out once more: the same calls are refused.
TestRunner::Came TestRunner::repeat_sign_in(ConnectorInstance& instance, const Step& step, const Actor& actor) {
  Caller::Step calls{"sign_in_again", Budget(step_ms_default), call_step(step).cancellation};
  for (const auto& session_step : run_.sessions.at(actor)) {
    begin_setup("sign_in_again", again(actor, session_step.verb));
    VerbCall call = verb_call(session_step.verb, session_step.arguments, actor, instance);
    call.state = run_.token(session_step.purpose + "/state");
    run_.redactor.learn("state", call.state);
    const VerbReply reply = run_calls(std::move(call), actor, instance, calls);
    if (reply.reply.status != BB_OK)
      return {Outcome::skip, "",
              with_cause(fmt::format("the run was gone on with by another process, and '{}' again was answered {}",
                                     session_step.verb, host::result_word(reply.reply)),
                         reply.reply.error.message)};
  }
  instance.is_session_lost = false;
  return {};
}

VerbReply TestRunner::attempt_verb(const Step& step, const VerbCall& call, const Actor& actor,
                                   ConnectorInstance& instance) {
  Caller::Step calls = call_step(step);
  VerbReply reply = run_calls(call, actor, instance, calls);
  reply.is_composed = reply.is_composed || calls.is_own_answer;
  return reply;
}

// The calls of a verb; a sign-in by redirect takes two, with a person between them.
VerbReply TestRunner::run_calls(VerbCall call, const Actor& actor, ConnectorInstance& instance, Caller::Step& calls) {
  std::unique_ptr<Visit> visit;
  if (run_.options.browser != nullptr && call.verb == "sign_in" && sign_in_method(call) == "user_redirect") {
    const auto* const role = run_.input.target.find_role(actor.role);
    auto begun =
        run_.options.browser->begin({fmt::format("{}/{}", view_.suite, view_.name), test_.title, actor.role,
                                     actor.person, role == nullptr ? std::string() : role->redirect_uri, call.state});
    if (!begun) return {own_reply(BB_E_HOST_FAULT, "nobody can sign in in a browser: " + begun.error().what), true};
    visit = *std::move(begun);
    call.redirect_uri = visit->redirect_uri();
  }
  VerbReply reply =
      run_verb(call, [&](const host::Operation& operation) { return caller_.call(instance, operation, calls); });
  if (!visit || !calls.challenge) return reply;
  return finish_sign_in(*visit, instance, calls, std::move(reply));
}

VerbReply TestRunner::finish_sign_in(Visit& visit, ConnectorInstance& instance, Caller::Step& calls,
                                     VerbReply pending) {
  const auto [request, challenge] = *std::exchange(calls.challenge, std::nullopt);
  const std::int64_t began_ns = monotonic_ns();
  const auto came = visit.go(challenge["url"].string_or(""), caller_.timeout_ms(calls), calls.cancellation);
  caller_.spend_us(calls, (monotonic_ns() - began_ns) / 1000);
  if (!came) return {own_reply(BB_E_HOST_FAULT, "nobody could sign in in a browser: " + came.error().what), true};
  if (!*came) return pending;
  // Before it is written down as an argument.
  run_.redactor.learn_return(**came);
  const auto resume_state = challenge["resume_state"].string_or("");
  VerbReply reply{
      caller_.call(instance,
                   {"bb.session/1", "resume",
                    Value::object({{"request", request}, {"resume_state", resume_state}, {"response", **came}})},
                   calls),
      false};
  // Not our mistake but the system's: what it sent the browser back with is not the answer to what was asked.
  if (reply.reply.status == BB_E_INVALID_ARGUMENT) {
    reply.reply.status = BB_E_PROTOCOL;
    reply.is_composed = true;
  }
  return reply;
}

// Mail that was there before this test sent anything is not what a later wait
// of the test is for.
void TestRunner::forget_old_mail(const Step& step, std::size_t index) {
  if (is_mail_forgotten_ || is_cleanup_) return;
  is_mail_forgotten_ = true;
  std::set<std::pair<std::string, std::string>> looked_at;  // role, address
  for (std::size_t i = index + 1; i < test_.steps.size(); ++i) {
    const Step& wait = test_.steps[i];
    const auto inbox = run_.inboxes.find(wait.role);
    if (wait.action != Action::wait || inbox == run_.inboxes.end()) continue;
    const auto with = scope_.resolve(wait.with);
    const Actor actor = find_actor(run_.plan, node_index_, wait, i, Value());
    auto instance = run_.pool.instance(actor, worker_);
    if (!with || !instance) continue;
    const std::string address = (*with)["address"].string_or("");
    if (!looked_at.emplace(wait.role, address).second) continue;
    Caller::Step calls = call_step(step);
    const Invoke invoke = [&](const host::Operation& operation) { return caller_.call(**instance, operation, calls); };
    if (!address.empty() && begin_baseline(inbox->second)) {
      begin_setup(std::string(baseline_step), wait.role + ".poll");
      calls.id = baseline_step;
      note_baseline(inbox->second, invoke);
    }
    begin_setup(std::string(old_mail_step), wait.role + ".poll");
    calls.id = old_mail_step;
    forget_old_messages(inbox->second, address, run_.clock, invoke);
  }
}

TestRunner::Came TestRunner::run_wait(const Step& step, std::size_t index) {
  Came came = look_for_message(step, index);
  if (!is_parked_) wait_.reset();
  return came;
}

TestRunner::Came TestRunner::look_for_message(const Step& step, std::size_t index) {
  const auto with = scope_.resolve(step.with);
  if (!with) return {Outcome::skip, "", fmt::format("step '{}': {}", step.id, with.error().what)};
  auto wanted = wanted_by(step, scope_);
  if (!wanted) return {Outcome::skip, "", fmt::format("step '{}': {}", step.id, wanted.error().what)};
  const Actor actor = find_actor(run_.plan, node_index_, step, index, Value());
  const auto inbox = run_.inboxes.find(step.role);
  auto instance = run_.pool.instance(actor, worker_);
  if (instance)
    if (Came session = restore_session(**instance, step, actor); session.outcome != Outcome::pass) return session;
  // A test that parked before has one more look, as the same attempt unless set-up
  // stands between.
  const bool has_parked = wait_.has_value();
  const bool is_new_attempt = !has_parked || view_.steps.back().is_setup;
  if (is_new_attempt) begin_step(step, actor, next_attempt(step));
  if (!instance) return not_made(step, actor, instance.error());
  if (inbox == run_.inboxes.end())
    return {Outcome::error, "config", fmt::format("step '{}': role '{}' has no inbox to wait on", step.id, step.role)};

  const std::int64_t look_ms = has_parked ? 0 : detach_ms;
  if (is_new_attempt) begin_wait(step, *with, *std::move(wanted));
  const bool may_park = run_.options.is_detached && !is_cleanup_;
  // Each look has the step's time of its own; `within` bounds them all.
  auto reply = wait_for_message(inbox->second, *wait_, may_park ? std::optional(look_ms) : std::nullopt, run_.clock,
                                run_.options.cancellation, [&](const host::Operation& operation) {
                                  Caller::Step look = call_step(step);
                                  return caller_.call(**instance, operation, look);
                                });
  const bool is_broken_off = reply && run_.is_broken_off() && host::result_word(reply->reply) == "cancelled";
  is_parked_ = !reply || is_broken_off;
  is_left_open_ |= is_broken_off;
  if (is_parked_) return {};
  {
    const std::lock_guard lock(inbox->second.seen_mutex);
    inbox->second.arrivals.add_wait({*open_wait_, wait_->began_unix_ns, run_.clock.now_unix_ns()});
  }
  Value done = event_base(step.id);
  done.set("result", host::result_word(reply->reply));
  static_cast<void>(run_.writer.write("wait_done", done, Durability::held));
  const Message message = take_message(step, *std::move(reply));
  return judge(step, &message);
}

// A wait that was begun before, by an earlier process too, ends when it would have
// ended there.
void TestRunner::begin_wait(const Step& step, const Value& with, evidence::Wanted wanted) {
  const std::int64_t now_ns = run_.clock.now_unix_ns();
  const std::int64_t within_ms = step.within_ms.value_or(within_ms_default);
  if (!wait_) {
    wait_ = InboxWait{.address = with["address"].string_or(""),
                      .began_unix_ns = now_ns,
                      .until_unix_ns = now_ns + within_ms * ns_per_ms,
                      .form = with["form"].string_or("") == "opened" ? Form::opened : Form::received,
                      .wanted = std::move(wanted)};
    if (const RecordedStep* const before = begun_before(step); before != nullptr && before->wait_until_ns) {
      wait_->began_unix_ns = *before->wait_began_ns;
      wait_->until_unix_ns = *before->wait_until_ns;
      wait_->taken = before->taken;
    }
  }
  open_wait_ = evidence::WaitView{.suite = view_.suite,
                                  .test = view_.name,
                                  .step = step.id,
                                  .event = step.role + "." + step.verb,
                                  .address = wait_->address,
                                  .until = format_utc(wait_->until_unix_ns),
                                  .tell = "",
                                  .wanted = wait_->wanted};
  if (!step.tell.empty()) {
    const auto tell = scope_.resolve(Value(step.tell));
    open_wait_->tell = tell ? tell->string_or(step.tell) : step.tell;
  }
  Value started = evidence::wait_to_value(*open_wait_);
  started.set("within_ms", within_ms);
  static_cast<void>(run_.writer.write("wait_started", started));
}

// Whether a call is left open because a person has not answered, to be made again by a later process.
bool TestRunner::waits_for_person(const host::Reply& reply) const {
  return reply.status == BB_E_PENDING && caller_.open_question() && !is_cleanup_ && may_wait_for_person();
}

bool TestRunner::may_wait_for_person() const { return run_.options.is_detached || run_.options.asker != nullptr; }

void TestRunner::leave_to_person(const Step& step, const std::string& question) {
  open_wait_ = evidence::WaitView{.suite = view_.suite,
                                  .test = view_.name,
                                  .step = step.id,
                                  .event = std::string(evidence::person_event),
                                  .address = "",
                                  .until = "",
                                  .tell = question};
  Value started = evidence::wait_to_value(*open_wait_);
  started.set("within_ms", 0);  // it has no end
  static_cast<void>(run_.writer.write("wait_started", started));
  is_parked_ = is_left_open_ = true;
}

TestRunner::Came TestRunner::run_attest(const Step& step) {
  begin_step(step, {}, next_attempt(step));
  evidence::AttestationView view;
  view.suite = view_.suite;
  view.test = view_.name;
  view.step = step.id;
  const auto question = scope_.resolve(Value(step.question));
  view.question = question ? question->string_or(step.question) : step.question;
  const suite::Answer* const answer = run_.input.answers.find(view.suite, view.test, step.id);
  if (answer != nullptr) take_answer(*answer, view);
  std::filesystem::path file;
  if (answer != nullptr && is_shown_by_file(step) && !answer->evidence.empty())
    file = run_.input.answers.file.parent_path() / answer->evidence;
  const bool is_open = !view.is_answered || !view.expired_by.empty();
  const bool is_asked = is_open && run_.options.asker != nullptr && ask_statement(step, view, file);
  if (is_open && !is_asked && may_wait_for_person()) {
    leave_to_person(step, view.question);
    return {};
  }
  if (!file.empty()) {
    auto kept = keep_evidence(file);
    if (!kept)
      return {Outcome::error, "config",
              fmt::format("step '{}': the evidence cannot be kept: {}", step.id, kept.error().what)};
    view.evidence_blob = *std::move(kept);
  }
  view.counts = node_.do_answers_count;
  static_cast<void>(run_.writer.write("attestation", evidence::attestation_to_value(view)));
  return {evidence::outcome_of(view), "", evidence::cause_of(view)};
}

void TestRunner::take_answer(const suite::Answer& answer, evidence::AttestationView& view) const {
  view.is_answered = true;
  view.is_yes = answer.is_yes;
  view.name = answer.name;
  view.role = answer.role;
  view.date = answer.date;
  view.evidence = answer.evidence;
  view.expires = answer.expires;
  view.expired_by = suite::expired_by(answer.expires, run_.clock.now_unix_ns(), run_.plan.rule_date);
}

// Whether somebody answered or declined.
bool TestRunner::ask_statement(const Step& step, evidence::AttestationView& view, std::filesystem::path& file) {
  static_cast<void>(run_.writer.flush());
  worker_.step_out();
  const auto said =
      run_.options.asker->ask(Statement{view.suite + "/" + view.test, test_.title, view.question, step.evidence_kind});
  worker_.step_in();
  if (!said) return false;
  view.is_answered = !said->is_declined;
  view.is_yes = said->is_yes;
  view.name = said->name;
  view.role = said->role;
  view.date = format_date(run_.clock.now_unix_ns());
  view.evidence = run_.redactor.redact(said->evidence);
  view.expires.clear();
  view.expired_by.clear();
  file = said->evidence_file;
  return true;
}

// What somebody showed is part of the run, free of secrets, whatever becomes of the file.
Result<std::string> TestRunner::keep_evidence(const std::filesystem::path& file) {
  BB_TRY(const std::string bytes, read_regular_file(file, evidence_file_bytes_max));
  return run_.writer.keep_file(run_.redactor.redact(bytes));
}

TestRunner::Came TestRunner::run_check(const Step& step) {
  begin_step(step, {}, next_attempt(step));
  return judge(step, nullptr);
}

TestRunner::Came TestRunner::judge(const Step& step, const Message* message) {
  if (message != nullptr && message->result == "cancelled" && !is_cleanup_ && run_.is_broken_off())
    return {Outcome::cancel, "", "the run was cancelled"};
  evidence::StepView& step_view = view_.steps.back();
  const evidence::WaiverView* waiver = nullptr;
  const auto waives = [&](const checks::ClaimResult& claim) {
    const auto* const found =
        is_cleanup_ ? nullptr
                    : evidence::find_waiver(run_.waivers, view_.suite, view_.name, step.id, claim_view(claim));
    if (found != nullptr) waiver = found;
    return found != nullptr;
  };
  checks::StepJudgement judgement =
      checks::judge_step(step, scope_, message, node_.claim_level, run_.input.validator.get(), waives);
  if (judgement.outcome == Outcome::waived && waiver != nullptr)
    judgement.cause += fmt::format("; waived until {}: {}", waiver->expires, waiver->reason);
  if (message != nullptr && message->result == "pending") judgement.cause += "; a person has to act first";
  Value event = event_base(step.id);
  event.set("attempt", step_view.attempt);
  event.set("outcome", evidence::to_word(judgement.outcome));
  Value claims = Value::array();
  for (const auto& result : judgement.claims) {
    step_view.claims.push_back(claim_view(result));
    claims.push(evidence::claim_to_value(step_view.claims.back()));
  }
  if (!judgement.kind.empty()) event.set("kind", judgement.kind);
  if (!judgement.cause.empty()) event.set("cause", judgement.cause);
  event.set("claims", std::move(claims));
  Value saved = Value::array();
  for (const auto& [name, value] : judgement.saved) saved.push(name);
  event.set("saved", std::move(saved));
  static_cast<void>(run_.writer.write("step_judged", event, Durability::held));
  step_view.duration_ms = (monotonic_ns() - step_started_ns_) / ns_per_ms;

  for (auto& [name, value] : judgement.saved) {
    save(scope_, node_, name, value);
    run_.results[node_index_].saved.emplace_back(name, std::move(value));
  }
  return {judgement.outcome, std::move(judgement.kind), std::move(judgement.cause)};
}

Value TestRunner::event_base(const std::string& step) const {
  return Value::object({{"suite", view_.suite}, {"test", view_.name}, {"step", step}});
}

void TestRunner::begin_step(const Step& step, const Actor& actor, int attempt) {
  write_step_started(step.id, action_text(step, actor), attempt, false);
}

void TestRunner::begin_setup(const std::string& id, const std::string& action) {
  write_step_started(id, action, 1, true);
}

void TestRunner::write_step_started(const std::string& id, const std::string& action, int attempt, bool is_setup) {
  evidence::StepView step;
  step.id = id;
  step.action = action;
  step.attempt = attempt;
  step.is_setup = is_setup;
  step.is_cleanup = is_cleanup_;
  step.started_unix_ns = run_.clock.now_unix_ns();
  step_started_ns_ = monotonic_ns();
  Value event = event_base(id);
  event.set("action", action);
  event.set("attempt", attempt);
  if (is_setup) event.set("is_setup", true);
  if (is_cleanup_) event.set("is_cleanup", true);
  static_cast<void>(run_.writer.write("step_started", event, Durability::held));
  view_.steps.push_back(std::move(step));
}

Message TestRunner::take_message(const Step& step, VerbReply reply) {
  Message message = message_from(reply.reply);
  if (reply.is_composed) {
    Value event = event_base(step.id);
    Value content = run_.writer.message_value(message);
    for (auto& member : *content.members()) event.set(member.key, std::move(member.value));
    static_cast<void>(run_.writer.write("message", event, Durability::held));
  }
  evidence::StepView& view = view_.steps.back();
  view.has_message = true;
  view.message = message;
  if (view.message.body.size() > evidence::view_body_bytes_max) view.message.body.resize(evidence::view_body_bytes_max);
  return message;
}

}  // namespace bb::engine
