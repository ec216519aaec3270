// upcalls.hpp - serves the host services to a connector's process.
//
// The services are those that a connector in process uses, on the same
// Instance; here the calls come as messages, and what the connector would have
// filled or been given in memory is asked for and sent.
#pragma once

#include <cstdint>

#include "../call_state.hpp"
#include "conversation.hpp"

namespace bb::host {

class UpcallServer {
 public:
  // Of the call of the lane, which outlives this; `state` is null between calls.
  UpcallServer(Instance& instance, Lane& lane, CallState* state) : instance_(instance), lane_(lane), state_(state) {}

  // Serves an upcall. What is not allowed fails the conversation.
  void serve(const Message& message);
  // Waits for the child's ack of `call`, serving what it calls meanwhile.
  std::optional<Value> await_ack(std::uint64_t call);

  Lane& lane() { return lane_; }

 private:
  void broke(std::string how);
  bool is_in_call(const Value& request) const;
  void answer(std::uint64_t call, Value value);
  void serve_in_call(std::uint64_t call, const std::string& service, const std::string& function, const Value& request);
  void perform(std::uint64_t call, const Value& request);
  void ask(std::uint64_t call, const Value& request);
  void use_stream(std::uint64_t call, const std::string& function, const Value& request);
  void use_secret(std::uint64_t call, const std::string& function, const Value& request);
  void write_log(const Value& request);
  void take_notice(const Value& request);
  void record_evidence(const Value& request);

  Instance& instance_;
  Lane& lane_;
  CallState* state_;
  int depth_ = 0;
};

}  // namespace bb::host
