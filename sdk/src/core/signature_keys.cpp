#include <bb/core/signature_keys.hpp>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>

#include "signature_algorithms.hpp"

namespace bb {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Key own(EVP_PKEY* key) { return Key(key, EVP_PKEY_free); }

bool set_padding(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm) {
  if (!algorithm.is_pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

const EVP_MD* digest_of(const SignatureAlgorithm& algorithm) { return algorithm.digest ? algorithm.digest() : nullptr; }

bool sign_whole(EVP_PKEY* key, const SignatureAlgorithm& algorithm, std::string_view message, std::string& out) {
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), &key_context, digest_of(algorithm), nullptr, key) != 1 ||
      !set_padding(key_context, algorithm) ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) != 1)
    return false;
  out.resize(size);
  if (EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(message), message.size()) != 1) return false;
  out.resize(size);
  return true;
}

bool sign_hashed(EVP_PKEY* key, const SignatureAlgorithm& algorithm, std::string_view digest, std::string& out) {
  const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  std::size_t size = 0;
  if (EVP_PKEY_sign_init(context.get()) != 1 || !set_padding(context.get(), algorithm) ||
      EVP_PKEY_CTX_set_signature_md(context.get(), algorithm.digest()) != 1 ||
      EVP_PKEY_sign(context.get(), nullptr, &size, bytes_of(digest), digest.size()) != 1)
    return false;
  out.resize(size);
  if (EVP_PKEY_sign(context.get(), bytes_of(out), &size, bytes_of(digest), digest.size()) != 1) return false;
  out.resize(size);
  return true;
}

// RFC 7518, 3.4: R and S as octet strings of the size of the curve, one after the other; OpenSSL has DER.
bool to_raw(std::string& signature, std::size_t coordinate_bytes) {
  const unsigned char* der = bytes_of(std::string_view(signature));
  const EcSignature parsed(d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(signature.size())));
  if (!parsed) return false;
  std::string raw(2 * coordinate_bytes, '\0');
  const int size = static_cast<int>(coordinate_bytes);
  const bool is_done = BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), bytes_of(raw), size) == size &&
                       BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), bytes_of(raw) + coordinate_bytes, size) == size;
  signature = std::move(raw);
  return is_done;
}

std::string to_der(std::string_view raw) {
  const auto half = raw.size() / 2;
  const auto number = [](std::string_view bytes) {
    return BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr);
  };
  const EcSignature signature(ECDSA_SIG_new());
  if (!signature || ECDSA_SIG_set0(signature.get(), number(raw.substr(0, half)), number(raw.substr(half))) != 1)
    return {};
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  unsigned char* end = bytes_of(der);
  i2d_ECDSA_SIG(signature.get(), &end);
  return der;
}

bool is_fit(const EVP_PKEY* key, const SignatureAlgorithm& algorithm) {
  if (EVP_PKEY_get_base_id(key) != algorithm.key_type) return false;
  const auto curve_bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key));
  return algorithm.coordinate_bytes == 0 || (curve_bits + 7) / 8 == algorithm.coordinate_bytes;
}

bool is_fit(const EVP_PKEY* key, std::string_view name) {
  const auto* const algorithm = find_signature_algorithm(name);
  return algorithm != nullptr && is_fit(key, *algorithm);
}

Result<const SignatureAlgorithm*> fitting(const EVP_PKEY* key, std::string_view name) {
  const auto* const algorithm = find_signature_algorithm(name);
  if (algorithm == nullptr) return Error{"'" + std::string(name) + "' is no signature algorithm known here"};
  if (!is_fit(key, *algorithm)) return Error{"the key is of another kind than " + std::string(name) + " signs with"};
  return algorithm;
}

Result<std::string> finished(bool is_signed, std::string signature, const SignatureAlgorithm& algorithm) {
  if (!is_signed || (algorithm.coordinate_bytes != 0 && !to_raw(signature, algorithm.coordinate_bytes))) {
    ERR_clear_error();
    return Error{"OpenSSL could not make the signature"};
  }
  return signature;
}

}  // namespace

const SignatureAlgorithm* find_signature_algorithm(std::string_view name) {
  static constexpr std::array<SignatureAlgorithm, 11> algorithms{{
      {"RS256", EVP_PKEY_RSA, false, EVP_sha256, 0, nullptr},
      {"RS384", EVP_PKEY_RSA, false, EVP_sha384, 0, nullptr},
      {"RS512", EVP_PKEY_RSA, false, EVP_sha512, 0, nullptr},
      {"PS256", EVP_PKEY_RSA, true, EVP_sha256, 0, nullptr},
      {"PS384", EVP_PKEY_RSA, true, EVP_sha384, 0, nullptr},
      {"PS512", EVP_PKEY_RSA, true, EVP_sha512, 0, nullptr},
      {"ES256", EVP_PKEY_EC, false, EVP_sha256, 32, "P-256"},
      {"ES384", EVP_PKEY_EC, false, EVP_sha384, 48, "P-384"},
      {"ES512", EVP_PKEY_EC, false, EVP_sha512, 66, "P-521"},
      {"EdDSA", EVP_PKEY_ED25519, false, nullptr, 0, nullptr},
      {"RS1", EVP_PKEY_RSA, false, EVP_sha1, 0, nullptr},
  }};
  const auto* const found =
      std::find_if(algorithms.begin(), algorithms.end(), [&](const auto& one) { return one.name == name; });
  return found == algorithms.end() ? nullptr : found;
}

bool is_signature_algorithm(std::string_view name) { return find_signature_algorithm(name) != nullptr; }

std::optional<std::size_t> digest_bytes_of(std::string_view name) {
  const auto* const algorithm = find_signature_algorithm(name);
  if (algorithm == nullptr || algorithm->digest == nullptr) return std::nullopt;
  return static_cast<std::size_t>(EVP_MD_get_size(algorithm->digest()));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto key = own(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_pass_phrase, nullptr));
  ERR_clear_error();
  if (!key) return Error{"no PEM private key without a pass phrase"};
  return SigningKey(std::move(key));
}

Result<SigningKey> SigningKey::generate(std::string_view name) {
  const auto* const algorithm = find_signature_algorithm(name);
  if (algorithm == nullptr) return Error{"'" + std::string(name) + "' is no signature algorithm known here"};
  constexpr std::size_t rsa_bits = 2048;
  auto key = own(algorithm->key_type == EVP_PKEY_RSA  ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", rsa_bits)
                 : algorithm->key_type == EVP_PKEY_EC ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", algorithm->curve)
                                                      : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) return Error{"OpenSSL could not make a key"};
  return SigningKey(std::move(key));
}

bool SigningKey::fits(std::string_view algorithm) const { return is_fit(key_.get(), algorithm); }

Result<std::string> SigningKey::sign(std::string_view name, std::string_view message) const {
  BB_TRY(const auto* const algorithm, fitting(key_.get(), name));
  std::string signature;
  const bool is_signed = sign_whole(key_.get(), *algorithm, message, signature);
  return finished(is_signed, std::move(signature), *algorithm);
}

Result<std::string> SigningKey::sign_digest(std::string_view name, std::string_view digest) const {
  BB_TRY(const auto* const algorithm, fitting(key_.get(), name));
  const auto expected = digest_bytes_of(name);
  if (!expected) return Error{std::string(name) + " signs messages, not digests"};
  if (digest.size() != *expected)
    return Error{"a digest for " + std::string(name) + " has " + std::to_string(*expected) + " bytes, got " +
                 std::to_string(digest.size())};
  std::string signature;
  const bool is_signed = sign_hashed(key_.get(), *algorithm, digest, signature);
  return finished(is_signed, std::move(signature), *algorithm);
}

std::string SigningKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool VerifyingKey::fits(std::string_view algorithm) const { return is_fit(key_.get(), algorithm); }

bool VerifyingKey::verify(std::string_view name, std::string_view message, std::string_view signature) const {
  const auto* const algorithm = find_signature_algorithm(name);
  if (algorithm == nullptr || !is_fit(key_.get(), *algorithm)) return false;
  std::string der;
  if (algorithm->coordinate_bytes != 0) {
    if (signature.size() != 2 * algorithm->coordinate_bytes) return false;
    der = to_der(signature);
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  const bool is_good =
      EVP_DigestVerifyInit(context.get(), &key_context, digest_of(*algorithm), nullptr, key_.get()) == 1 &&
      set_padding(key_context, *algorithm) &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return is_good;
}

}  // namespace bb
