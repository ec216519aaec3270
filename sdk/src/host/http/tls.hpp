// tls.hpp - what every TLS connection of a host shares: whom it trusts, who it
// is itself, and what went wrong in words.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <string>

#include <bb/core/result.hpp>
#include "trust_anchors.hpp"

namespace bb::host {

// What OpenSSL says went wrong first in this thread since ERR_clear_error().
std::string tls_message();
// Whether that is TLS's own (a handshake that does not come about), and not a
// connection that ended.
bool is_tls_failure();
// "the certificate of mx.example:25 is not trusted: certificate has expired",
// of a verdict of X509_verify_cert.
std::string untrusted_text(const std::string& peer, long verdict);

// TLS 1.2 or later; the peer's chain must lead to an anchor and its certificate
// be for `name`, a host name or an address.
[[nodiscard]] Status set_peer_rules(SSL_CTX& context, const std::string& name, const std::filesystem::path& ca_file,
                                    TrustAnchors& anchors);

// A client's certificate, those that lead to its authority, and its private
// key, out of one PEM text.
[[nodiscard]] Status use_identity(SSL_CTX& context, const std::string& pem);
// Whose certificate that is, as RFC 2253 writes it ("CN=alice,O=Example"); empty
// where there is none.
std::string subject_of(const std::string& pem);

}  // namespace bb::host
