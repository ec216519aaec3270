#include <bb/direct/cms.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <bb/core/crypto.hpp>

#include "people.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::HasSubstr;

constexpr std::string_view content = "Content-Type: text/plain\r\n\r\nThe visit summary is attached.\r\n";

Identity with_key(bb::pki::Key key) {
  auto request = address_request("carol@direct.example.org");
  request.key = key;
  request.key_usage = "";
  return people().issue(request);
}

Signer only_signer(const std::string& der, std::string_view signed_content = content) {
  const auto data = must(verify(der, signed_content));
  EXPECT_EQ(data.signers.size(), 1u);
  return data.signers.at(0);
}

TEST(SignTest, VerifiesWithEveryDigestAndKey) {
  for (const auto key : {bb::pki::Key::rsa_2048, bb::pki::Key::p256, bb::pki::Key::p384}) {
    const auto carol = with_key(key);
    for (const auto& [digest, name] : {std::pair(Digest::sha256, "sha256"), std::pair(Digest::sha384, "sha384"),
                                       std::pair(Digest::sha512, "sha512"), std::pair(Digest::sha1, "sha1")}) {
      const auto signer = only_signer(must(sign(content, carol, {.digest = digest})));
      EXPECT_EQ(signer.integrity, Integrity::good) << name << ": " << signer.why;
      EXPECT_EQ(signer.digest, name);
      EXPECT_EQ(signer.certificate, carol.certificate);
    }
  }
}

TEST(SignTest, TellsWhenItWasSigned) {
  EXPECT_EQ(only_signer(must(sign(content, people().alice, {.signed_at = noon}))).signed_at, noon);
}

TEST(SignTest, SendsTheChainAlong) {
  const auto data = must(verify(must(sign(content, people().alice)), content));
  EXPECT_EQ(data.certificates.size(), 3u);
  EXPECT_FALSE(data.content);
}

TEST(VerifyTest, TellsChangedContentFromABrokenSignature) {
  // Goal: both are refused, each for its reason (DIRECT-SEC-03, -04).
  const auto der = must(sign(content, people().alice));
  auto changed = std::string(content);
  changed[40] ^= 1;
  EXPECT_EQ(only_signer(der, changed).integrity, Integrity::content_changed);

  // The signature's octets stand last.
  auto broken = der;
  broken[broken.size() - 20] ^= 1;
  EXPECT_EQ(only_signer(broken).integrity, Integrity::signature_broken);
}

TEST(VerifyTest, JudgesWhatItWasGivenWhateverIsInside) {
  // Goal: nobody makes a signature fit other content by putting what was signed inside (RFC 5652, 5.4).
  const auto der = must(sign(content, people().alice, {.is_detached = false}));
  EXPECT_EQ(only_signer(der).integrity, Integrity::good);
  EXPECT_EQ(only_signer(der, "something else").integrity, Integrity::content_changed);
}

TEST(VerifyTest, TellsOfBytesThatNoSignatureIsOver) {
  const auto der = must(sign(content, people().alice));
  EXPECT_EQ(must(verify(der, content)).trailing_bytes, 0u);
  EXPECT_EQ(must(verify(der + "more", content)).trailing_bytes, 4u);
}

TEST(VerifyTest, NeedsTheSignersCertificate) {
  const auto signer = only_signer(must(sign(content, people().alice, {.has_certificates = false})));
  EXPECT_EQ(signer.integrity, Integrity::signer_unknown);
  EXPECT_THAT(signer.named, HasSubstr("CN=Test Authority"));
}

TEST(VerifyTest, GivesTheContentThatIsInside) {
  const auto data = must(verify(must(sign(content, people().alice, {.is_detached = false})), std::nullopt));
  EXPECT_EQ(data.content, content);
  EXPECT_EQ(data.signers.at(0).integrity, Integrity::good);
}

TEST(VerifyTest, RefusesWhatIsNoSignedData) {
  EXPECT_FALSE(verify("", content));
  EXPECT_FALSE(verify("no ASN.1", content));
  const auto der = must(sign(content, people().alice));
  EXPECT_FALSE(verify(der.substr(0, der.size() / 2), content));
  EXPECT_THAT(verify(der, std::nullopt).error().what, HasSubstr("not inside"));
  const auto sealed = must(encrypt(content, {people().bob.certificate}));
  EXPECT_THAT(verify(sealed, content).error().what, HasSubstr("found pkcs7-envelopedData"));
}

TEST(EncryptTest, OpensWithEveryCipherAndKey) {
  for (const auto key : {bb::pki::Key::rsa_2048, bb::pki::Key::p256, bb::pki::Key::p384}) {
    const auto carol = with_key(key);
    for (const auto& [cipher, name] :
         {std::pair(Cipher::aes128_cbc, "AES-128-CBC"), std::pair(Cipher::aes192_cbc, "AES-192-CBC"),
          std::pair(Cipher::aes256_cbc, "AES-256-CBC"), std::pair(Cipher::aes128_gcm, "id-aes128-GCM"),
          std::pair(Cipher::aes256_gcm, "id-aes256-GCM"), std::pair(Cipher::des3_cbc, "DES-EDE3-CBC")}) {
      for (const auto transport : {KeyTransport::rsa_pkcs1, KeyTransport::rsa_oaep}) {
        const auto sealed = encrypt(content, {carol.certificate}, {cipher, transport});
        ASSERT_TRUE(sealed) << name << ": " << sealed.error().what;
        const auto envelope = must(inspect_envelope(*sealed));
        EXPECT_EQ(envelope.cipher, name);
        ASSERT_EQ(envelope.recipients.size(), 1u);
        const bool is_rsa = key == bb::pki::Key::rsa_2048;
        EXPECT_EQ(envelope.recipients[0].algorithm, !is_rsa ? "dhSinglePass-stdDH-sha1kdf-scheme"
                                                    : transport == KeyTransport::rsa_oaep ? "RSAES-OAEP"
                                                                                          : "rsaEncryption");
        const auto opened = decrypt(*sealed, {people().alice, carol});
        ASSERT_TRUE(opened) << name << ": " << opened.error().what;
        EXPECT_EQ(opened->content, content);
        EXPECT_EQ(opened->identity, 1u);
      }
    }
  }
}

TEST(EncryptTest, OpensForEachRecipient) {
  const auto sealed = must(encrypt(content, {people().alice.certificate, people().bob.certificate}));
  EXPECT_EQ(must(inspect_envelope(sealed)).recipients.size(), 2u);
  EXPECT_EQ(must(decrypt(sealed, {people().alice})).content, content);
  EXPECT_EQ(must(decrypt(sealed, {people().bob})).content, content);
}

TEST(EncryptTest, TellsWhoseARecipientIs) {
  const auto sealed = must(encrypt(content, {people().alice.certificate, people().bob.certificate}));
  const auto recipients = must(inspect_envelope(sealed)).recipients;
  const auto count = [&](const Certificate& certificate) {
    return std::count_if(recipients.begin(), recipients.end(),
                         [&](const Recipient& recipient) { return is_of(recipient, certificate); });
  };
  EXPECT_EQ(count(people().alice.certificate), 1);
  EXPECT_EQ(count(people().bob.certificate), 1);
  EXPECT_EQ(count(people().authority.certificate), 0);
  // By its key (RFC 5652, 6.2.1), of another name and issuer too.
  auto request = address_request("alice@direct.example.org");
  request.known_key = people().alice.key;
  const auto renewed = people().issue(request).certificate;
  EXPECT_EQ(count(renewed), 0);
  const auto* id = X509_get0_subject_key_id(renewed.get());
  const std::string_view bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(id)),
                               static_cast<std::size_t>(ASN1_STRING_length(id)));
  const Recipient by_key{"key " + bb::to_hex(bytes), ""};
  EXPECT_TRUE(is_of(by_key, renewed));
  EXPECT_TRUE(is_of(by_key, people().alice.certificate));
  EXPECT_FALSE(is_of(by_key, people().bob.certificate));
}

TEST(EncryptTest, NeedsARecipient) { EXPECT_FALSE(encrypt(content, {})); }

TEST(DecryptTest, TellsForeignFromDamaged) {
  const auto sealed = must(encrypt(content, {people().alice.certificate}));
  EXPECT_THAT(decrypt(sealed, {people().bob}).error().what, HasSubstr("for nobody whose key is at hand"));
  EXPECT_THAT(decrypt(sealed, {}).error().what, HasSubstr("for nobody"));
  EXPECT_THAT(decrypt(sealed.substr(0, sealed.size() / 2), {people().alice}).error().what,
              HasSubstr("no EnvelopedData"));

  // GCM knows that the last octet of the content was changed.
  const auto whole = must(encrypt(content, {people().alice.certificate}, {.cipher = Cipher::aes256_gcm}));
  auto damaged = whole;
  damaged[damaged.size() - 30] ^= 1;
  const auto opened = decrypt(damaged, {people().alice});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().what, HasSubstr("does not open"));
}

}  // namespace
