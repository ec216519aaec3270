// bb/direct/address.hpp - Direct addresses, and which certificates are bound to them.
//
// Source: Applicability Statement for Secure Health Transport 1.2, sections 1.0
// to 1.4; RFC 5322, 3.4.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/certificate.hpp>

namespace bb::direct {

// "endpoint@health.domain".
struct Address {
  std::string local;   // as written
  std::string domain;  // lower case

  std::string text() const { return local + "@" + domain; }
  // The name that DNS holds its certificates under: "local.domain" (RFC 4398, 3).
  std::string dns_name() const { return local + "." + domain; }
  friend bool operator==(const Address& a, const Address& b);
};

// An addr-spec whose domain is a fully qualified domain name. The error says what
// of it is not.
[[nodiscard]] Result<Address> read_address(std::string_view text);
// The mailboxes of a header field (RFC 5322, 3.4) as they are written there, names
// and comments left out; groups are opened. The error says what is never closed, or
// that there are too many.
[[nodiscard]] Result<std::vector<std::string>> read_mailboxes(std::string_view field);
// The same as Direct addresses. The error names the first that is none.
[[nodiscard]] Result<std::vector<Address>> read_addresses(std::string_view field);

enum class Binding { none, address, domain };
// How a certificate names an address, by its subjectAltName; case does not count,
// a wildcard names nothing (DIRECT-CERT-03 to -05). Where the subject has an
// emailAddress, it has to be the address too (DIRECT-CERT-06).
Binding binding_of(const Certificate& certificate, const Address& address);

}  // namespace bb::direct
