// openssl.hpp - what the sources of this toolkit share of OpenSSL: ownership,
// memory as BIO, and the reason of a failure.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::direct {

struct Free {
  void operator()(ASN1_OCTET_STRING* p) const { ASN1_OCTET_STRING_free(p); }
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(OCSP_BASICRESP* p) const { OCSP_BASICRESP_free(p); }
  void operator()(OCSP_RESPONSE* p) const { OCSP_RESPONSE_free(p); }
  void operator()(OSSL_LIB_CTX* p) const { OSSL_LIB_CTX_free(p); }
  void operator()(PKCS12* p) const { PKCS12_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_CRL* p) const { X509_CRL_free(p); }
  void operator()(X509_STORE* p) const { X509_STORE_free(p); }
  void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
  void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
  void operator()(AUTHORITY_INFO_ACCESS* p) const { AUTHORITY_INFO_ACCESS_free(p); }
  void operator()(CRL_DIST_POINTS* p) const { CRL_DIST_POINTS_free(p); }
  // The stack and what stands in it.
  void operator()(STACK_OF(X509) * p) const { sk_X509_pop_free(p, X509_free); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// A stack that owns nothing of what stands in it.
struct FreeStack {
  void operator()(STACK_OF(X509) * p) const { sk_X509_free(p); }
  void operator()(STACK_OF(X509_CRL) * p) const { sk_X509_CRL_free(p); }
};
template <class T>
using Stack = std::unique_ptr<T, FreeStack>;

// Reads the bytes, which must outlive it.
Owned<BIO> read_from(std::string_view bytes);
Owned<BIO> new_memory();
std::string_view content_of(BIO* memory);

// Forgets what failed before.
void forget_errors();
// What OpenSSL says of the failure since, without file names and codes: "wrong tag".
std::string reason();
// "cannot DOING: REASON".
Error failed_to(std::string_view doing);

// The long or short name of an algorithm, "sha256"; its number where it has none.
std::string name_of(const ASN1_OBJECT* object);

std::string_view view(const ASN1_STRING* text);

// Seconds since 1970 UTC; none where it is no time.
std::optional<std::int64_t> seconds_of(const ASN1_TIME* time);

}  // namespace bb::direct
