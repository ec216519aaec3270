#include "pki/test_pki.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/value.hpp>
#include <bb/direct/address.hpp>

#include "pki/certifier.hpp"

namespace bb::pki {
namespace {

constexpr Case table[] = {
    {"expired", "expired", "Its validity ended a month ago."},
    {"not-yet-valid", "not_yet_valid", "Its validity begins in a month."},
    {"wrong-name", "wrong_name", "It is bound to another address of the domain."},
    {"no-not-before", "no_validity", "The time from which it is valid is empty."},
    {"no-not-after", "no_validity", "The time until which it is valid is empty."},
    {"other-domain", "wrong_name", "It is bound to another domain."},
    {"other-subject-address", "wrong_name", "The emailAddress of its subject is not the address that it is bound to."},
    {"wildcard", "wrong_name", "It is bound to *.DOMAIN, which names no address."},
    {"foreign-anchor", "no_path", "Its authority is not among the anchors."},
    {"rsa-1024", "weak_key", "Its RSA key has 1024 bits."},
    {"revoked", "revoked", "It stands on the revocation list of its authority."},
    {"sha-1", "weak_signature", "Its authority signed it with SHA-1."},
    {"sign-only", "wrong_use", "Its key usage allows signatures, and no encryption."},
    {"encrypt-only", "wrong_use", "Its key usage allows encryption, and no signatures."},
    {"authority", "is_authority", "It is the certificate of an authority (CA:TRUE)."},
    {"aia-only", "no_path", "Its issuer does not come along, and is to be had where it says alone."},
    {"bad-aia", "no_path", "Its issuer does not come along, and is not where it says."},
    {"no-crl", "revocation_unknown", "Its revocation list is not where it says."},
    {"subject-address", "", "Its subject has the address as emailAddress too."},
    {"rsa-3072", "", "An RSA key of 3072 bits."},
    {"rsa-4096", "", "An RSA key of 4096 bits."},
    {"p256", "", "An EC key on P-256, which signs by ECDSA."},
    {"p384", "", "An EC key on P-384, which signs by ECDSA."},
};

class Maker {
 public:
  Maker(const TestPkiOptions& options, Certifier certifier) : options_(options), certifier_(std::move(certifier)) {}

  Status make() {
    std::error_code code;
    for (const auto* below : {"cases", "www"}) {
      std::filesystem::create_directories(options_.folder / below, code);
      if (code) return Error{"cannot make the folder " + options_.folder.string() + ": " + code.message()};
    }
    BB_CHECK(write_authorities());
    BB_CHECK(make_server());
    for (const auto& address : options_.addresses) BB_CHECK(make_one(address, certifier_.of_address(address)));
    for (const auto& domain : options_.domains) {
      auto request = certifier_.usual(domain);
      request.domains = {domain};
      BB_CHECK(make_one(domain, request));
    }
    if (options_.has_cases && !options_.addresses.empty()) BB_CHECK(make_cases());
    if (options_.discovery) BB_CHECK(make_discovery(*options_.discovery, options_.folder, certifier_));
    BB_CHECK(write_list("aia-authority", certifier_.elsewhere()));
    BB_CHECK(write_list("intermediate", certifier_.intermediate()));
    return write_list("root", certifier_.root());
  }

 private:
  Status write(const std::string& name, const std::string& text, Privacy privacy = Privacy::shared) const {
    return write_text(options_.folder / name, text, privacy);
  }
  Status write_both(const std::string& name, const direct::Identity& identity) const {
    BB_CHECK(write(name + ".pem", to_pem(identity), Privacy::private_));
    return write(name + ".crt", to_pem(identity.certificate));
  }
  // What HTTP gives is DER (RFC 5280, 4.2.1.13).
  Status write_list(const std::string& name, const direct::Identity& authority) const {
    BB_TRY(const auto der, certifier_.list_of(authority));
    BB_CHECK(write("www/" + name + ".crl", der));
    return write(name + ".crl", list_to_pem(der));
  }

  Status write_authorities() const {
    const auto root = to_pem(certifier_.root().certificate);
    const auto intermediate = to_pem(certifier_.intermediate().certificate);
    const auto& elsewhere = certifier_.elsewhere().certificate.der();
    BB_CHECK(write("root.crt", root));
    BB_CHECK(write("intermediate.crt", intermediate));
    BB_CHECK(write("anchors.crt", root + intermediate));
    BB_CHECK(write("aia-authority.cer", elsewhere));
    BB_CHECK(write("www/aia-authority.cer", elsewhere));
    return write("foreign-root.crt", to_pem(certifier_.foreign().certificate));
  }

  Status make_server() const {
    auto request = certifier_.usual("localhost");
    request.domains = {"localhost"};
    request.hosts = {"127.0.0.1"};
    BB_TRY(const auto server, certifier_.issue(request));
    return write("server.pem", to_pem(server), Privacy::private_);
  }

  Status make_one(const std::string& name, const Request& request) const {
    BB_TRY(const auto identity, certifier_.issue(request));
    return write_both(name, identity);
  }

  bool is_wanted(std::string_view name) const {
    const auto& only = options_.only_cases;
    return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
  }

  Status make_cases() {
    BB_TRY(const auto address, direct::read_address(options_.addresses.front()));
    // Making keys is nearly all the work, and what is wrong with most cases is not the key: these share one.
    auto request = certifier_.of_address(address.text());
    BB_TRY(request.known_key, new_key(request.key));
    auto described = Value::array();
    for (const auto& [name, fault, explanation] : table) {
      if (!is_wanted(name)) continue;
      BB_TRY(const auto identity, certifier_.issue_case(name, request, address.domain));
      BB_CHECK(write_both("cases/" + std::string(name), identity));
      described.push(Value::object({{"name", name}, {"fault", fault}, {"explanation", explanation}}));
    }
    return write("cases.json", to_json(described) + "\n");
  }

  const TestPkiOptions& options_;
  Certifier certifier_;
};

}  // namespace

std::span<const Case> all_cases() { return table; }

Status make_test_pki(const TestPkiOptions& options) {
  BB_TRY(auto certifier, Certifier::create(options.now, options.base_url));
  return Maker(options, std::move(certifier)).make();
}

}  // namespace bb::pki
