// dial.hpp - a TCP or UDP socket for a host and port, within the bounds of a call.
#pragma once

#include <cstdint>
#include <string>

#include "waiting.hpp"

namespace bb::host {

enum class Transport { tcp, udp };

struct Dialled {
  int descriptor = -1;  // non-blocking, TCP_NODELAY, connected; the caller's
  Fault fault = Fault::none;
  std::string reason;  // "127.0.0.1:9: connection refused"
  bool is_resolved = false;
};

// Resolves the name and tries its addresses in turn, for at most
// `connect_ms_max` in all. UDP connects without a word to the peer.
Dialled dial(Transport transport, const std::string& host, int port, const Bounds& bounds, std::int64_t connect_ms_max);

}  // namespace bb::host
