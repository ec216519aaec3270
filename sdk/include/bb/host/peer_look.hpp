// bb/host/peer_look.hpp - what answers at an address, seen from outside: for
// those who look at a configuration before it is used.
//
// No request of a connector goes through here, and nothing is recorded. A
// handshake is made also with a peer that is not trusted, so that all that is
// wrong with its certificate is known; nothing is sent to it then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/host/clock.hpp>

namespace bb::host {

struct PeerAddress {
  std::string host;  // a name or an address, without brackets
  int port = 0;
  bool is_tls = false;
  // TLS comes after some words: STARTTLS of SMTP (RFC 3207) and IMAP (RFC 9051), STLS of POP3 (RFC 2595), whichever the
  // peer's greeting is of.
  bool begins_with_words = false;
  std::string certificate_name{};   // in its certificate, where that is not `host`
  std::filesystem::path ca_file{};  // trusted besides the system's anchors (PEM)
  friend auto operator<=>(const PeerAddress&, const PeerAddress&) = default;
};

// One certificate of a chain (RFC 5280).
struct PeerCertificate {
  std::string subject, issuer;  // as RFC 2253 writes them
  std::int64_t not_before_unix_ns = 0;
  std::int64_t not_after_unix_ns = 0;
  std::vector<std::string> names;  // DNS names and addresses of its subjectAltName
};

struct PeerLook {
  bool is_resolved = false;
  bool is_connected = false;
  bool is_cancelled = false;
  std::string problem;  // why not, or why the handshake failed
  // Of TLS:
  std::string tls_version;      // "TLSv1.3"; empty: no handshake
  bool is_version_old = false;  // it speaks nothing later than TLS 1.1
  // The peer's own first, then up to the anchor; as it sent them, 20 at most, where they lead to none.
  std::vector<PeerCertificate> chain;
  bool is_name_right = false;  // its certificate is for the name (RFC 6125)
  // Why its chain leads to no anchor, name and dates aside, or a key or digest in it is weak; empty: it does.
  std::string distrust;
};

// Looks for at most `ms_max`.
PeerLook look_at_peer(const PeerAddress& peer, std::int64_t ms_max, const Cancellation* cancellation);

struct PeerClock {
  std::int64_t ahead_ms = 0;     // of the clock of this machine; negative: behind
  std::int64_t exact_to_ms = 0;  // a Date has whole seconds, and the answer took its time
};

// What a clock of an HTTP server says, by one HEAD request without credentials (RFC
// 9110, section 6.6.1). Nothing where its answer has no Date. The error: there was no
// answer.
[[nodiscard]] Result<std::optional<PeerClock>> ask_clock(const std::string& url, const std::filesystem::path& ca_file,
                                                         std::int64_t ms_max, const Cancellation* cancellation);

// Host, port and TLS of an http or https URL; nothing where it is none.
std::optional<PeerAddress> peer_of(const std::string& url);

}  // namespace bb::host
