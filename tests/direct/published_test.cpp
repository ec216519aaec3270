// Messages and certificates that others published, by the verdicts in the folder's
// README, which OpenSSL gave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/direct/message.hpp>
#include <bb/direct/notification.hpp>
#include <bb/direct/trust.hpp>

#include "people.hpp"
#include "support/published_folder.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::HasSubstr;
namespace fs = std::filesystem;

class PublishedDirectTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(folder())) GTEST_SKIP() << "no published documents at " << folder() << ": set BB_TEST_DATA";
  }
  static fs::path folder() { return published_folder() / "direct"; }
  static std::string bytes(const std::string& name) { return must(bb::read_text(folder() / name)); }
  static Certificate certificate(const std::string& name) { return must(Certificate::read(bytes(name))); }

  // Of a constructed message, by the anchor it was made under, on a day of 2020.
  static std::pair<Layers, TrustVerdict> judged(const std::string& name,
                                                const std::string& anchor = "certs/secureHealthEmailCACert.der") {
    auto layers = must(look_through(bytes("constructed/" + name), {}));
    TrustPolicy policy;
    policy.anchors = {certificate(anchor)};
    policy.at = 1'600'196'607;  // their Date: Tue, 15 Sep 2020 14:03:27 -0500
    const auto& signer = layers.signature->signers.at(0);
    auto verdict = judge(*signer.certificate, address("gm2552@securehealthemail.com"), KeyUse::sign,
                         layers.signature->certificates, policy);
    return {std::move(layers), std::move(verdict)};
  }
};

TEST_F(PublishedDirectTest, ReadsEveryCertificate) {
  int count = 0;
  for (const auto* below : {"certs", "anchors", "public-certs"})
    for (const auto& entry : fs::directory_iterator(folder() / below)) {
      const auto extension = entry.path().extension();
      if (extension != ".der" && extension != ".cer" && extension != ".crt") continue;
      const auto name = entry.path().filename().string();
      if (name == "gm2552KeyEnc.der") continue;  // a key
      const auto read = Certificate::read(must(bb::read_text(entry.path())));
      EXPECT_TRUE(read) << name << ": " << read.error().what;
      ++count;
    }
  EXPECT_GE(count, 80);
}

TEST_F(PublishedDirectTest, TakesASignatureUnderItsAnchor) {
  const auto [layers, verdict] = judged("signed_valid.eml");
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
  EXPECT_TRUE(layers.is_wrapped);
  EXPECT_FALSE(verdict.has(Fault::no_path));
}

TEST_F(PublishedDirectTest, FindsTheSentenceThatWasChanged) {
  const auto [layers, verdict] = judged("signed_tampered_body.eml");
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::content_changed);
}

TEST_F(PublishedDirectTest, RefusesAnotherAnchor) {
  const auto [layers, verdict] = judged("signed_other_anchor.eml");
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
  EXPECT_TRUE(verdict.has(Fault::no_path));
}

TEST_F(PublishedDirectTest, RefusesTheCertificateThatExpired) {
  const auto [layers, verdict] = judged("signed_expired_cert.eml");
  EXPECT_TRUE(verdict.has(Fault::expired));
  EXPECT_TRUE(verdict.has(Fault::no_path));
}

TEST_F(PublishedDirectTest, SaysWhatAnEnvelopeIsMadeWith) {
  const auto envelope = [](const std::string& name) {
    const auto layers = must(look_through(bytes(name), {}));
    EXPECT_EQ(layers.encryption, Encryption::closed) << name;
    return layers.envelope ? layers.envelope->cipher : "none: " + layers.why_closed;
  };
  EXPECT_EQ(envelope("constructed/signed_encrypted_aes256.eml"), "AES-256-CBC");
  EXPECT_EQ(envelope("constructed/signed_encrypted_3des.eml"), "DES-EDE3-CBC");
  EXPECT_THAT(envelope("constructed/encrypted_truncated.eml"), HasSubstr("none: "));
  // The openssl command reads neither: their base64 stands in one line, longer than its
  // reader takes. Joined, the base64 is whole, and `openssl cms -inform DER` reads it.
  EXPECT_EQ(envelope("messages/EncryptedMessage3.txt"), "DES-EDE3-CBC");
  EXPECT_EQ(envelope("messages/LargeEncAttachment.txt"), "DES-EDE3-CBC");
  EXPECT_THAT(envelope("messages/EncryptedMessage.txt"), testing::Not(HasSubstr("none")));
  EXPECT_THAT(envelope("messages/EncAttachment.txt"), testing::Not(HasSubstr("none")));
}

TEST_F(PublishedDirectTest, OpensTheMessageOfTheEdgeTestingTool) {
  const auto key = must(read_pkcs12(bytes("certs/testCert.p12"), ""));
  const auto layers = must(look_through(bytes("messages/TestGeneratedMessage.txt"), {key}));
  EXPECT_EQ(layers.encryption, Encryption::opened);
  ASSERT_TRUE(layers.signature) << layers.why_unsigned;
  EXPECT_EQ(layers.signature->signers.at(0).digest, "sha1");
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good) << layers.signature->signers.at(0).why;
}

TEST_F(PublishedDirectTest, OpensOldKeyFiles) {
  for (const auto* name : {"user1", "certCheckA", "certCheckB", "hsmtest", "testCert"}) {
    const auto read = read_pkcs12(bytes(std::string("certs/") + name + ".p12"), "");
    ASSERT_TRUE(read) << name << ": " << read.error().what;
    EXPECT_TRUE(read->key.fits(read->certificate));
  }
  EXPECT_THAT(read_pkcs12(bytes("certs/user1.p12"), "wrong").error().what, HasSubstr("password does not open"));
  EXPECT_THAT(read_pkcs12(bytes("certs/user1.der"), "").error().what, HasSubstr("no PKCS #12"));
  EXPECT_TRUE(read_pkcs12(bytes("certs/gm2552encrypted.p12"), "1kingpuff"));
}

TEST_F(PublishedDirectTest, ReadsBundles) {
  for (const auto& [name, count] : {std::pair("UnSignedMetaData.p7b", 2u), std::pair("UnSignedNoMetaData.p7b", 2u),
                                    std::pair("bundleNoMetadata.p7b", 2u), std::pair("bundleWithMetadata.p7b", 2u)}) {
    const auto data = verify(bytes(std::string("bundles/") + name), std::nullopt);
    ASSERT_TRUE(data) << name << ": " << data.error().what;
    EXPECT_EQ(data->certificates.size(), count) << name;
    EXPECT_TRUE(data->signers.empty()) << name;
  }
}

TEST_F(PublishedDirectTest, ReadsNotifications) {
  for (const auto* name : {"MDNMessage.txt", "MDNResponse.txt", "MDNMessageNonCanonicalized.txt"}) {
    const auto text = bytes(std::string("messages/") + name);
    const auto read = must(read_notification(must(read_entity(text))));
    ASSERT_TRUE(read) << name;
    EXPECT_EQ(read->disposition, "processed") << name;
  }
  const auto text = bytes("messages/DSNMessage.txt");
  const auto failed = must(read_delivery_status(must(read_entity(text))));
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].recipient, "Carol@Ivory.EDU");
  EXPECT_EQ(failed[0].action, "failed");
}

}  // namespace
