#include "secret_keys.hpp"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>
#include <bb/core/signature_keys.hpp>

namespace bb::host {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Release<CMS_ContentInfo_free>>;

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
  if (!is_signature_algorithm(algorithm))
    return unsupported(algorithm, "known for signing: RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA");
  const auto digest_bytes = digest_bytes_of(algorithm);
  if (what == Signed::digest && !digest_bytes) return unsupported(algorithm, "it signs messages, not digests");
  if (what == Signed::digest && input.size() != *digest_bytes)
    return {BB_E_INVALID_ARGUMENT,
            {},
            "a digest for " + std::string(algorithm) + " has " + std::to_string(*digest_bytes) + " bytes, got " +
                std::to_string(input.size())};
  const auto key = SigningKey::from_pem(pem);
  if (!key) return unsupported(algorithm, "the secret holds no PEM private key");
  if (!key->fits(algorithm)) return unsupported(algorithm, "the key is of another kind");
  auto signature = what == Signed::message ? key->sign(algorithm, input) : key->sign_digest(algorithm, input);
  if (!signature) return {BB_E_HOST_FAULT, {}, std::move(signature).error().what};
  return {BB_OK, *std::move(signature), {}};
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
