// call_state.hpp - what the host keeps while one call runs.
//
// bb_call::host_data points here. Services note in it what they did for the
// call, so that the status the connector returns can be told from a status it
// was given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/abi/base.h>
#include <bb/host/call.hpp>
#include <bb/host/host.hpp>
#include "instance.hpp"

namespace bb::host {

struct CallState {
  CallState(Instance& instance, const CallOptions& options);
  CallState(const CallState&) = delete;
  CallState& operator=(const CallState&) = delete;

  bool is_cancelled() const { return cancellation && cancellation->is_cancelled(); }
  bool is_past_deadline() const;
  std::int64_t elapsed_ms() const;
  // A service's refusal: returns `status` for the connector to pass on.
  bb_status refuse(bb_status status, Blame blame, std::string message);
  // The connector broke a rule of the ABI; the first breach is reported.
  void breach(std::string how);
  // Puts status, blame and error of the ended call into the reply.
  void conclude(bb_status returned, Reply& reply);

  Instance& instance;
  const Cancellation* cancellation;
  std::int64_t started_ns;
  bb_call abi;

  bool has_error = false;  // set_error was called
  CallError error;
  std::string first_breach;

  struct Refusal {
    bb_status status = BB_OK;
    Blame blame = Blame::host;
    std::string message;
  };
  std::vector<Refusal> refusals;

  // Of the last exchange marked BB_HTTP_ANSWER: ":status" and header fields,
  // and the content as it came.
  std::vector<Attribute> answer;
  std::string answer_body;
  std::int64_t first_byte_ms = -1;
  bool has_exchanged = false;  // some exchange was made
  bool was_in_flight = false;  // the peer owed an answer when the deadline passed
};

inline CallState& state_of(const bb_call* call) { return *static_cast<CallState*>(call->host_data); }

}  // namespace bb::host
