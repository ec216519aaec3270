// bb/direct/stream.hpp - connections, as the protocols of this toolkit need them.
//
// Who uses a protocol brings them: a connector those of bb.host.stream/1, so that
// every byte is in the evidence and the sandbox decides where they may go; a program
// of its own sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::direct {

enum class Transport { tcp, udp, tls };

// Why an exchange ended without its answer.
enum class Trouble {
  none,
  unavailable,  // nobody accepts, or the connection broke
  timed_out,
  untrusted,  // the peer's TLS certificate
  forbidden,  // outside what may be reached
  cancelled
};

struct Endpoint {
  std::string host;  // name or address
  std::uint16_t port = 0;
  Transport transport = Transport::tcp;
  std::string protocol;          // "smtp", "imap", "pop3", "dns", "ldap"
  std::string server_name = {};  // that the peer's certificate has to name; empty: the host
  int wait_ms_max = 0;           // to connect, and for each read; 0: as long as who brings it lets it
};

class Stream {
 public:
  virtual ~Stream() = default;
  // What is there, at most `bytes_max`, waiting for some; empty: the peer closed. Of
  // UDP one datagram.
  virtual Result<std::string> read(std::size_t bytes_max) = 0;
  // All of it; of UDP one datagram.
  virtual Status write(std::string_view bytes) = 0;
  // From TCP to TLS, after the peer's go-ahead.
  virtual Status start_tls() = 0;
  // Of the last failure.
  virtual Trouble trouble() const = 0;
};

class Connections {
 public:
  virtual ~Connections() = default;
  virtual Result<std::unique_ptr<Stream>> open(const Endpoint& endpoint) = 0;
  // Of the last open() that failed.
  virtual Trouble trouble() const = 0;
};

}  // namespace bb::direct
