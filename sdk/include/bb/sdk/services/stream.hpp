// bb/sdk/services/stream.hpp - bb.host.stream/1 (DRAFT): TCP, UDP and TLS
// connections that the host makes, bounds and records. For protocols that are
// not HTTP; the manifest asks for each under `grants: network`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/abi/host_stream.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/services/service.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

// How a stream proves who it is, and whom it trusts.
struct TlsOptions {
  std::string server_name = {};         // for SNI and name check; empty = host
  std::vector<std::string> alpn = {};   // protocols on offer, the best first
  std::string client_certificate = {};  // name of a secret, or empty
  // Connects whatever certificate comes; StreamInfo says whether it is good.
  bool is_any_certificate_taken = false;
};

struct StreamRequest {
  bb_transport transport = BB_TRANSPORT_TLS;
  std::string host = {};      // name or address; empty with "dns" = the resolver
  std::uint16_t port = 0;     // 1 to 65535
  std::string protocol = {};  // "smtp", "imap", "dns", "ldap": as the manifest's scheme
  TlsOptions tls = {};
  // To connect, for a handshake, and for the bytes of each read; 0 = the call's
  // deadline, which ends every wait anyway.
  std::uint32_t wait_ms_max = 0;
};

// What the host says of an open stream.
struct StreamInfo {
  std::string peer;         // address and port in use, "192.0.2.1:25"
  std::string tls_version;  // "TLSv1.3"; empty without TLS
  std::string cipher;
  std::string alpn;                // what the peer chose; empty = nothing
  std::vector<std::string> chain;  // the peer's certificates, DER, leaf first
  bool is_trusted = true;          // false only with is_any_certificate_taken
};

// One open stream; closed at the end. Move it, keep it as a member between
// calls; it is the connector's own and [serial]. Every function that is given a
// call ends at that call's deadline or cancel. Failures are thrown as Failure:
// BB_E_UNAVAILABLE (broke, or a wait of the request ended; then it may be read again), BB_E_DEADLINE, BB_E_CANCELLED,
// BB_E_TOO_LARGE (over a limit of the host), BB_E_STATE (of no more use).
class Stream {
 public:
  Stream(const bb_host* host, const bb_host_stream* table, bb_stream* stream, std::string name) noexcept
      : host_(host), table_(table), stream_(stream), name_(std::move(name)) {}
  ~Stream() { close(); }
  Stream(Stream&& other) noexcept
      : host_(other.host_),
        table_(other.table_),
        stream_(std::exchange(other.stream_, nullptr)),
        name_(std::move(other.name_)),
        held_(std::move(other.held_)) {}
  Stream& operator=(Stream&& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(table_, other.table_);
    std::swap(stream_, other.stream_);
    name_.swap(other.name_);
    held_.swap(other.held_);
    return *this;
  }

  // Waits for bytes and gives what is there, at most `bytes_max`; empty = the
  // peer closed. Of UDP one datagram.
  std::string read(Call& call, std::size_t bytes_max = 64 * 1024) {
    if (held_.empty()) return receive(call, bytes_max);
    std::string bytes = held_.substr(0, bytes_max);
    held_.erase(0, bytes.size());
    return bytes;
  }

  // Up to and without the next line end (LF or CRLF). BB_E_PROTOCOL for a line
  // over `bytes_max`, BB_E_UNAVAILABLE where the peer closes before its end.
  std::string read_line(Call& call, std::size_t bytes_max = 64 * 1024) {
    std::size_t end = 0;
    while ((end = held_.find('\n')) == std::string::npos || end > bytes_max) {
      if (held_.size() > bytes_max)
        throw Failure{BB_E_PROTOCOL, name_ + ": a line is longer than " + std::to_string(bytes_max) + " bytes"};
      const std::string more = receive(call, read_bytes);
      if (more.empty()) throw Failure{BB_E_UNAVAILABLE, name_ + ": the peer closed the connection within a line"};
      held_ += more;
    }
    std::string line = held_.substr(0, end);
    held_.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
  }

  // All of it, or a Failure; how much went out then is not known.
  void write(Call& call, std::string_view bytes) {
    expect(table_->write(host_, call.raw(), stream_, to_bytes(bytes)), "sending");
  }

  // From TCP to TLS, after the peer's go-ahead. BB_E_PROTOCOL where bytes came
  // before the handshake, read or not: an attacker may have put them there.
  void start_tls(Call& call, const TlsOptions& options = {}) {
    if (!held_.empty()) throw Failure{BB_E_PROTOCOL, name_ + ": bytes came before the TLS handshake"};
    std::string alpn;
    const bb_stream_request raw = raw_request(options, alpn);
    expect(table_->start_tls(host_, call.raw(), stream_, &raw), "starting TLS");
  }

  StreamInfo info() const {
    StreamInfo info;
    const bb_stream_info* const raw = table_->describe(host_, stream_);
    if (!BB_HAS(raw, verified)) return info;
    info.peer = to_view(raw->peer);
    info.tls_version = to_view(raw->tls_version);
    info.cipher = to_view(raw->cipher);
    info.alpn = to_view(raw->alpn);
    for (std::uint64_t i = 0; i < raw->chain_count; ++i) info.chain.emplace_back(to_view(raw->chain[i]));
    info.is_trusted = raw->verified == BB_OK;
    return info;
  }

  // Afterwards the stream can only be destroyed or assigned to.
  void close() noexcept {
    if (stream_) table_->close(host_, std::exchange(stream_, nullptr));
  }

  // For Streams: the TLS part of a request. `alpn` holds what is borrowed.
  static bb_stream_request raw_request(const TlsOptions& options, std::string& alpn) {
    for (const auto& name : options.alpn) alpn += (alpn.empty() ? "" : " ") + name;
    bb_stream_request raw{};
    raw.struct_size = sizeof raw;
    raw.flags = options.is_any_certificate_taken ? std::uint32_t{BB_STREAM_ANY_CERTIFICATE} : 0u;
    raw.server_name = to_str(options.server_name);
    raw.alpn = to_str(alpn);
    raw.client_certificate = to_str(options.client_certificate);
    return raw;
  }

 private:
  static constexpr std::size_t read_bytes = 4096;

  std::string receive(Call& call, std::size_t bytes_max) {
    std::string bytes(bytes_max, '\0');
    std::uint64_t got = 0;
    expect(table_->read(host_, call.raw(), stream_, bytes.data(), bytes.size(), &got), "reading");
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(got, bytes.size())));
    return bytes;
  }
  void expect(bb_status status, const char* doing) const {
    if (status == BB_OK) return;
    throw Failure{status, name_ + ": " + doing + ": " + BB_HOST_STREAM + " answered " + std::to_string(status),
                  BB_HOST_STREAM, status};
  }

  const bb_host* host_;
  const bb_host_stream* table_;
  bb_stream* stream_;
  std::string name_;
  std::string held_;  // read behind a line, not yet given out
};

class Streams {
 public:
  using Table = bb_host_stream;
  static constexpr const char* id = BB_HOST_STREAM;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, close); }

  Streams(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  // Resolves and connects. Throws Failure: BB_E_FORBIDDEN outside the
  // manifest's grant or the target's policy, BB_E_UNTRUSTED_PEER for a bad
  // certificate, BB_E_UNAVAILABLE where nobody accepts, BB_E_DEADLINE.
  Stream open(Call& call, const StreamRequest& request) const {
    const std::string name = request.protocol + " " + request.host + ":" + std::to_string(request.port);
    std::string alpn;
    bb_stream_request raw = Stream::raw_request(request.tls, alpn);
    raw.transport = request.transport;
    raw.port = request.port;
    raw.host = to_str(request.host);
    raw.protocol = to_str(request.protocol);
    raw.wait_ms_max = request.wait_ms_max;
    bb_stream* stream = nullptr;
    const auto status = table_->open(host_, call.raw(), &raw, &stream);
    if (status == BB_OK) return Stream{host_, table_, stream, name};
    throw Failure{status, name + ": " + why_none(status), id, status};
  }

 private:
  static std::string why_none(bb_status status) {
    switch (status) {
      case BB_E_DEADLINE:
        return "no connection before the deadline";
      case BB_E_UNAVAILABLE:
        return "no connection";
      case BB_E_CANCELLED:
        return "cancelled while connecting";
      case BB_E_UNTRUSTED_PEER:
        return "the server's certificate is not trusted";
      case BB_E_FORBIDDEN:
        return "the host does not allow this connection";
      default:
        return "no connection, the host's stream service said " + std::to_string(status);
    }
  }

  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
