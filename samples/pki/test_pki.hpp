// test_pki.hpp - a whole PKI for tests in a folder: authorities, certificates of Direct
// addresses and domains, a server's, a revocation list, and the deliberately bad ones.
//
//   root.crt  intermediate.crt  aia-authority.cer  foreign-root.crt   authorities
//   anchors.crt                                                       root and intermediate: whom to trust
//   root.crl  intermediate.crl  aia-authority.crl                     revocation lists, PEM
//   www/                                                              what HTTP has to give: lists and issuer, DER
//   server.pem                                                        TLS: localhost and 127.0.0.1
//   ADDRESS.pem  ADDRESS.crt  DOMAIN.pem  DOMAIN.crt                  to be trusted
//   cases/NAME.pem  cases/NAME.crt                                    one fault each, or none
//   cases.json                                                        what is wrong with each
//   discovery/                                                        discovery.hpp
//
// A .pem holds certificate, key and chain, a .crt the certificate alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

#include "pki/discovery.hpp"

namespace bb::pki {

struct TestPkiOptions {
  std::filesystem::path folder;
  std::vector<std::string> addresses;  // the cases are of the first, or of its domain
  std::vector<std::string> domains;
  std::int64_t now = 0;  // seconds since 1970
  // Where the folder's www can be had by HTTP, for revocation lists and issuers. Empty: no
  // certificate names its list, and that with its issuer elsewhere names nobody's.
  std::string base_url;
  bool has_cases = true;                     // which take some seconds to make
  std::vector<std::string> only_cases = {};  // the names of those to make; empty: all
  std::optional<DiscoveryOptions> discovery = {};
};

// A certificate made for one fault.
struct Case {
  std::string_view name;         // "expired"
  std::string_view fault;        // the word of direct::Fault; empty: none
  std::string_view explanation;  // one sentence
};
std::span<const Case> all_cases();

// What was there under the same names is written over.
[[nodiscard]] Status make_test_pki(const TestPkiOptions& options);

}  // namespace bb::pki
