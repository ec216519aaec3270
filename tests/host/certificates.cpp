#include "host/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <fstream>
#include <memory>

#include <bb/core/release.hpp>

namespace bb::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Cert = std::unique_ptr<X509, Release<X509_free>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string key_text(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

std::string make_private_key(const std::string& kind, const std::string& curve) {
  Key key;
  if (kind == "EC") key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.c_str()));
  if (kind == "RSA") key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  if (kind == "ED25519") key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return key_text(key.get());
}

Certificate make_certificate(const CertificateOptions& options, const Certificate* issuer) {
  static std::atomic<long> serial = 1;
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const Cert certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.valid_until_s);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
  Cert signer;
  Key signer_key;
  if (issuer) {
    const Bio certificate_text(BIO_new_mem_buf(issuer->pem.data(), static_cast<int>(issuer->pem.size())));
    const Bio key_pem(BIO_new_mem_buf(issuer->key_pem.data(), static_cast<int>(issuer->key_pem.size())));
    signer.reset(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
    signer_key.reset(PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr));
  }
  X509* const issuing = signer ? signer.get() : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuing));
  add_extension(certificate.get(), issuing, NID_basic_constraints,
                options.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!options.alternative_names.empty())
    add_extension(certificate.get(), issuing, NID_subject_alt_name, options.alternative_names);
  X509_sign(certificate.get(), signer_key ? signer_key.get() : key.get(), EVP_sha256());
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate.get());
  return {text_of(bio.get()), key_text(key.get())};
}

std::filesystem::path write_file(const std::filesystem::path& folder, const std::string& name,
                                 const std::string& content) {
  const auto file = folder / name;
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

}  // namespace bb::test
