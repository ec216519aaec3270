// Keys that stay with the host, checked against published vectors and
// OpenSSL's own verification.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>
#include "host/certificates.hpp"
#include "host/host_fixture.hpp"
#include "services/secret_keys.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using host::Signed;

using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;

const unsigned char* bytes_of(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Key read_key(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

std::string to_der(const std::string& raw) {
  const auto half = static_cast<int>(raw.size() / 2);
  const std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>> signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes_of(raw), half, nullptr),
                 BN_bin2bn(bytes_of(raw) + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  const std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

bool verifies(const std::string& pem, const EVP_MD* digest, bool is_pss, const std::string& message,
              const std::string& signature) {
  const Key key = read_key(pem);
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &key_context, digest, nullptr, key.get()) != 1) return false;
  if (is_pss) EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING);
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

std::string digest_of(const EVP_MD* digest, const std::string& message) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(message.data(), message.size(), reinterpret_cast<unsigned char*>(out.data()), &size, digest, nullptr);
  out.resize(size);
  return out;
}

TEST(KeysTest, TheMacOfRfc4231) {
  // RFC 4231, test case 2.
  const auto mac = [](std::string_view algorithm) {
    return to_hex(host::mac_with_key("Jefe", algorithm, "what do ya want for nothing?").bytes);
  };
  EXPECT_EQ(mac("HS256"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(mac("HS384"),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
  EXPECT_EQ(
      mac("HS512"),
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4"
      "b636e070a38bce737");
}

TEST(KeysTest, SignaturesVerifyWithOpenssl) {
  struct Case {
    const char* algorithm;
    std::string pem;
    const EVP_MD* digest;
    bool is_pss;
    std::size_t bytes;
  };
  const std::string rsa = make_private_key("RSA");
  const std::vector<Case> cases{{"RS256", rsa, EVP_sha256(), false, 256},
                                {"RS384", rsa, EVP_sha384(), false, 256},
                                {"RS512", rsa, EVP_sha512(), false, 256},
                                {"PS256", rsa, EVP_sha256(), true, 256},
                                {"PS384", rsa, EVP_sha384(), true, 256},
                                {"PS512", rsa, EVP_sha512(), true, 256},
                                {"ES256", make_private_key("EC", "P-256"), EVP_sha256(), false, 64},
                                {"ES384", make_private_key("EC", "P-384"), EVP_sha384(), false, 96},
                                {"ES512", make_private_key("EC", "P-521"), EVP_sha512(), false, 132},
                                {"EdDSA", make_private_key("ED25519"), nullptr, false, 64}};
  for (const Case& one : cases) {
    for (const Signed what : {Signed::message, Signed::digest}) {
      const std::string message = "the message";
      if (what == Signed::digest && !one.digest) continue;
      const auto result = host::sign_with_key(one.pem, one.algorithm,
                                              what == Signed::message ? message : digest_of(one.digest, message), what);
      ASSERT_EQ(result.status, BB_OK) << one.algorithm << result.problem;
      EXPECT_EQ(result.bytes.size(), one.bytes) << one.algorithm;
      const bool is_ec = std::string_view(one.algorithm).starts_with("ES");
      const std::string signature = is_ec ? to_der(result.bytes) : result.bytes;
      EXPECT_TRUE(verifies(one.pem, one.digest, one.is_pss, message, signature)) << one.algorithm;
      EXPECT_FALSE(verifies(one.pem, one.digest, one.is_pss, "another message", signature)) << one.algorithm;
    }
  }
}

TEST(KeysTest, WhatAKeyOrTheHostCannotServe) {
  const std::string rsa = make_private_key("RSA");
  const std::string ec = make_private_key("EC", "P-256");
  const auto sign = [](const std::string& pem, std::string_view algorithm, std::string_view input, Signed what) {
    return host::sign_with_key(pem, algorithm, input, what);
  };
  EXPECT_EQ(sign(rsa, "RS1", "m", Signed::message).problem,
            "algorithm 'RS1' cannot be served: SHA-1 is for plugins whose manifest asks for it: grants: {algorithms: "
            "[RS1]}");
  EXPECT_EQ(sign(rsa, "none", "m", Signed::message).status, BB_E_UNSUPPORTED);
  EXPECT_EQ(sign(ec, "RS256", "m", Signed::message).problem,
            "algorithm 'RS256' cannot be served: the key is of another kind");
  EXPECT_EQ(sign(ec, "ES384", "m", Signed::message).status, BB_E_UNSUPPORTED);
  EXPECT_EQ(sign("no key", "ES256", "m", Signed::message).problem,
            "algorithm 'ES256' cannot be served: the secret holds no PEM private key");
  EXPECT_EQ(sign(make_private_key("ED25519"), "EdDSA", "m", Signed::digest).status, BB_E_UNSUPPORTED);
  EXPECT_EQ(host::mac_with_key("k", "HS1", "m").status, BB_E_UNSUPPORTED);
  EXPECT_EQ(host::decrypt_with_key(rsa, "RSA-X", "c").status, BB_E_UNSUPPORTED);
}

TEST(KeysTest, Sha1IsServedWhereItWasGrantedAlone) {
  const std::string rsa = make_private_key("RSA");
  const auto signature = host::sign_with_key(rsa, "RS1", "m", Signed::message, {"RS1"});
  EXPECT_EQ(signature.status, BB_OK) << signature.problem;
  EXPECT_TRUE(verifies(rsa, EVP_sha1(), false, "m", signature.bytes));
  EXPECT_EQ(host::sign_with_key(rsa, "RS1", "m", Signed::message, {"HS1"}).status, BB_E_UNSUPPORTED);
  // RFC 2202, test case 2.
  const auto code = host::mac_with_key("Jefe", "HS1", "what do ya want for nothing?", {"HS1"});
  EXPECT_EQ(to_hex(code.bytes), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(KeysTest, ADigestHasTheLengthOfItsHash) {
  const std::string ec = make_private_key("EC", "P-256");
  for (const std::size_t size : {31u, 32u, 33u}) {
    const auto result = host::sign_with_key(ec, "ES256", std::string(size, 'd'), Signed::digest);
    EXPECT_EQ(result.status, size == 32 ? BB_OK : BB_E_INVALID_ARGUMENT) << size;
  }
}

std::string encrypt_block(const std::string& pem, int padding, const EVP_MD* digest, const std::string& plain) {
  const Key key = read_key(pem);
  const KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  EVP_PKEY_encrypt_init(context.get());
  EVP_PKEY_CTX_set_rsa_padding(context.get(), padding);
  if (digest) {
    EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest);
    EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest);
  }
  std::string out(512, '\0');
  std::size_t size = out.size();
  EVP_PKEY_encrypt(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(plain), plain.size());
  out.resize(size);
  return out;
}

TEST(KeysTest, BlocksAreDecrypted) {
  const std::string rsa = make_private_key("RSA");
  const auto decrypt = [&](std::string_view algorithm, const std::string& ciphertext) {
    return host::decrypt_with_key(rsa, algorithm, ciphertext);
  };
  EXPECT_EQ(decrypt("RSA1_5", encrypt_block(rsa, RSA_PKCS1_PADDING, nullptr, "plain")).bytes, "plain");
  EXPECT_EQ(decrypt("RSA-OAEP", encrypt_block(rsa, RSA_PKCS1_OAEP_PADDING, EVP_sha1(), "plain")).bytes, "plain");
  EXPECT_EQ(decrypt("RSA-OAEP-256", encrypt_block(rsa, RSA_PKCS1_OAEP_PADDING, EVP_sha256(), "plain")).bytes, "plain");
}

TEST(KeysTest, EveryFailureToDecryptIsTheSame) {
  const std::string rsa = make_private_key("RSA");
  std::vector<std::string> problems;
  for (const char* const algorithm : {"RSA-OAEP", "RSA-OAEP-256", "CMS"})
    for (const std::string& ciphertext : {std::string("short"), std::string(256, 'x')}) {
      const auto result = host::decrypt_with_key(rsa, algorithm, ciphertext);
      EXPECT_EQ(result.status, BB_E_CORRUPT) << algorithm;
      problems.push_back(result.problem);
    }
  EXPECT_THAT(problems, testing::Each("the ciphertext cannot be decrypted with this key"));
}

TEST(KeysTest, EnvelopedContentIsDecrypted) {
  const Certificate certificate = make_certificate({});
  const Bio bio(BIO_new_mem_buf(certificate.pem.data(), static_cast<int>(certificate.pem.size())));
  X509* const recipient = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
  STACK_OF(X509)* const recipients = sk_X509_new_null();
  sk_X509_push(recipients, recipient);
  const std::string plain = "an enveloped document";
  const Bio in(BIO_new_mem_buf(plain.data(), static_cast<int>(plain.size())));
  CMS_ContentInfo* const cms = CMS_encrypt(recipients, in.get(), EVP_aes_256_cbc(), CMS_BINARY);
  const Bio out(BIO_new(BIO_s_mem()));
  i2d_CMS_bio(out.get(), cms);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  const auto result =
      host::decrypt_with_key(certificate.key_pem, "CMS", std::string_view(data, static_cast<std::size_t>(size)));
  EXPECT_EQ(result.bytes, plain) << result.problem;
  CMS_ContentInfo_free(cms);
  sk_X509_pop_free(recipients, X509_free);
}

TEST(KeysTest, AConnectorUsesAKeyByItsName) {
  TemporaryFolder folder;
  Scripted scripted;
  scripted.options.secrets["key"] = {"", write_file(folder.path(), "key", "Jefe")};
  const auto use = [&](const std::string& name, const std::string& function, const std::string& algorithm) {
    return scripted.probe("key", Value::object({{"name", name},
                                                {"function", function},
                                                {"algorithm", algorithm},
                                                {"input", "what do ya want for nothing?"}}));
  };
  EXPECT_EQ(to_hex(use("key", "mac", "HS256").body),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(use("other", "mac", "HS256").status, BB_E_FORBIDDEN);
  for (const char* const function : {"sign", "sign_message", "decrypt"}) {
    const host::Reply reply = use("key", function, "unknown");
    EXPECT_EQ(reply.status, BB_E_UNSUPPORTED) << function;
    EXPECT_EQ(host::result_word(reply), "invalid") << function;
  }
}

}  // namespace
}  // namespace bb::test
