#include "plugin_call.hpp"

#include <utility>

#include <bb/core/time.hpp>
#include "abi_text.hpp"

namespace bb::host {
namespace {

extern "C" {

std::int32_t call_is_cancelled(const bb_call* call) { return plugin_call_of(call).is_cancelled() ? 1 : 0; }

void call_set_error(bb_call* call, const bb_error* error) {
  if (!error) return;
  CallError& kept = plugin_call_of(call).error;
  kept = CallError{};
  if (BB_HAS(error, domain)) kept.domain = from_abi(error->domain);
  if (BB_HAS(error, domain_code)) kept.domain_code = error->domain_code;
  if (BB_HAS(error, message)) kept.message = from_abi(error->message);
  if (BB_HAS(error, remote_detail)) kept.remote_detail = from_abi(error->remote_detail);
  if (BB_HAS(error, retry_after_ms)) kept.retry_after_ms = static_cast<std::int64_t>(error->retry_after_ms);
}

// Progress is for a person at a console; nothing in a reply depends on it.
void call_progress(bb_call*, std::uint64_t, std::uint64_t, bb_str) {}

}  // extern "C"

}  // namespace

PluginCall::PluginCall(std::uint64_t call_id, std::int64_t deadline_ns, const Cancellation* given)
    : cancellation(given), abi{sizeof(bb_call), 0, this, call_id, deadline_ns, call_is_cancelled, call_set_error,
                               call_progress} {}

bool PluginCall::is_past_deadline() const { return abi.deadline_ns != 0 && monotonic_ns() >= abi.deadline_ns; }

bb_status PluginCall::refuse(bb_status status, Blame blame, std::string message) {
  refusals.push_back({status, blame, std::move(message)});
  return status;
}

void PluginCall::breach(std::string how) {
  if (first_breach.empty()) first_breach = std::move(how);
}

}  // namespace bb::host
