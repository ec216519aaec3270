// stream_record.hpp - what of one stream goes into evidence: a record for its
// opening and for TLS, and one for each turn, what was sent and what came then.
//
// Where the connector's chunks or the network's begin and end shows nowhere; of
// UDP each datagram is a record of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../call_state.hpp"
#include "stream_request.hpp"

namespace bb::host {

// [serial]
class StreamRecord {
 public:
  StreamRecord(Instance& instance, const StreamRequest& request);

  // Address in use, for all that follows.
  void set_peer(std::string peer) { peer_ = std::move(peer); }
  // Each ends the turn before it where it cannot be part of it.
  void sent(CallState& state, std::string_view bytes);
  void received(CallState& state, std::string_view bytes);
  // A record by itself: "open", "start_tls", "end".
  void step(CallState& state, std::string_view step, std::vector<Attribute> attributes);
  // Records what the turn has so far; nothing where it has nothing.
  void end_turn();

 private:
  void begin(CallState& state);
  EvidenceRecord made(std::string_view step) const;

  Instance& instance_;
  const std::string protocol_;
  const std::string address_;  // as it was asked for
  const bool is_datagram_;
  std::string peer_;
  std::uint64_t call_id_ = 0;
  std::string sent_, received_;
};

}  // namespace bb::host
