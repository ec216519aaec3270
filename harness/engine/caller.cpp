#include "harness/engine/caller.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/time.hpp>
#include <bb/host/redact_value.hpp>

#include "harness/engine/verbs.hpp"

namespace bb::engine {
namespace {

using evidence::Durability;

}  // namespace

std::int64_t Caller::timeout_ms(const Step& step) const {
  const auto of_step = step.budget.left_ms();
  const auto of_test = test_budget_.left_ms();
  if (of_step && of_test) return std::min(*of_step, *of_test);
  return of_step.value_or(of_test.value_or(0));
}

void Caller::spend_us(Step& step, std::int64_t us) {
  step.budget.spend_us(us);
  test_budget_.spend_us(us);
}

void Caller::redact(host::Reply& reply) const {
  const host::Redactor& redactor = run_.redactor;
  reply.body = redactor.redact(reply.body);
  reply.error.message = redactor.redact(reply.error.message);
  reply.error.remote_detail = redactor.redact(reply.error.remote_detail);
  for (auto& attribute : reply.attributes)
    attribute.value = run_.redactor.redact_header(attribute.name, attribute.value);
  reply.item = host::redacted(redactor, std::move(reply.item));
  reply.emitted = host::redacted(redactor, std::move(reply.emitted));
}

// A pause that the system asked for is kept as long as the step may take; then it is asked again.
std::optional<host::Reply> Caller::await_pace(const ConnectorInstance& instance, const Step& step,
                                              std::int64_t& waited_ms) {
  host::Pace::Bounds bounds;
  bounds.throttled_ns_max = timeout_ms(step) * ns_per_ms;
  const auto waited = instance.traffic->pace.wait(step.cancellation, bounds);
  waited_ms = waited.ms;
  if (waited.turn != host::Pace::Turn::cancelled) return std::nullopt;
  return own_reply(BB_E_CANCELLED, "the run was cancelled while the system's pace was waited for");
}

host::Reply Caller::call(ConnectorInstance& instance, const host::Operation& operation, Step& step) {
  for (;;) {
    open_question_.reset();
    host::Reply reply = call_once(instance, operation, step);
    if (!has_person_answered()) return reply;
  }
}

// Has what the connector asked asked, if anything. Then the same call is made again.
bool Caller::has_person_answered() {
  if (!open_question_ || run_.options.asker == nullptr || run_.is_cancelled()) return false;
  static_cast<void>(run_.writer.flush());
  worker_.step_out();
  const bool is_answered = run_.people.settle(*open_question_, *run_.options.asker);
  worker_.step_in();
  return is_answered;
}

host::Reply Caller::call_once(ConnectorInstance& instance, const host::Operation& operation, Step& step) {
  step.is_own_answer = true;
  if (step.budget.is_spent() || test_budget_.is_spent())
    return own_reply(BB_E_DEADLINE,
                     fmt::format("the time of the {} was over before {} {}", step.budget.is_spent() ? "step" : "test",
                                 operation.interface, operation.function));
  const auto pass = instance.gate.enter(instance.way_of(operation), worker_);
  // Its process ended in another call since this step looked.
  if (instance.is_session_lost && instance.traffic != nullptr && instance.traffic->may_overlap &&
      operation.interface != "bb.session/1") {
    host::Reply reply = own_reply(BB_E_CONNECTOR_LOST, "nothing was called: the session ended with its process");
    reply.ran = host::Ran::never;
    return reply;
  }
  std::optional<CallPlaces::Place> place;
  std::int64_t paced_ms = 0;
  if (instance.traffic != nullptr) {
    place.emplace(instance.traffic->places, worker_);
    if (auto cancelled = await_pace(instance, step, paced_ms)) return *std::move(cancelled);
  }
  const std::uint64_t id = run_.next_call++;
  const std::int64_t timeout = timeout_ms(step);
  Value started = Value::object({{"suite", suite_},
                                 {"test", test_},
                                 {"step", step.id},
                                 {"call", id},
                                 {"instance", instance.name},
                                 {"interface", operation.interface},
                                 {"function", operation.function},
                                 {"arguments", host::redacted(run_.redactor, operation.arguments)},
                                 {"timeout_ms", timeout}});
  if (const auto* key = operation.arguments["idempotency_key"].string()) started.set("idempotency_key", *key);
  // "Before sending, write": what may have left the system is on the disk, so
  // that a later look at this run never sends it a second time.
  const bool is_sent = is_sending(operation);
  const auto before = is_sent ? Durability::synced : Durability::written;
  if (Status written = run_.writer.write("call_started", started, before); !written)
    return own_reply(BB_E_HOST_FAULT, "nothing was called because evidence cannot be kept: " + written.error().what);

  step.is_own_answer = false;
  host::CallOptions options;
  options.call_id = id;
  options.timeout_ms = timeout;
  options.cancellation = step.cancellation;
  options.has_turn = instance.traffic != nullptr;
  const std::int64_t began_ns = monotonic_ns();
  host::Reply reply = instance.connector.load()->invoke(operation, options);
  spend_us(step, (monotonic_ns() - began_ns) / 1000);

  // Before another call of the instance asks something else.
  if (reply.status == BB_E_PENDING) open_question_ = run_.people.take_open(instance.name);
  if (operation.interface == "bb.session/1" && reply.status == BB_OK) {
    if (operation.function == "open") instance.sign_in = operation;
    if (operation.function == "close") instance.sign_in.reset();
  }
  if (operation.interface == "bb.session/1" && reply.status == BB_E_PENDING && !reply.challenge.is_null())
    step.challenge = {operation.arguments, reply.challenge};

  redact(reply);
  Value done = run_.writer.message_value(message_from(reply));
  done.set("call", id);
  if (reply.error.retry_after_ms > 0) done.set("retry_after_ms", reply.error.retry_after_ms);
  if (paced_ms + reply.paced_ms > 0) done.set("paced_ms", paced_ms + reply.paced_ms);
  // The connector's process ended before or after it went out.
  if (is_sent && reply.ran == host::Ran::unknown) done.set("is_uncertain", true);
  static_cast<void>(run_.writer.write("call_done", done, is_sent ? Durability::written : Durability::held));
  return reply;
}

}  // namespace bb::engine
