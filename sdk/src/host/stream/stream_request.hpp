// stream_request.hpp - what a connector may ask a stream to be: its shape, and
// whether manifest and target allow it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/abi/host_stream.h>
#include <bb/core/result.hpp>
#include <bb/host/manifest.hpp>
#include <bb/host/stream_permit.hpp>

namespace bb::host {

// How a stream becomes TLS.
struct TlsWish {
  std::string server_name;
  std::vector<std::string> alpn;
  std::string client_certificate;  // name of a secret
  bool is_any_certificate_taken = false;
};

struct StreamRequest {
  bb_transport transport = BB_TRANSPORT_UNKNOWN;
  std::string host;  // lower case; never empty
  int port = 0;
  std::string protocol;
  TlsWish tls;
  std::int64_t wait_ms_max = 0;  // 0: as long as the call

  // "mx.example:25", "[::1]:25"
  std::string address() const;
};

// What is wrong with the request is the connector's doing. An empty host with
// the protocol "dns" becomes the machine's first name server.
[[nodiscard]] Result<StreamRequest> read_stream_request(const bb_stream_request& request);
// The part of it that start_tls takes; `host` is the stream's.
[[nodiscard]] Result<TlsWish> read_tls_wish(const bb_stream_request& request, const std::string& host);

// Whether the manifest asks for this protocol and host (`grants: network`): a
// name, "*.example.org" for every name under it, or no list for every host.
[[nodiscard]] bool is_granted(const std::vector<NetworkGrant>& grants, const StreamRequest& request);

// Whether the target lets it be opened: one of them has to fit.
[[nodiscard]] bool is_permitted(const std::vector<StreamPermit>& permits, const StreamRequest& request);

// "tcp", "udp", "tls".
const char* transport_name(bb_transport transport);

}  // namespace bb::host
