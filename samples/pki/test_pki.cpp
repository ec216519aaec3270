#include "pki/test_pki.hpp"

#include <functional>
#include <system_error>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/value.hpp>
#include <bb/direct/address.hpp>

#include "pki/authority.hpp"

namespace bb::pki {
namespace {

constexpr std::int64_t day_seconds = 24 * 3600;
constexpr std::int64_t year_seconds = 365 * day_seconds;
constexpr std::string_view nowhere = "http://pki.invalid";  // RFC 2606: never resolves

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
  Maker(const TestPkiOptions& options) : options_(options) {}

  Status make() {
    std::error_code code;
    std::filesystem::create_directories(options_.folder / "cases", code);
    if (code) return Error{"cannot make the folder " + options_.folder.string() + ": " + code.message()};
    BB_CHECK(make_authorities());
    BB_CHECK(make_server());
    for (const auto& address : options_.addresses) BB_CHECK(make_one(address, of_address(address)));
    for (const auto& domain : options_.domains) {
      auto request = usual(domain);
      request.domains = {domain};
      BB_CHECK(make_one(domain, request));
    }
    std::vector<Revoked> revoked;
    if (options_.has_cases && !options_.addresses.empty()) BB_CHECK(make_cases(revoked));
    BB_CHECK(write_list("intermediate.crl", *intermediate_, revoked));
    return write_list("root.crl", *root_, {});
  }

 private:
  Status write(const std::string& name, const std::string& text, Privacy privacy = Privacy::shared) const {
    return write_text(options_.folder / name, text, privacy);
  }
  Status write_both(const std::string& name, const direct::Identity& identity) const {
    BB_CHECK(write(name + ".pem", to_pem(identity), Privacy::private_));
    return write(name + ".crt", to_pem(identity.certificate));
  }
  Status write_list(const std::string& name, const direct::Identity& authority,
                    const std::vector<Revoked>& revoked) const {
    BB_TRY(const auto der, make_list(authority, revoked, options_.now - day_seconds, options_.now + 30 * day_seconds));
    return write(name, list_to_pem(der));
  }

  Request usual(const std::string& name) const {
    Request request{.common_name = name};
    request.not_before = options_.now - day_seconds;
    request.not_after = options_.now + year_seconds;
    if (!options_.base_url.empty()) request.crl_urls = {options_.base_url + "/intermediate.crl"};
    return request;
  }
  Request of_address(const std::string& address) const {
    auto request = usual(address);
    request.addresses = {address};
    return request;
  }
  Request of_authority(const std::string& name) const {
    Request request{.common_name = name};
    request.not_before = options_.now - year_seconds;
    request.not_after = options_.now + 2 * year_seconds;
    request.key_usage = "critical,keyCertSign,cRLSign";
    request.is_authority = true;
    return request;
  }

  Status make_authorities() {
    BB_TRY(root_, make_root(of_authority("Test Root")));
    BB_TRY(intermediate_, issue(*root_, of_authority("Test Intermediate")));
    BB_TRY(elsewhere_, issue(*root_, of_authority("Test Authority Elsewhere")));
    BB_TRY(foreign_, make_root(of_authority("Foreign Root")));
    BB_CHECK(write("root.crt", to_pem(root_->certificate)));
    BB_CHECK(write("intermediate.crt", to_pem(intermediate_->certificate)));
    BB_CHECK(write("aia-authority.cer", elsewhere_->certificate.der()));
    return write("foreign-root.crt", to_pem(foreign_->certificate));
  }

  Status make_server() const {
    auto request = usual("localhost");
    request.domains = {"localhost"};
    request.hosts = {"127.0.0.1"};
    BB_TRY(const auto server, issue(*intermediate_, request));
    return write("server.pem", to_pem(server), Privacy::private_);
  }

  Status make_one(const std::string& name, const Request& request) const {
    BB_TRY(const auto identity, issue(*intermediate_, request));
    return write_both(name, identity);
  }

  Status make_cases(std::vector<Revoked>& revoked) const {
    BB_TRY(const auto address, direct::read_address(options_.addresses.front()));
    auto described = Value::array();
    for (const auto& [name, fault, explanation] : table) {
      BB_TRY(const auto identity, make_case(name, address));
      if (fault == "revoked") revoked.push_back({identity.certificate, options_.now - day_seconds / 2});
      BB_CHECK(write_both("cases/" + std::string(name), identity));
      described.push(Value::object({{"name", name}, {"fault", fault}, {"explanation", explanation}}));
    }
    return write("cases.json", to_json(described) + "\n");
  }

  Result<direct::Identity> make_case(std::string_view name, const direct::Address& address) const {
    auto request = of_address(address.text());
    const auto* authority = &*intermediate_;
    if (name == "expired") {
      request.not_before = options_.now - year_seconds;
      request.not_after = options_.now - 30 * day_seconds;
    } else if (name == "not-yet-valid") {
      request.not_before = options_.now + 30 * day_seconds;
    } else if (name == "wrong-name") {
      request.addresses = {"somebody-else@" + address.domain};
    } else if (name == "no-not-before" || name == "no-not-after") {
      (name == "no-not-before" ? request.has_not_before : request.has_not_after) = false;
    } else if (name == "other-domain") {
      request.addresses.clear();
      request.domains = {"direct.elsewhere.example"};
    } else if (name == "subject-address" || name == "other-subject-address") {
      request.subject_address = (name == "subject-address" ? "" : "not-") + address.text();
    } else if (name == "wildcard") {
      request.addresses.clear();
      request.domains = {"*." + address.domain};
    } else if (name == "foreign-anchor") {
      authority = &*foreign_;
    } else if (name == "rsa-1024") {
      request.key = Key::rsa_1024;
    } else if (name == "sha-1") {
      request.digest = direct::Digest::sha1;
    } else if (name == "sign-only") {
      request.key_usage = "critical,digitalSignature";
    } else if (name == "encrypt-only") {
      request.key_usage = "critical,keyEncipherment";
    } else if (name == "authority") {
      request.is_authority = true;
      request.key_usage = "critical,digitalSignature,keyEncipherment,keyCertSign";
    } else if (name == "aia-only" || name == "bad-aia") {
      const bool is_bad = name == "bad-aia" || options_.base_url.empty();
      request.issuer_urls = {(is_bad ? std::string(nowhere) : options_.base_url) + "/aia-authority.cer"};
      authority = &*elsewhere_;
    } else if (name == "no-crl") {
      request.crl_urls = {std::string(nowhere) + "/none.crl"};
      authority = &*elsewhere_;  // which has no list at all
    } else if (name == "rsa-3072") {
      request.key = Key::rsa_3072;
    } else if (name == "rsa-4096") {
      request.key = Key::rsa_4096;
    } else if (name == "p256" || name == "p384") {
      request.key = name == "p256" ? Key::p256 : Key::p384;
      request.key_usage = "critical,digitalSignature,keyAgreement";
    }
    BB_TRY(auto identity, issue(*authority, request));
    if (!request.issuer_urls.empty()) identity.chain.clear();
    return identity;
  }

  const TestPkiOptions& options_;
  std::optional<direct::Identity> root_, intermediate_, elsewhere_, foreign_;
};

}  // namespace

std::span<const Case> all_cases() { return table; }

Status make_test_pki(const TestPkiOptions& options) { return Maker(options).make(); }

}  // namespace bb::pki
