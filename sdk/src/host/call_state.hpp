// call_state.hpp - what the host's side keeps while one call runs.
//
// Services note in it what they did for the call, so that the status the
// connector returns can be told from a status it was given. In process it is
// also what the plugin's side writes to; isolated, the child's PluginCall is
// merged into it when the call has ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/abi/base.h>
#include <bb/host/call.hpp>
#include <bb/host/host.hpp>
#include "http/waiting.hpp"
#include "instance.hpp"
#include "plugin_call.hpp"

namespace bb::host {

struct CallState : PluginCall {
  CallState(Instance& instance, const CallOptions& options);

  std::int64_t elapsed_ms() const;
  // Puts status, blame and error of the ended call into the reply.
  void conclude(bb_status returned, Reply& reply);
  // The whole reply of an ended call, free of secrets.
  Reply reply_to(RawResult result);

  // The status of an exchange that ended so, noted as the system's answer.
  bb_status end_exchange(Fault fault, const std::string& reason);
  // Waits until the system may be sent a request; else the status to pass on.
  bb_status await_turn();
  // The PEM of a client certificate, of the secret of that name; BB_OK and
  // nothing without a name.
  bb_status read_client_identity(const std::string& name, std::string& pem);

  Instance& instance;
  std::int64_t started_ns;

  // Of the last exchange marked BB_HTTP_ANSWER: ":status" and header fields,
  // and the content as it came.
  std::vector<Attribute> answer;
  std::string answer_body;
  std::int64_t first_byte_ms = -1;
  bool has_turn = false;       // the next request has waited for the system's pace
  std::int64_t paced_ms = 0;   // that requests waited for it
  bool has_exchanged = false;  // some exchange was made
  bool was_in_flight = false;  // the peer owed an answer when the deadline passed
  std::string last_exchange;   // "GET https://portal.example/x: 200", free of secrets
};

inline CallState& state_of(const bb_call* call) { return static_cast<CallState&>(plugin_call_of(call)); }

}  // namespace bb::host
