#include "revocation.hpp"

#include <openssl/pem.h>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

#include "openssl.hpp"

namespace bb::direct {
namespace {

constexpr std::size_t asked_urls_max = 3;
constexpr std::size_t list_bytes_max = std::size_t{32} * 1024 * 1024;

std::string day(const ASN1_TIME* time) {
  const auto seconds = seconds_of(time);
  return seconds ? format_utc(*seconds * ns_per_second) : "a time that cannot be read";
}

// A time that cannot be read is never over.
bool is_before(const ASN1_TIME* time, std::int64_t seconds) {
  const auto at = seconds_of(time);
  return at && *at < seconds;
}

Owned<X509_CRL> read_list(std::string_view bytes) {
  if (bytes.size() > list_bytes_max) return nullptr;
  if (bytes.find("-----BEGIN ") != std::string_view::npos)
    return Owned<X509_CRL>(PEM_read_bio_X509_CRL(read_from(bytes).get(), nullptr, refuse_pass_phrase, nullptr));
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  return Owned<X509_CRL>(d2i_X509_CRL(nullptr, &at, static_cast<long>(bytes.size())));
}

RevocationAnswer unknown(std::string why) { return {RevocationState::unknown, std::move(why)}; }

RevocationAnswer ask_list(std::string_view bytes, const Certificate& certificate, const Certificate& issuer,
                          std::int64_t at) {
  forget_errors();
  const auto list = read_list(bytes);
  if (list == nullptr) return unknown("no revocation list (RFC 5280, 5): " + reason());
  if (X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(issuer.get())) != 0)
    return unknown("a list of another authority");
  if (X509_CRL_verify(list.get(), X509_get0_pubkey(issuer.get())) != 1) {
    forget_errors();
    return unknown("the list's signature is not the issuer's");
  }
  X509_REVOKED* entry = nullptr;
  const int found = X509_CRL_get0_by_cert(list.get(), &entry, certificate.get());
  // A certificate that was taken back stays so, also by a list that is out of date.
  if (found == 1 && is_before(X509_REVOKED_get0_revocationDate(entry), at + 1))
    return {RevocationState::revoked,
            "revoked at " + day(X509_REVOKED_get0_revocationDate(entry)) + " by " + issuer.subject()};
  if (const auto* next = X509_CRL_get0_nextUpdate(list.get()); next != nullptr && is_before(next, at))
    return unknown("the list is out of date: a new one was due at " + day(next));
  if (!is_before(X509_CRL_get0_lastUpdate(list.get()), at + 1))
    return unknown("the list is of the future: " + day(X509_CRL_get0_lastUpdate(list.get())));
  return {RevocationState::good, {}};
}

// An answer is the issuer's, or of one whom the issuer named for it (RFC 6960, 4.2.2.2).
bool is_signed_well(OCSP_BASICRESP* answer, const Certificate& issuer) {
  const Stack<STACK_OF(X509)> issuers(sk_X509_new_null());
  const Owned<X509_STORE> store(X509_STORE_new());
  sk_X509_push(issuers.get(), issuer.get());
  X509_STORE_add_cert(store.get(), issuer.get());
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  const bool is_well = OCSP_basic_verify(answer, issuers.get(), store.get(), 0) == 1;
  forget_errors();
  return is_well;
}

RevocationAnswer ask_answer(std::string_view bytes, const Certificate& certificate, const Certificate& issuer,
                            std::int64_t at) {
  forget_errors();
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  const Owned<OCSP_RESPONSE> response(d2i_OCSP_RESPONSE(nullptr, &from, static_cast<long>(bytes.size())));
  if (response == nullptr) return unknown("no OCSP response (RFC 6960): " + reason());
  if (const int status = OCSP_response_status(response.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    return unknown(fmt::format("the responder says {}", OCSP_response_status_str(status)));
  const Owned<OCSP_BASICRESP> basic(OCSP_response_get1_basic(response.get()));
  if (basic == nullptr) return unknown("no basic OCSP response: " + reason());
  if (!is_signed_well(basic.get(), issuer)) return unknown("the OCSP response is not signed for the issuer");
  struct FreeId {
    void operator()(OCSP_CERTID* p) const { OCSP_CERTID_free(p); }
  };
  for (const auto* digest : {EVP_sha1(), EVP_sha256()}) {
    const std::unique_ptr<OCSP_CERTID, FreeId> id(OCSP_cert_to_id(digest, certificate.get(), issuer.get()));
    int status = 0;
    ASN1_GENERALIZEDTIME* revoked_at = nullptr;
    ASN1_GENERALIZEDTIME* from_time = nullptr;
    ASN1_GENERALIZEDTIME* next = nullptr;
    if (OCSP_resp_find_status(basic.get(), id.get(), &status, nullptr, &revoked_at, &from_time, &next) != 1) continue;
    if (status == V_OCSP_CERTSTATUS_REVOKED)
      return {RevocationState::revoked, "revoked at " + day(revoked_at) + ", says the OCSP responder"};
    if (next != nullptr && is_before(next, at)) return unknown("the OCSP response is out of date: " + day(next));
    if (!is_before(from_time, at + 1)) return unknown("the OCSP response is of the future: " + day(from_time));
    if (status == V_OCSP_CERTSTATUS_GOOD) return {RevocationState::good, {}};
    return unknown("the OCSP responder does not know the certificate");
  }
  return unknown("the OCSP response is about another certificate");
}

Result<std::string> question_about(const Certificate& certificate, const Certificate& issuer) {
  struct FreeRequest {
    void operator()(OCSP_REQUEST* p) const { OCSP_REQUEST_free(p); }
  };
  const std::unique_ptr<OCSP_REQUEST, FreeRequest> request(OCSP_REQUEST_new());
  if (OCSP_request_add0_id(request.get(), OCSP_cert_to_id(EVP_sha1(), certificate.get(), issuer.get())) == nullptr)
    return failed_to("ask for revocation");
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_REQUEST(request.get(), &der);
  if (size < 0) return failed_to("ask for revocation");
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

std::vector<std::string> asked_urls(std::vector<std::string> named) {
  named.resize(std::min(named.size(), asked_urls_max));
  return named;
}

bool is_revocation_list(std::string_view bytes) {
  forget_errors();
  const bool is_list = read_list(bytes) != nullptr;
  forget_errors();
  return is_list;
}

RevocationAnswer look_up_revocation(const Certificate& certificate, const Certificate& issuer,
                                    const TrustPolicy& policy) {
  RevocationAnswer last = unknown("neither a list nor an OCSP response is at hand, and the certificate names none");
  const auto is_decided = [&](RevocationAnswer answer) {
    last = std::move(answer);
    return last.state != RevocationState::unknown;
  };
  for (const auto& answer : policy.answers)
    if (is_decided(ask_answer(answer, certificate, issuer, policy.at))) return last;
  for (const auto& list : policy.lists)
    if (is_decided(ask_list(list, certificate, issuer, policy.at))) return last;
  for (const auto& url : asked_urls(certificate.crl_urls())) {
    auto list = policy.fetcher == nullptr ? Result<std::string>(Error{"nothing is fetched"})
                                          : policy.fetcher->fetch(url, {}, {});
    auto answer = list ? ask_list(*list, certificate, issuer, policy.at) : unknown(list.error().what);
    if (answer.state == RevocationState::unknown) answer.why = url + ": " + answer.why;
    if (is_decided(std::move(answer))) return last;
  }
  for (const auto& url : asked_urls(certificate.ocsp_urls())) {
    if (policy.fetcher == nullptr) break;
    const auto question = question_about(certificate, issuer);
    if (!question) break;
    const auto got = policy.fetcher->fetch(url, *question, "application/ocsp-request");
    auto answer = got ? ask_answer(*got, certificate, issuer, policy.at) : unknown(got.error().what);
    if (answer.state == RevocationState::unknown) answer.why = url + ": " + answer.why;
    if (is_decided(std::move(answer))) return last;
  }
  return last;
}

}  // namespace bb::direct
