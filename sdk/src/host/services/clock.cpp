// bb.host.clock/1
#include <bb/core/time.hpp>
#include "../call_state.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

extern "C" {

std::int64_t clock_now_unix_ns(const bb_host* host) { return instance_of(host).clock.now_unix_ns(); }

std::int64_t clock_monotonic_ns(const bb_host*) { return monotonic_ns(); }

bb_status clock_sleep_ns(const bb_host* host, bb_call* call, std::int64_t duration_ns) {
  CallState& state = state_of(call);
  switch (instance_of(host).clock.sleep_ns(duration_ns, state.cancellation, call->deadline_ns)) {
    case Slept::whole:
      return BB_OK;
    case Slept::cancelled:
      return BB_E_CANCELLED;
    case Slept::deadline:
      break;
  }
  // It was polling: what it waited for is the system's to give.
  state.was_in_flight = state.was_in_flight || state.has_exchanged;
  return BB_E_DEADLINE;
}

}  // extern "C"

}  // namespace

const bb_host_clock& clock_service() {
  static const bb_host_clock table{sizeof(bb_host_clock), 0, clock_now_unix_ns, clock_monotonic_ns, clock_sleep_ns};
  return table;
}

}  // namespace bb::host
