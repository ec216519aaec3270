// authority.hpp - a small authority for tests: certificates for Direct, the right
// ones and the deliberately bad ones, and its revocation list.
//
// Keys lie unprotected and nobody checks who asks: never for anything real.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/cms.hpp>
#include <bb/direct/identity.hpp>

namespace bb::pki {

enum class Key { rsa_1024, rsa_2048, rsa_3072, rsa_4096, p256, p384 };

[[nodiscard]] Result<direct::PrivateKey> new_key(Key kind);

// What a certificate says. Times are seconds since 1970.
struct Request {
  std::string common_name = {};
  std::string subject_address = {};         // emailAddress in the subject; empty: none
  std::vector<std::string> addresses = {};  // rfc822Names
  std::vector<std::string> domains = {};    // dNSNames
  std::vector<std::string> hosts = {};      // iPAddresses
  Key key = Key::rsa_2048;
  std::optional<direct::PrivateKey> known_key = {};  // goes before `key`; else a new one is made
  direct::Digest digest = direct::Digest::sha256;    // of the authority's signature
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  // Without one its time is empty: X.509 has no form that leaves it out.
  bool has_not_before = true, has_not_after = true;
  std::string key_usage = "critical,digitalSignature,keyEncipherment";  // empty: no extension
  bool is_authority = false;
  std::string comment = {};  // nsComment, for a certificate as large as one wants
  std::vector<std::string> crl_urls = {};
  std::vector<std::string> issuer_urls = {};
  std::vector<std::string> ocsp_urls = {};
};

// A certificate signed by itself: a root.
[[nodiscard]] Result<direct::Identity> make_root(const Request& request);
// One signed by `authority`, whose chain goes along.
[[nodiscard]] Result<direct::Identity> issue(const direct::Identity& authority, const Request& request);

struct Revoked {
  direct::Certificate certificate;
  std::int64_t at = 0;
};
// A revocation list as DER, for all that `authority` took back.
[[nodiscard]] Result<std::string> make_list(const direct::Identity& authority, const std::vector<Revoked>& revoked,
                                            std::int64_t this_update, std::int64_t next_update);

// A trust bundle as DER: SignedData of nobody, with certificates alone (.p7b).
[[nodiscard]] Result<std::string> make_bundle(const std::vector<direct::Certificate>& anchors);

std::string list_to_pem(std::string_view der);
// Certificate, key and chain in one PEM text.
std::string to_pem(const direct::Identity& identity);
std::string to_pem(const direct::Certificate& certificate);

}  // namespace bb::pki
