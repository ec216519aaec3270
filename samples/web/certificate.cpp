#include "web/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include <bb/core/crypto.hpp>

namespace bb::web {
namespace {

struct Free {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
  void operator()(BIGNUM* p) const { BN_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr long hour_seconds = 3'600;
constexpr long valid_seconds = 60L * 24 * hour_seconds;

Error openssl_error(const char* doing) {
  char text[256] = "no reason given";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  return Error{std::string("cannot ") + doing + ": " + text};
}

bool set_random_serial(X509* certificate) {
  auto bytes = random_bytes(16);
  bytes[0] = static_cast<char>(bytes[0] & 0x7f);  // RFC 5280: serial numbers are positive
  const Owned<BIGNUM> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A certificate with names, key and times, but neither extensions nor signature.
Owned<X509> make_certificate(const char* common_name, EVP_PKEY* key, X509* issuer) {
  Owned<X509> certificate(X509_new());
  if (!certificate) return nullptr;
  X509* const c = certificate.get();
  X509_NAME* const name = X509_get_subject_name(c);
  const bool is_made =
      X509_set_version(c, 2) == 1 && set_random_serial(c) &&
      X509_gmtime_adj(X509_getm_notBefore(c), -hour_seconds) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(c), valid_seconds) != nullptr && X509_set_pubkey(c, key) == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name), -1, -1,
                                 0) == 1 &&
      X509_set_issuer_name(c, issuer != nullptr ? X509_get_subject_name(issuer) : name) == 1;
  return is_made ? std::move(certificate) : nullptr;
}

template <class Write>
std::string to_pem(Write write) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string certificate_pem(X509* certificate) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

}  // namespace

Result<ServerIdentity> make_server_identity(const char* authority) {
  const Owned<EVP_PKEY> ca_key(EVP_EC_gen("P-256"));
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!ca_key || !key) return openssl_error("make a key");

  const auto ca = make_certificate(authority, ca_key.get(), nullptr);
  if (!ca || !add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(ca.get(), ca_key.get(), EVP_sha256()) == 0)
    return openssl_error("make the authority's certificate");

  const auto leaf = make_certificate("localhost", key.get(), ca.get());
  if (!leaf || !add_extension(leaf.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(leaf.get(), ca.get(), NID_key_usage, "critical,digitalSignature") ||
      !add_extension(leaf.get(), ca.get(), NID_ext_key_usage, "serverAuth") ||
      !add_extension(leaf.get(), ca.get(), NID_subject_key_identifier, "hash") ||
      !add_extension(leaf.get(), ca.get(), NID_authority_key_identifier, "keyid:always") ||
      !add_extension(leaf.get(), ca.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1") ||
      X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) == 0)
    return openssl_error("make the server's certificate");

  ServerIdentity identity{certificate_pem(ca.get()), certificate_pem(leaf.get()), to_pem([&](BIO* bio) {
                            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
                          })};
  if (identity.ca_pem.empty() || identity.certificate_pem.empty() || identity.key_pem.empty())
    return openssl_error("write certificates as PEM");
  return identity;
}

}  // namespace bb::web
