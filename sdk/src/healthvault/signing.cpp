#include <bb/healthvault/signing.hpp>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdlib>

#include <bb/core/certificate.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>
#include <bb/core/text.hpp>

namespace bb::healthvault {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Release<EVP_MAC_CTX_free>>;
using CertificatePtr = std::unique_ptr<X509, Release<X509_free>>;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// A context that knows its digest and no key; to be copied.
MacContext keyless(std::string digest) {
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                   OSSL_PARAM_construct_end()};
  if (context == nullptr || EVP_MAC_CTX_set_params(context.get(), parameters) != 1) std::abort();
  return context;
}
MacContext context_of(MacAlgorithm algorithm) {
  static const MacContext sha256_context = keyless("SHA256");
  static const MacContext sha1_context = keyless("SHA1");
  return MacContext(EVP_MAC_CTX_dup((algorithm == MacAlgorithm::hmac_sha256 ? sha256_context : sha1_context).get()));
}
const EVP_MD* digest_of(SignatureMethod method) {
  return method == SignatureMethod::rsa_sha256 ? EVP_sha256() : EVP_sha1();
}

int refuse_or_give(char* buffer, int size, int is_writing, void* password) {
  const auto& given = *static_cast<const std::string_view*>(password);
  if (given.empty()) return refuse_pass_phrase(buffer, size, is_writing, nullptr);
  if (size < 0 || given.size() > static_cast<std::size_t>(size)) return -1;
  given.copy(buffer, given.size());
  return static_cast<int>(given.size());
}

}  // namespace

std::string sha256_base64(std::string_view bytes) { return base64_encode(sha256(bytes)); }

std::string_view word_of(MacAlgorithm algorithm) {
  return algorithm == MacAlgorithm::hmac_sha256 ? "HMACSHA256" : "HMACSHA1";
}

std::string_view jose_name(MacAlgorithm algorithm) { return algorithm == MacAlgorithm::hmac_sha256 ? "HS256" : "HS1"; }

std::optional<MacAlgorithm> mac_algorithm(std::string_view word) {
  for (const auto one : {MacAlgorithm::hmac_sha256, MacAlgorithm::hmac_sha1})
    if (word == word_of(one)) return one;
  return std::nullopt;
}

std::string mac(MacAlgorithm algorithm, std::string_view key, std::string_view bytes) {
  const auto context = context_of(algorithm);
  std::string out(EVP_MAX_MD_SIZE, '\0');
  std::size_t size = 0;
  // No key is taken for one to be set later.
  const auto* key_bytes = key.empty() ? bytes_of(std::string_view{""}) : bytes_of(key);
  if (context == nullptr || EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) != 1 ||
      EVP_MAC_final(context.get(), bytes_of(out), &size, out.size()) != 1)
    std::abort();  // only without memory
  out.resize(size);
  return out;
}

bool verify_mac(MacAlgorithm algorithm, std::string_view key, std::string_view bytes, std::string_view code) {
  return equal_constant_time(mac(algorithm, key, bytes), code);
}

std::string_view word_of(SignatureMethod method) {
  return method == SignatureMethod::rsa_sha256 ? "RSA-SHA256" : "RSA-SHA1";
}

std::string_view digest_word_of(SignatureMethod method) {
  return method == SignatureMethod::rsa_sha256 ? "SHA256" : "SHA1";
}

std::string_view jose_name(SignatureMethod method) { return method == SignatureMethod::rsa_sha256 ? "RS256" : "RS1"; }

std::optional<SignatureMethod> signature_method(std::string_view word) {
  for (const auto one : {SignatureMethod::rsa_sha1, SignatureMethod::rsa_sha256})
    if (word == word_of(one)) return one;
  return std::nullopt;
}

Result<SigningKey> SigningKey::read(std::string_view pem, std::string_view password) {
  if (pem.size() > certificate_bytes_max) return Error{"the application's key is longer than any key"};
  const Bio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  SigningKey key;
  key.key_.reset(PEM_read_bio_PrivateKey(source.get(), nullptr, refuse_or_give, &password), EVP_PKEY_free);
  ERR_clear_error();
  if (key.key_ == nullptr)
    return Error{
        "the application's key cannot be read: expected one PEM private key and, where it is encrypted, "
        "its password"};
  if (EVP_PKEY_is_a(key.key_.get(), "RSA") != 1) return Error{"the application's key is not an RSA key"};
  return key;
}

Result<std::string> SigningKey::sign(SignatureMethod method, std::string_view bytes) const {
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  const bool is_done = context != nullptr &&
                       EVP_DigestSignInit(context.get(), nullptr, digest_of(method), nullptr, key_.get()) == 1 &&
                       EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  if (!is_done)
    return Error{std::string{word_of(method)} + " is refused by this system's OpenSSL for the application's key of " +
                 counted(static_cast<std::size_t>(bits()), "bit")};
  signature.resize(size);
  return signature;
}

int SigningKey::bits() const { return EVP_PKEY_get_bits(key_.get()); }

Result<SigningCertificate> SigningCertificate::read(std::string_view text) {
  const auto der = certificate_der(text);
  if (!der)
    return Error{"the application's certificate cannot be read: expected one certificate, PEM or base64 of DER"};
  const auto* begin = bytes_of(*der);
  const CertificatePtr certificate(d2i_X509(nullptr, &begin, static_cast<long>(der->size())));
  SigningCertificate read;
  if (certificate != nullptr) read.key_.reset(X509_get_pubkey(certificate.get()), EVP_PKEY_free);
  ERR_clear_error();
  if (read.key_ == nullptr) return Error{"the application's certificate is none that OpenSSL can read"};
  if (EVP_PKEY_is_a(read.key_.get(), "RSA") != 1) return Error{"the application's certificate is of no RSA key"};

  for (const char digit : sha1_hex(*der))
    read.thumbprint_ += digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
  const auto* subject = X509_get_subject_name(certificate.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) {
    unsigned char* name = nullptr;
    const int length = ASN1_STRING_to_UTF8(&name, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (length >= 0) read.common_name_.assign(reinterpret_cast<const char*>(name), static_cast<std::size_t>(length));
    OPENSSL_free(name);
  }
  return read;
}

bool SigningCertificate::verify(SignatureMethod method, std::string_view bytes, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  const bool is_good =
      context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, digest_of(method), nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return is_good;
}

int SigningCertificate::bits() const { return EVP_PKEY_get_bits(key_.get()); }

bool is_same_thumbprint(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) {
    std::string out;
    for (const char c : to_lower(text))
      if (c != ':' && c != ' ') out += c;
    return out;
  };
  const auto first = digits(a);
  return !first.empty() && first == digits(b);
}

}  // namespace bb::healthvault
