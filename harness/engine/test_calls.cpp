#include "harness/engine/test_calls.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include <bb/core/time.hpp>

#include "harness/engine/browser.hpp"
#include "harness/suite/sign_in.hpp"

namespace bb::engine {
namespace {

using evidence::Outcome;
using suite::Step;

// "portal.sign_in again as alice"
std::string again(const Actor& actor, const std::string& verb) {
  return fmt::format("{}.{} again{}{}", actor.role, verb, actor.person.empty() ? "" : " as ", actor.person);
}

VerbReply finish_sign_in(TestContext& test, Visit& visit, ConnectorInstance& instance, Caller::Step& calls,
                         VerbReply pending) {
  const auto [request, challenge] = *std::exchange(calls.challenge, std::nullopt);
  const std::int64_t began_ns = monotonic_ns();
  const auto came = visit.go(challenge["url"].string_or(""), test.caller.timeout_ms(calls), calls.cancellation);
  test.caller.spend_us(calls, (monotonic_ns() - began_ns) / 1000);
  if (!came) return {own_reply(BB_E_HOST_FAULT, "nobody could sign in in a browser: " + came.error().what), true};
  if (!*came) return pending;
  // Before it is written down as an argument.
  test.run.redactor.learn_return(**came);
  const auto resume_state = challenge["resume_state"].string_or("");
  VerbReply reply{
      test.caller.call(instance,
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

// The calls of a verb; a sign-in by redirect takes two, with a person between them.
VerbReply run_calls(TestContext& test, VerbCall call, const Actor& actor, ConnectorInstance& instance,
                    Caller::Step& calls) {
  std::unique_ptr<Visit> visit;
  if (test.run.options.browser != nullptr && call.verb == "sign_in" && sign_in_method(call) == "user_redirect") {
    const auto* const role = test.run.input.target.find_role(actor.role);
    auto begun = test.run.options.browser->begin({fmt::format("{}/{}", test.view.suite, test.view.name),
                                                  test.definition.title, actor.role, actor.person,
                                                  role == nullptr ? std::string() : role->redirect_uri, call.state});
    if (!begun) return {own_reply(BB_E_HOST_FAULT, "nobody can sign in in a browser: " + begun.error().what), true};
    visit = *std::move(begun);
    call.redirect_uri = visit->redirect_uri();
  }
  VerbReply reply =
      run_verb(call, [&](const host::Operation& operation) { return test.caller.call(instance, operation, calls); });
  if (!visit || !calls.challenge) return reply;
  return finish_sign_in(test, *visit, instance, calls, std::move(reply));
}

// The session ended with the process of the run that made it. Who was signed out
// by then is signed in and out once more: the same calls are refused.
Came repeat_sign_in(TestContext& test, ConnectorInstance& instance, const Step& step, const Actor& actor) {
  Caller::Step calls{"sign_in_again", Budget(step_ms_default), test.call_step(step).cancellation};
  for (const auto& session_step : test.run.sessions.at(actor)) {
    test.begin_setup("sign_in_again", again(actor, session_step.verb));
    VerbCall call = verb_call(test, session_step.verb, session_step.arguments, actor, instance);
    call.state = test.run.token(session_step.purpose + "/state");
    test.run.redactor.learn("state", call.state);
    const VerbReply reply = run_calls(test, std::move(call), actor, instance, calls);
    if (reply.reply.status != BB_OK)
      return {Outcome::skip, "",
              with_cause(fmt::format("the run was gone on with by another process, and '{}' again was answered {}",
                                     session_step.verb, host::result_word(reply.reply)),
                         reply.reply.error.message)};
  }
  instance.is_session_lost = false;
  return {};
}

}  // namespace

VerbCall verb_call(const TestContext& test, const std::string& verb, Value arguments, const Actor& actor,
                   const ConnectorInstance& instance) {
  VerbCall call;
  call.verb = verb;
  call.arguments = std::move(arguments);
  call.person = actor.person.empty() ? nullptr : test.run.input.target.find_person(actor.person);
  call.target = &test.run.input.target;
  call.role = test.run.input.target.find_role(actor.role);
  call.connector = instance.connector.load();
  call.secrets = &instance.secrets;
  return call;
}

VerbReply attempt_verb(TestContext& test, const Step& step, const VerbCall& call, const Actor& actor,
                       ConnectorInstance& instance) {
  Caller::Step calls = test.call_step(step);
  VerbReply reply = run_calls(test, call, actor, instance, calls);
  reply.is_composed = reply.is_composed || calls.is_own_answer;
  return reply;
}

Came check_sign_in(TestContext& test, const ConnectorInstance& instance, const Step& step, const Actor& actor,
                   const Value& arguments) {
  const auto* person = step.verb == "sign_in" ? test.run.input.target.find_person(actor.person) : nullptr;
  if (!person) return {};
  const auto methods = instance.connector.load()->session_methods();
  if (!suite::lacks_password(*person, test.run.input.target.find_role(actor.role), instance.secrets,
                             arguments["method"].string_or(""), methods))
    return {};
  test.begin_step(step, actor, test.next_attempt(step));
  return {
      Outcome::error, "config",
      fmt::format("step '{}': person '{}' signs in to role '{}' by password and has no secret 'password'; add it to "
                  "the person: secrets: {{password: {{env: NAME}}}}",
                  step.id, person->id, actor.role)};
}

Came not_made(const TestContext& test, const Step& step, const Actor& actor, const Error& error) {
  if (test.run.is_cancelled()) return {Outcome::cancel, "", "the run was cancelled"};
  const auto* const role = test.run.input.target.find_role(actor.role);
  const bool is_quarantined = role != nullptr && !test.run.source.quarantine(role->connector).empty();
  return {Outcome::error, is_quarantined ? "connector_lost" : "config",
          fmt::format("step '{}': {}", step.id, error.what)};
}

Came restore_session(TestContext& test, ConnectorInstance& instance, const Step& step, const Actor& actor) {
  if (!instance.is_session_lost) return {};
  const auto restoring = test.worker.lock(instance.sign_in_mutex);
  if (!instance.is_session_lost) return {};
  if (step.verb == "sign_in") {
    instance.is_session_lost = false;
    return {};
  }
  std::optional<host::Operation> sign_in;
  {
    const auto pass = instance.gate.enter(CallGate::Way::together, test.worker);
    sign_in = instance.sign_in;
  }
  const std::string cause = fmt::format("the process of connector '{}' ended in an earlier call", instance.name);
  if (!sign_in && test.run.sessions.contains(actor)) return repeat_sign_in(test, instance, step, actor);
  if (!sign_in) return {Outcome::skip, "", cause + ", and its session cannot be made again without a person"};
  test.begin_setup("sign_in_again", again(actor, "sign_in"));
  Caller::Step calls{"sign_in_again", Budget(step_ms_default), test.call_step(step).cancellation};
  const host::Reply reply = test.caller.call(instance, *sign_in, calls);
  if (reply.status != BB_OK)
    return {Outcome::skip, "",
            with_cause(fmt::format("{}, and signing in again was answered {}", cause, host::result_word(reply)),
                       reply.error.message)};
  instance.is_session_lost = false;
  return {};
}

Came begin_again(TestContext& test, const Step& step, const Actor& actor) {
  static_cast<void>(test.run.writer.flush());
  auto instance = test.run.pool.instance(actor, test.worker);
  if (!instance) return {Outcome::error, "", instance.error().what};
  return restore_session(test, **instance, step, actor);
}

}  // namespace bb::engine
