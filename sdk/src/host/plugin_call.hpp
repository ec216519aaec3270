// plugin_call.hpp - one call as the side that runs the plugin keeps it.
//
// bb_call::host_data points here. What the connector said and which of its
// rules were broken gathers here; what it means is settled by the host's side
// (call_state.hpp), which in a child process is in another process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/abi/base.h>
#include <bb/host/call.hpp>
#include <bb/host/clock.hpp>

namespace bb::host {

class Watch;

struct PluginCall {
  // `deadline_ns` is on bb::monotonic_ns, 0 = none.
  PluginCall(std::uint64_t call_id, std::int64_t deadline_ns, const Cancellation* cancellation);
  PluginCall(const PluginCall&) = delete;
  PluginCall& operator=(const PluginCall&) = delete;

  bool is_cancelled() const { return cancellation && cancellation->is_cancelled(); }
  bool is_past_deadline() const;
  // A refusal of the host: returns `status` for the connector to pass on.
  bb_status refuse(bb_status status, Blame blame, std::string message);
  // The connector broke a rule of the ABI; the first breach is reported.
  void breach(std::string how);

  const Cancellation* cancellation;
  bb_call abi;
  Watch* watch = nullptr;  // of the instance, where connectors are checked

  CallError error;  // what set_error said last
  std::string first_breach;

  struct Refusal {
    bb_status status = BB_OK;
    Blame blame = Blame::host;
    std::string message;
  };
  std::vector<Refusal> refusals;
  bool waits_for_person = false;  // a question of this call has no answer yet
};

inline PluginCall& plugin_call_of(const bb_call* call) { return *static_cast<PluginCall*>(call->host_data); }

// What a call left behind beside what gathers in its PluginCall.
struct RawResult {
  bb_status status = BB_OK;
  Value emitted;                      // null with content
  Value item;                         // head() of content
  std::vector<Attribute> attributes;  // the connector's own
  std::string body;                   // of content
  bool has_content = false;
};

}  // namespace bb::host
