#include "secret_keys.hpp"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <memory>

#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>

namespace bb::host {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Release<CMS_ContentInfo_free>>;

struct SignatureAlgorithm {
  std::string_view name;
  int key_type;
  bool is_pss;
  const EVP_MD* (*digest)();     // nullptr: the algorithm has its own
  std::size_t coordinate_bytes;  // of a raw ECDSA signature's half
};

constexpr std::array<SignatureAlgorithm, 11> signature_algorithms{{
    {"RS256", EVP_PKEY_RSA, false, EVP_sha256, 0},
    {"RS384", EVP_PKEY_RSA, false, EVP_sha384, 0},
    {"RS512", EVP_PKEY_RSA, false, EVP_sha512, 0},
    {"PS256", EVP_PKEY_RSA, true, EVP_sha256, 0},
    {"PS384", EVP_PKEY_RSA, true, EVP_sha384, 0},
    {"PS512", EVP_PKEY_RSA, true, EVP_sha512, 0},
    {"ES256", EVP_PKEY_EC, false, EVP_sha256, 32},
    {"ES384", EVP_PKEY_EC, false, EVP_sha384, 48},
    {"ES512", EVP_PKEY_EC, false, EVP_sha512, 66},
    {"EdDSA", EVP_PKEY_ED25519, false, nullptr, 0},
    {"RS1", EVP_PKEY_RSA, false, EVP_sha1, 0},
}};

KeyResult unsupported(std::string_view algorithm, std::string_view why) {
  return {BB_E_UNSUPPORTED, {}, "algorithm '" + std::string(algorithm) + "' cannot be served: " + std::string(why)};
}

// SHA-1 is for peers that speak nothing else, and for plugins that say so.
bool is_withheld(std::string_view algorithm, const AlgorithmGrants& granted) {
  return (algorithm == "RS1" || algorithm == "HS1") &&
         std::find(granted.begin(), granted.end(), algorithm) == granted.end();
}

KeyResult withheld(std::string_view algorithm) {
  return unsupported(algorithm, "SHA-1 is for plugins whose manifest asks for it: grants: {algorithms: [" +
                                    std::string(algorithm) + "]}");
}

// One answer for all, so that it is no oracle.
KeyResult corrupt() { return {BB_E_CORRUPT, {}, "the ciphertext cannot be decrypted with this key"}; }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Bio reader(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

Key read_key(std::string_view pem) {
  return Key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, refuse_pass_phrase, nullptr));
}

bool set_padding(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm) {
  if (!algorithm.is_pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool sign_message(EVP_PKEY* key, const SignatureAlgorithm& algorithm, std::string_view message, std::string& out) {
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), &key_context, algorithm.digest ? algorithm.digest() : nullptr, nullptr, key) !=
          1 ||
      !set_padding(key_context, algorithm) ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) != 1)
    return false;
  out.resize(size);
  if (EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(message), message.size()) != 1) return false;
  out.resize(size);
  return true;
}

bool sign_digest(EVP_PKEY* key, const SignatureAlgorithm& algorithm, std::string_view digest, std::string& out) {
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

// RFC 7518, 3.4: R and S as octet strings of the size of the curve, one after
// the other; OpenSSL gives DER.
bool to_raw_signature(std::string& signature, std::size_t coordinate_bytes) {
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

bool fits(const EVP_PKEY* key, const SignatureAlgorithm& algorithm) {
  if (EVP_PKEY_get_base_id(key) != algorithm.key_type) return false;
  const auto curve_bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key));
  return algorithm.coordinate_bytes == 0 || (curve_bits + 7) / 8 == algorithm.coordinate_bytes;
}

KeyResult decrypt_cms(EVP_PKEY* key, std::string_view ciphertext) {
  const Cms cms(d2i_CMS_bio(reader(ciphertext).get(), nullptr));
  const Bio out(BIO_new(BIO_s_mem()));
  if (!cms || CMS_decrypt(cms.get(), key, nullptr, nullptr, out.get(), CMS_BINARY) != 1) return corrupt();
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {BB_OK, std::string(data, static_cast<std::size_t>(size)), {}};
}

KeyResult decrypt_block(EVP_PKEY* key, int padding, const EVP_MD* digest, std::string_view ciphertext) {
  const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  std::size_t size = 0;
  if (EVP_PKEY_decrypt_init(context.get()) != 1 || EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) != 1)
    return corrupt();
  if (digest && (EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest) != 1 ||
                 EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest) != 1))
    return corrupt();
  if (EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes_of(ciphertext), ciphertext.size()) != 1) return corrupt();
  std::string plain(size, '\0');
  if (EVP_PKEY_decrypt(context.get(), bytes_of(plain), &size, bytes_of(ciphertext), ciphertext.size()) != 1)
    return corrupt();
  plain.resize(size);
  return {BB_OK, std::move(plain), {}};
}

}  // namespace

KeyResult mac_with_key(std::string_view key, std::string_view algorithm, std::string_view message,
                       const AlgorithmGrants& granted) {
  if (is_withheld(algorithm, granted)) return withheld(algorithm);
  const EVP_MD* const digest = algorithm == "HS256"   ? EVP_sha256()
                               : algorithm == "HS384" ? EVP_sha384()
                               : algorithm == "HS512" ? EVP_sha512()
                               : algorithm == "HS1"   ? EVP_sha1()
                                                      : nullptr;
  if (!digest) return unsupported(algorithm, "known for mac: HS256, HS384, HS512");
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (!HMAC(digest, key.data(), static_cast<int>(key.size()), bytes_of(message), message.size(), bytes_of(mac), &size))
    return {BB_E_HOST_FAULT, {}, "OpenSSL could not make the MAC"};
  mac.resize(size);
  return {BB_OK, std::move(mac), {}};
}

KeyResult sign_with_key(std::string_view pem, std::string_view algorithm, std::string_view input, Signed what,
                        const AlgorithmGrants& granted) {
  if (is_withheld(algorithm, granted)) return withheld(algorithm);
  const auto known = std::find_if(signature_algorithms.begin(), signature_algorithms.end(),
                                  [&](const SignatureAlgorithm& one) { return one.name == algorithm; });
  if (known == signature_algorithms.end())
    return unsupported(algorithm, "known for signing: RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA");
  if (what == Signed::digest && !known->digest) return unsupported(algorithm, "it signs messages, not digests");
  if (what == Signed::digest && input.size() != static_cast<std::size_t>(EVP_MD_get_size(known->digest())))
    return {BB_E_INVALID_ARGUMENT,
            {},
            "a digest for " + std::string(algorithm) + " has " + std::to_string(EVP_MD_get_size(known->digest())) +
                " bytes, got " + std::to_string(input.size())};
  ERR_clear_error();
  const Key key = read_key(pem);
  if (!key) return unsupported(algorithm, "the secret holds no PEM private key");
  if (!fits(key.get(), *known)) return unsupported(algorithm, "the key is of another kind");
  std::string signature;
  const bool is_signed = what == Signed::message ? sign_message(key.get(), *known, input, signature)
                                                 : sign_digest(key.get(), *known, input, signature);
  if (!is_signed || (known->coordinate_bytes != 0 && !to_raw_signature(signature, known->coordinate_bytes)))
    return {BB_E_HOST_FAULT, {}, "OpenSSL could not make the signature"};
  return {BB_OK, std::move(signature), {}};
}

KeyResult decrypt_with_key(std::string_view pem, std::string_view algorithm, std::string_view ciphertext) {
  const bool is_known =
      algorithm == "CMS" || algorithm == "RSA1_5" || algorithm == "RSA-OAEP" || algorithm == "RSA-OAEP-256";
  if (!is_known) return unsupported(algorithm, "known for decryption: RSA1_5, RSA-OAEP, RSA-OAEP-256, CMS");
  ERR_clear_error();
  const Key key = read_key(pem);
  if (!key) return unsupported(algorithm, "the secret holds no PEM private key");
  KeyResult result = algorithm == "CMS" ? decrypt_cms(key.get(), ciphertext)
                     : algorithm == "RSA1_5"
                         ? decrypt_block(key.get(), RSA_PKCS1_PADDING, nullptr, ciphertext)
                         : decrypt_block(key.get(), RSA_PKCS1_OAEP_PADDING,
                                         algorithm == "RSA-OAEP" ? EVP_sha1() : EVP_sha256(), ciphertext);
  ERR_clear_error();
  return result;
}

}  // namespace bb::host
