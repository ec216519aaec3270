#include "pki/authority.hpp"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::pki {
namespace {

struct Free {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_CRL* p) const { X509_CRL_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
  void operator()(X509_REVOKED* p) const { X509_REVOKED_free(p); }
  void operator()(ASN1_TIME* p) const { ASN1_TIME_free(p); }
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Error failed_to(const char* doing) {
  char text[256] = "no reason given";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  return Error{std::string("cannot ") + doing + ": " + text};
}

EVP_PKEY* make_key(Key kind) {
  switch (kind) {
    case Key::rsa_1024:
      return EVP_RSA_gen(1024);
    case Key::rsa_2048:
      return EVP_RSA_gen(2048);
    case Key::rsa_3072:
      return EVP_RSA_gen(3072);
    case Key::rsa_4096:
      return EVP_RSA_gen(4096);
    case Key::p256:
      return EVP_EC_gen("P-256");
    case Key::p384:
      return EVP_EC_gen("P-384");
  }
  return nullptr;
}

const EVP_MD* to_openssl(direct::Digest digest) {
  switch (digest) {
    case direct::Digest::sha1:
      return EVP_sha1();
    case direct::Digest::md5:
      return EVP_md5();
    case direct::Digest::sha384:
      return EVP_sha384();
    case direct::Digest::sha512:
      return EVP_sha512();
    case direct::Digest::sha256:
      break;
  }
  return EVP_sha256();
}

bool set_random_serial(ASN1_INTEGER* serial) {
  auto bytes = random_bytes(16);
  bytes[0] = static_cast<char>(bytes[0] & 0x7f);  // RFC 5280: serial numbers are positive
  const Owned<BIGNUM> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), serial) != nullptr;
}

bool add_name(X509_NAME* name, const char* type, const std::string& text) {
  return text.empty() ||
         X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1,
                                    -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return true;
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string listed(const std::vector<std::string>& values, std::string_view prefix) {
  std::vector<std::string> parts;
  for (const auto& value : values) parts.push_back(std::string(prefix) + value);
  return join(parts, ",");
}

std::string names_of(const Request& request) {
  std::vector<std::string> names;
  for (auto& part :
       {listed(request.addresses, "email:"), listed(request.domains, "DNS:"), listed(request.hosts, "IP:")})
    if (!part.empty()) names.push_back(part);
  return join(names, ",");
}

std::string access_of(const Request& request) {
  auto access = listed(request.issuer_urls, "caIssuers;URI:");
  const auto ocsp = listed(request.ocsp_urls, "OCSP;URI:");
  if (!access.empty() && !ocsp.empty()) access += ",";
  return access + ocsp;
}

bool set_time(ASN1_TIME* time, std::int64_t seconds, bool has_time) {
  return ASN1_TIME_set(time, static_cast<time_t>(seconds)) != nullptr &&
         (has_time || ASN1_STRING_set(time, "", 0) == 1);
}

// Without `authority` it signs itself.
Result<direct::Identity> make(const Request& request, const direct::Identity* authority) {
  BB_TRY(const auto key, request.known_key ? *request.known_key : new_key(request.key));
  const Owned<X509> owned(X509_new());
  X509* const c = owned.get();
  auto* subject = X509_get_subject_name(c);
  X509* issuer = authority == nullptr ? c : authority->certificate.get();
  EVP_PKEY* signer = authority == nullptr ? key.get() : authority->key.get();
  const bool is_made = X509_set_version(c, 2) == 1 && set_random_serial(X509_get_serialNumber(c)) &&
                       set_time(X509_getm_notBefore(c), request.not_before, request.has_not_before) &&
                       set_time(X509_getm_notAfter(c), request.not_after, request.has_not_after) &&
                       X509_set_pubkey(c, key.get()) == 1 && add_name(subject, "CN", request.common_name) &&
                       add_name(subject, "emailAddress", request.subject_address) &&
                       X509_set_issuer_name(c, X509_get_subject_name(issuer)) == 1 &&
                       add_extension(c, issuer, NID_basic_constraints,
                                     request.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
                       add_extension(c, issuer, NID_key_usage, request.key_usage) &&
                       add_extension(c, issuer, NID_subject_key_identifier, "hash") &&
                       add_extension(c, issuer, NID_authority_key_identifier, "keyid") &&
                       add_extension(c, issuer, NID_subject_alt_name, names_of(request)) &&
                       add_extension(c, issuer, NID_crl_distribution_points, listed(request.crl_urls, "URI:")) &&
                       add_extension(c, issuer, NID_info_access, access_of(request)) &&
                       add_extension(c, issuer, NID_netscape_comment, request.comment) &&
                       X509_sign(c, signer, to_openssl(request.digest)) != 0;
  if (!is_made) return failed_to("make a certificate");
  X509_up_ref(c);
  auto certificate = direct::Certificate::adopt(c);
  if (!certificate) return failed_to("write a certificate");
  direct::Identity identity{*std::move(certificate), key};
  if (authority != nullptr) {
    identity.chain.push_back(authority->certificate);
    identity.chain.insert(identity.chain.end(), authority->chain.begin(), authority->chain.end());
  }
  return identity;
}

std::string content_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// What OpenSSL wrote, which is freed.
Result<std::string> taken(unsigned char*& der, int size, const char* doing) {
  if (size < 0) return failed_to(doing);
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

Result<direct::PrivateKey> new_key(Key kind) {
  EVP_PKEY* made = make_key(kind);
  if (made == nullptr) return failed_to("make a key");
  return direct::PrivateKey::adopt(made);
}

Result<direct::Identity> make_root(const Request& request) { return make(request, nullptr); }

Result<direct::Identity> issue(const direct::Identity& authority, const Request& request) {
  return make(request, &authority);
}

Result<std::string> make_list(const direct::Identity& authority, const std::vector<Revoked>& revoked,
                              std::int64_t this_update, std::int64_t next_update) {
  const Owned<X509_CRL> list(X509_CRL_new());
  const Owned<ASN1_TIME> from(ASN1_TIME_set(nullptr, static_cast<time_t>(this_update)));
  const Owned<ASN1_TIME> until(ASN1_TIME_set(nullptr, static_cast<time_t>(next_update)));
  X509_CRL_set_version(list.get(), 1);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get()));
  X509_CRL_set1_lastUpdate(list.get(), from.get());
  X509_CRL_set1_nextUpdate(list.get(), until.get());
  for (const auto& [certificate, at] : revoked) {
    Owned<X509_REVOKED> entry(X509_REVOKED_new());
    const Owned<ASN1_TIME> time(ASN1_TIME_set(nullptr, static_cast<time_t>(at)));
    X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(certificate.get()));
    X509_REVOKED_set_revocationDate(entry.get(), time.get());
    X509_CRL_add0_revoked(list.get(), entry.release());
  }
  if (X509_CRL_sign(list.get(), authority.key.get(), EVP_sha256()) == 0) return failed_to("sign a revocation list");
  unsigned char* der = nullptr;
  return taken(der, i2d_X509_CRL(list.get(), &der), "write a revocation list");
}

Result<std::string> make_bundle(const std::vector<direct::Certificate>& anchors) {
  const Owned<CMS_ContentInfo> cms(
      CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED));
  for (const auto& anchor : anchors)
    if (!cms || CMS_add1_cert(cms.get(), anchor.get()) != 1) return failed_to("make a trust bundle");
  unsigned char* der = nullptr;
  return taken(der, i2d_CMS_ContentInfo(cms.get(), &der), "write a trust bundle");
}

std::string list_to_pem(std::string_view der) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  PEM_write_bio(out.get(), PEM_STRING_X509_CRL, "", reinterpret_cast<const unsigned char*>(der.data()),
                static_cast<long>(der.size()));
  return content_of(out.get());
}

std::string to_pem(const direct::Certificate& certificate) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate.get());
  return content_of(out.get());
}

std::string to_pem(const direct::Identity& identity) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  auto pem = to_pem(identity.certificate) + content_of(out.get());
  for (const auto& authority : identity.chain) pem += to_pem(authority);
  return pem;
}

}  // namespace bb::pki
