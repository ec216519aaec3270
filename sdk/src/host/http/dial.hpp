// dial.hpp - a TCP connection to a host and port, within the bounds of a call.
#pragma once

#include <cstdint>
#include <string>

#include "waiting.hpp"

namespace bb::host {

struct Dialled {
  int descriptor = -1;  // non-blocking, TCP_NODELAY; the caller's
  Fault fault = Fault::none;
  std::string reason;  // "127.0.0.1:9: connection refused"
};

// Resolves the name and tries its addresses in turn, for at most
// `connect_ms_max` in all.
Dialled dial(const std::string& host, int port, const Bounds& bounds, std::int64_t connect_ms_max);

}  // namespace bb::host
