// stream_socket.hpp - one connected socket that bytes go through, plain or TLS.
//
// Reads only what it is asked for: bytes that a peer sent before a TLS
// handshake are still in the kernel, where start_tls finds them.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <bb/core/descriptor.hpp>
#include "../http/trust_anchors.hpp"
#include "../http/waiting.hpp"
#include "stream_info.hpp"
#include "stream_request.hpp"

namespace bb::host {

// How a read, a write or a handshake ended.
struct Transfer {
  Fault fault = Fault::none;
  std::string reason;     // a sentence for every fault
  std::size_t count = 0;  // bytes read; 0 without a fault: the peer closed
};

// [serial]
class StreamSocket {
 public:
  // `peer` is what messages call the other side.
  StreamSocket(Descriptor descriptor, std::string peer, bool is_datagram);
  ~StreamSocket();
  StreamSocket(const StreamSocket&) = delete;
  StreamSocket& operator=(const StreamSocket&) = delete;

  // Waits for bytes. Of a datagram that is larger, `count` is the whole size.
  Transfer read(char* buffer, std::size_t capacity, const Bounds& bounds);
  Transfer write(std::string_view bytes, const Bounds& bounds);
  // What has come and was not read, at most `count_max` bytes; without waiting.
  std::string take_unread(std::size_t count_max);

  struct TlsOptions {
    const TlsWish& wish;
    const std::string& identity_pem;
    const std::filesystem::path& ca_file;
    TrustAnchors& anchors;
  };
  Transfer start_tls(const TlsOptions& options, const Bounds& bounds);
  bool is_tls() const { return ssl_ != nullptr; }

  // Address and TLS as they are now.
  StreamInfo info() const;
  // Why a certificate that was taken all the same is not trusted; empty = it is.
  std::string distrust() const;

 private:
  struct Release {
    void operator()(SSL_CTX* context) const;
    void operator()(SSL* ssl) const;
  };
  Transfer fail(Fault fault, const std::string& doing) const;
  Transfer shake_hands(const Bounds& bounds);
  int receive(char* buffer, std::size_t capacity, short& wanted, std::string& problem);
  int send(std::string_view bytes, short& wanted, std::string& problem);
  // Why TLS moved nothing: as the -1 of receive().
  static int not_moved(int ssl_error, short& wanted, std::string& problem);

  Descriptor descriptor_;
  const std::string peer_;
  const bool is_datagram_;
  std::unique_ptr<SSL_CTX, Release> context_;
  std::unique_ptr<SSL, Release> ssl_;
};

}  // namespace bb::host
