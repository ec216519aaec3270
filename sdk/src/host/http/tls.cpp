#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include <bb/core/crypto.hpp>

namespace bb::host {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio reader(const std::string& pem) { return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all}; }

X509Ptr next_certificate(BIO* pem) { return {PEM_read_bio_X509(pem, nullptr, refuse_pass_phrase, nullptr), X509_free}; }

}  // namespace

std::string tls_message() {
  const unsigned long error = ERR_peek_error();
  const char* const reason = error ? ERR_reason_error_string(error) : nullptr;
  return reason ? reason : "connection closed";
}

bool is_tls_failure() {
  const unsigned long error = ERR_peek_error();
  return error != 0 && ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) != SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

std::string untrusted_text(const std::string& peer, long verdict) {
  return "the certificate of " + peer + " is not trusted: " + X509_verify_cert_error_string(verdict);
}

Status set_peer_rules(SSL_CTX& context, const std::string& name, const std::filesystem::path& ca_file,
                      TrustAnchors& anchors) {
  SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
  X509_VERIFY_PARAM* const rules = SSL_CTX_get0_param(&context);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) != 1) X509_VERIFY_PARAM_set1_host(rules, name.c_str(), 0);
  BB_TRY(const auto store, anchors.store(ca_file));
  SSL_CTX_set1_cert_store(&context, store.get());
  return {};
}

Status use_identity(SSL_CTX& context, const std::string& pem) {
  const Bio certificates = reader(pem);
  const X509Ptr leaf = next_certificate(certificates.get());
  if (!leaf) return Error{"the client certificate holds no PEM certificate"};
  const Key key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, refuse_pass_phrase, nullptr), EVP_PKEY_free);
  if (!key) return Error{"the client certificate holds no PEM private key"};
  ERR_clear_error();
  if (SSL_CTX_use_certificate(&context, leaf.get()) != 1 || SSL_CTX_use_PrivateKey(&context, key.get()) != 1)
    return Error{"the client certificate cannot be used: " + tls_message()};
  while (const X509Ptr between = next_certificate(certificates.get())) SSL_CTX_add1_chain_cert(&context, between.get());
  ERR_clear_error();
  return {};
}

std::string subject_of(const std::string& pem) {
  const X509Ptr leaf = next_certificate(reader(pem).get());
  const Bio text(BIO_new(BIO_s_mem()), BIO_free_all);
  if (!leaf || !text) return {};
  X509_NAME_print_ex(text.get(), X509_get_subject_name(leaf.get()), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(std::max(size, 0L))};
}

}  // namespace bb::host
