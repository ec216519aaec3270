#include "pki/certifier.hpp"

#include <utility>

namespace bb::pki {
namespace {

constexpr std::int64_t day_seconds = 24 * 3600;
constexpr std::int64_t year_seconds = 365 * day_seconds;
constexpr const char* nowhere = "http://pki.invalid";  // RFC 2606: never resolves

Request authority_named(const std::string& name, std::int64_t now) {
  Request request{.common_name = name};
  request.not_before = now - year_seconds;
  request.not_after = now + 2 * year_seconds;
  request.key_usage = "critical,keyCertSign,cRLSign";
  request.is_authority = true;
  return request;
}

}  // namespace

Certifier::Certifier(std::int64_t now, std::string base_url, direct::Identity root, direct::Identity intermediate,
                     direct::Identity elsewhere, direct::Identity foreign)
    : now_(now),
      base_url_(std::move(base_url)),
      root_(std::move(root)),
      intermediate_(std::move(intermediate)),
      elsewhere_(std::move(elsewhere)),
      foreign_(std::move(foreign)) {}

Result<Certifier> Certifier::create(std::int64_t now, std::string base_url) {
  BB_TRY(auto root, make_root(authority_named("Test Root", now)));
  BB_TRY(auto intermediate, pki::issue(root, authority_named("Test Intermediate", now)));
  BB_TRY(auto elsewhere, pki::issue(root, authority_named("Test Authority Elsewhere", now)));
  BB_TRY(auto foreign, make_root(authority_named("Foreign Root", now)));
  return Certifier(now, std::move(base_url), std::move(root), std::move(intermediate), std::move(elsewhere),
                   std::move(foreign));
}

Request Certifier::usual(const std::string& common_name) const {
  Request request{.common_name = common_name};
  request.not_before = now_ - day_seconds;
  request.not_after = now_ + year_seconds;
  if (!base_url_.empty()) request.crl_urls = {base_url_ + "/intermediate.crl"};
  return request;
}

Request Certifier::of_address(const std::string& address) const {
  auto request = usual(address);
  request.addresses = {address};
  return request;
}

Result<direct::Identity> Certifier::issue(const Request& request) const { return pki::issue(intermediate_, request); }

Result<direct::Identity> Certifier::issue_case(std::string_view name, Request request, const std::string& domain) {
  const auto* authority = &intermediate_;
  if (name == "expired") {
    request.not_before = now_ - year_seconds;
    request.not_after = now_ - 30 * day_seconds;
  } else if (name == "not-yet-valid") {
    request.not_before = now_ + 30 * day_seconds;
  } else if (name == "wrong-name") {
    request.addresses = {"somebody-else@" + domain};
  } else if (name == "no-not-before" || name == "no-not-after") {
    (name == "no-not-before" ? request.has_not_before : request.has_not_after) = false;
  } else if (name == "other-domain") {
    request.addresses.clear();
    request.domains = {"direct.elsewhere.example"};
  } else if (name == "subject-address" || name == "other-subject-address") {
    request.subject_address = (name == "subject-address" ? "" : "not-") + request.addresses.front();
  } else if (name == "wildcard") {
    request.addresses.clear();
    request.domains = {"*." + domain};
  } else if (name == "foreign-anchor") {
    authority = &foreign_;
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
    const auto& at = base_url_.empty() ? std::string(nowhere) : base_url_;
    request.issuer_urls = {at + (name == "bad-aia" ? "/missing.cer" : "/aia-authority.cer")};
    if (!base_url_.empty()) request.crl_urls = {base_url_ + "/aia-authority.crl"};
    authority = &elsewhere_;
  } else if (name == "no-crl") {
    request.crl_urls = {std::string(nowhere) + "/none.crl"};
    authority = &elsewhere_;  // whose list is not at hand
  } else if (name == "rsa-3072") {
    request.key = Key::rsa_3072;
  } else if (name == "rsa-4096") {
    request.key = Key::rsa_4096;
  } else if (name == "p256" || name == "p384") {
    request.key = name == "p256" ? Key::p256 : Key::p384;
    request.key_usage = "critical,digitalSignature,keyAgreement";
  }
  if (request.key != Request{}.key) request.known_key.reset();
  BB_TRY(auto identity, pki::issue(*authority, request));
  if (!request.issuer_urls.empty()) identity.chain.clear();
  if (name == "revoked") revoked_.push_back({identity.certificate, now_ - day_seconds / 2});
  return identity;
}

Result<std::string> Certifier::list_of(const direct::Identity& authority) const {
  const bool is_intermediate = authority.certificate == intermediate_.certificate;
  return make_list(authority, is_intermediate ? revoked_ : std::vector<Revoked>(), now_ - day_seconds,
                   now_ + 30 * day_seconds);
}

}  // namespace bb::pki
