// bb/host/stream_permit.hpp - which streams (bb.host.stream/1) a target lets a
// connector open. docs/reference/host.md.
#pragma once

#include <string>

namespace bb::host {

// What is left out is free.
struct StreamPermit {
  std::string host;       // a name, "*.example.org", an address; empty = any
  int port = 0;           // 0 = any
  std::string transport;  // "tcp", "udp", "tls": as it is opened; empty = any
};

}  // namespace bb::host
