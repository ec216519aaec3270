#include "call_state.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/time.hpp>
#include "abi_text.hpp"

namespace bb::host {
namespace {

extern "C" {

std::int32_t call_is_cancelled(const bb_call* call) { return state_of(call).is_cancelled() ? 1 : 0; }

void call_set_error(bb_call* call, const bb_error* error) {
  if (!error) return;
  CallState& state = state_of(call);
  state.has_error = true;
  state.error = CallError{};
  if (BB_HAS(error, domain)) state.error.domain = from_abi(error->domain);
  if (BB_HAS(error, domain_code)) state.error.domain_code = error->domain_code;
  if (BB_HAS(error, message)) state.error.message = from_abi(error->message);
  if (BB_HAS(error, remote_detail)) state.error.remote_detail = from_abi(error->remote_detail);
  if (BB_HAS(error, retry_after_ms)) state.error.retry_after_ms = static_cast<std::int64_t>(error->retry_after_ms);
}

// Progress is for a person at a console; nothing in a reply depends on it.
void call_progress(bb_call*, std::uint64_t, std::uint64_t, bb_str) {}

}  // extern "C"

bool has_known_class(bb_status status) { return status == BB_OK || (status >= 100 && status <= 699); }

bool needs_message(bb_status status) {
  return status != BB_OK && status != BB_E_CANCELLED && status != BB_E_PENDING && status != BB_E_DEADLINE;
}

}  // namespace

CallState::CallState(Instance& owner, const CallOptions& options)
    : instance(owner),
      cancellation(options.cancellation),
      started_ns(monotonic_ns()),
      abi{sizeof(bb_call),
          0,
          this,
          options.call_id,
          options.timeout_ms > 0 ? started_ns + options.timeout_ms * ns_per_ms : 0,
          call_is_cancelled,
          call_set_error,
          call_progress} {}

bool CallState::is_past_deadline() const { return abi.deadline_ns != 0 && monotonic_ns() >= abi.deadline_ns; }

std::int64_t CallState::elapsed_ms() const { return (monotonic_ns() - started_ns) / ns_per_ms; }

bb_status CallState::refuse(bb_status status, Blame blame, std::string message) {
  refusals.push_back({status, blame, std::move(message)});
  return status;
}

void CallState::breach(std::string how) {
  if (first_breach.empty()) first_breach = std::move(how);
}

void CallState::conclude(bb_status returned, Reply& reply) {
  reply.status = returned;
  reply.error = std::move(error);
  if (returned == BB_E_CONNECTOR_LOST || returned == BB_E_CONNECTOR_STUCK)
    breach("returned " + status_name(returned) + ", which only the host may say");
  if (!has_known_class(returned)) breach("returned " + std::to_string(returned) + ", which is no status");

  // A status that a service gave and the connector passed on is the service's.
  const auto passed_on = std::find_if(refusals.rbegin(), refusals.rend(),
                                      [&](const Refusal& refusal) { return refusal.status == returned; });
  if (passed_on != refusals.rend()) {
    reply.blame = passed_on->blame;
    if (reply.error.message.empty()) reply.error.message = passed_on->message;
    if (reply.error.domain.empty()) reply.error.domain = "host";
  } else if (returned == BB_E_DEADLINE) {
    reply.blame = was_in_flight ? Blame::system : Blame::connector;
    if (reply.error.message.empty())
      reply.error.message =
          was_in_flight ? "no answer before the deadline" : "the connector used up its time with nothing in flight";
  } else if (returned == BB_E_HOST_FAULT || (returned >= 500 && returned <= 599)) {
    reply.blame = returned == BB_E_HOST_FAULT ? Blame::host : Blame::connector;
  }
  if (needs_message(returned) && reply.error.message.empty())
    breach("returned " + status_name(returned) + " without saying why (bb_call::set_error)");
  if (first_breach.empty()) return;
  reply.status = BB_E_INTERNAL;
  reply.blame = Blame::connector;
  reply.error.domain = "abi";
  reply.error.message = "connector broke its contract: it " + first_breach;
}

}  // namespace bb::host
