// certificate.hpp - a certificate authority and a server certificate, made at start.
//
// A sample program has no certificate of its own to ship: keys in a source tree are
// no keys. What is made here lives as long as the process.
#pragma once

#include <string>

#include <bb/core/result.hpp>

namespace bb::web {

struct ServerIdentity {
  std::string ca_pem;           // what a client trusts
  std::string certificate_pem;  // EC P-256, for localhost and 127.0.0.1
  std::string key_pem;
};

// Valid from one hour ago for 60 days (of one that ends within a month people are warned). `authority` is the common
// name of its authority.
[[nodiscard]] Result<ServerIdentity> make_server_identity(const char* authority);

}  // namespace bb::web
