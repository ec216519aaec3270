// peer.hpp - one client that is connected to the mail room: lines and bytes, bounded
// in size and time, with TLS when it asks for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/descriptor.hpp>
#include <bb/core/result.hpp>

struct ssl_ctx_st;  // OpenSSL's
struct ssl_st;

namespace bb::mailroom {

// The certificate that servers show. [any thread]
class TlsIdentity {
 public:
  // Certificate, key and chain in one PEM text.
  [[nodiscard]] static Result<TlsIdentity> read(std::string_view pem);
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
};

// [one thread]
class Peer {
 public:
  // Waits at most `idle_ms_max` for each read or write, and until `deadline_ns` (monotonic) in all.
  Peer(int socket, const TlsIdentity& identity, int idle_ms_max, std::int64_t deadline_ns);
  ~Peer();  // says goodbye in TLS
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // One line without its end, which may be a bare LF; nullopt: the client went, was too
  // slow, or sent a longer line.
  std::optional<std::string> read_line(std::size_t bytes_max);
  std::optional<std::string> read_exactly(std::size_t count);
  bool write(std::string_view bytes);
  // False where bytes came before it: somebody on the way put them there (RFC 3207, 6).
  bool start_tls();
  bool is_protected() const { return ssl_ != nullptr; }

 private:
  bool read_more();
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  int socket_;
  TlsIdentity identity_;
  std::int64_t deadline_ns_;
  std::unique_ptr<ssl_st, Free> ssl_;
  std::string buffer_;
};

}  // namespace bb::mailroom
