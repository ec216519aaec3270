// plugins/tls/hello.hpp - the first words of a handshake: what is offered, and what a server says to it.
//
// Whether a server takes a version or a cipher suite shows in the clear, in its ServerHello or its alert, before a key
// is agreed on. So what no library offers any more (SSL 3.0, RC4, suites for export) can be asked for. No handshake is
// brought to an end here; the host's TLS does that.
//
// Source: RFC 5246, 6.2 and 7; RFC 8446, 4.1, 4.2 and 6; RFC 6101 for SSL 3.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

#include "tls/tls_version.hpp"

namespace bb::tls {

inline constexpr std::size_t hello_random_bytes = 32;

struct ClientHello {
  std::vector<Version> versions = {};      // rising; one, or TLS 1.2 and 1.3
  std::vector<std::uint16_t> suites = {};  // of all versions, the best first
  std::string server_name = {};            // empty: it is not told; an address never is (RFC 6066, 3)
  std::string random = {};                 // hello_random_bytes
  std::string key_share = {};              // of TLS 1.3, X25519: 32 bytes
};
// One record.
std::string write_client_hello(const ClientHello& hello);

// What a server said: a ServerHello, or why it goes no further.
struct ServerAnswer {
  bool is_hello = false;
  Version version = Version::tls12;  // that the server chose
  std::uint16_t suite = 0;
  int alert = -1;  // "description" of a fatal alert, or of close_notify
};
// Of the bytes so far. Nothing: more are needed. The error is of what is no TLS.
[[nodiscard]] Result<std::optional<ServerAnswer>> read_server_answer(std::string_view bytes);

// More than a ServerHello, and warnings before it, may have.
inline constexpr std::size_t answer_bytes_max = std::size_t{64} * 1024;

// "protocol_version"; "alert 200" for one that is not registered.
std::string word_of_alert(int description);

}  // namespace bb::tls
