#include <bb/direct/certificate.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people.hpp"
#include "support/pass_phrase_watch.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(CertificateTest, TellsWhatItHolds) {
  auto request = address_request("alice@direct.example.org");
  request.key = bb::pki::Key::rsa_2048;
  request.domains = {"direct.example.org"};
  request.subject_address = "alice@direct.example.org";
  request.crl_urls = {"http://crl.example.org/list.crl"};
  request.issuer_urls = {"http://aia.example.org/authority.cer"};
  request.ocsp_urls = {"http://ocsp.example.org/"};
  const auto certificate = people().issue(request).certificate;
  EXPECT_EQ(certificate.version(), 3);
  EXPECT_THAT(certificate.addresses(), ElementsAre("alice@direct.example.org"));
  EXPECT_THAT(certificate.domains(), ElementsAre("direct.example.org"));
  EXPECT_THAT(certificate.subject_addresses(), ElementsAre("alice@direct.example.org"));
  EXPECT_THAT(certificate.crl_urls(), ElementsAre("http://crl.example.org/list.crl"));
  EXPECT_THAT(certificate.issuer_urls(), ElementsAre("http://aia.example.org/authority.cer"));
  EXPECT_THAT(certificate.ocsp_urls(), ElementsAre("http://ocsp.example.org/"));
  EXPECT_EQ(certificate.not_before(), request.not_before);
  EXPECT_EQ(certificate.not_after(), request.not_after);
  EXPECT_EQ(certificate.key_kind(), KeyKind::rsa);
  EXPECT_EQ(certificate.key_bits(), 2048);
  EXPECT_EQ(certificate.signature_algorithm(), "ecdsa-with-SHA256");
  EXPECT_THAT(certificate.issuer(), HasSubstr("CN=Test Authority"));
  EXPECT_FALSE(certificate.is_authority());
  EXPECT_TRUE(people().authority.certificate.is_authority());
  EXPECT_TRUE(people().root.certificate.is_self_issued());
  EXPECT_FALSE(certificate.is_self_issued());
}

TEST(CertificateTest, TellsWhatItsKeyMayBeUsedFor) {
  const auto with_usage = [](const char* usage, bb::pki::Key key = bb::pki::Key::rsa_2048) {
    auto request = address_request("alice@direct.example.org");
    request.key_usage = usage;
    request.key = key;
    return people().issue(request).certificate;
  };
  EXPECT_TRUE(with_usage("digitalSignature").may(KeyUse::sign));
  EXPECT_FALSE(with_usage("digitalSignature").may(KeyUse::encrypt));
  EXPECT_TRUE(with_usage("keyEncipherment").may(KeyUse::encrypt));
  EXPECT_FALSE(with_usage("keyEncipherment").may(KeyUse::sign));
  EXPECT_TRUE(with_usage("").may(KeyUse::sign)) << "without the extension anything (RFC 5280, 4.2.1.3)";
  EXPECT_FALSE(with_usage("").has_key_usage());
  EXPECT_TRUE(with_usage("keyAgreement", bb::pki::Key::p256).may(KeyUse::encrypt));
  EXPECT_FALSE(with_usage("keyEncipherment", bb::pki::Key::p256).may(KeyUse::encrypt));
  EXPECT_EQ(with_usage("", bb::pki::Key::p384).curve(), "secp384r1");
}

TEST(CertificateTest, IsReadFromDerAndPem) {
  const auto& certificate = people().alice.certificate;
  const auto from_der = Certificate::read(certificate.der());
  const auto from_pem = Certificate::read(bb::pki::to_pem(certificate));
  ASSERT_TRUE(from_der) << from_der.error().what;
  ASSERT_TRUE(from_pem) << from_pem.error().what;
  EXPECT_EQ(*from_der, certificate);
  EXPECT_EQ(*from_pem, certificate);
}

TEST(CertificateTest, RefusesWhatIsNone) {
  const auto& der = people().alice.certificate.der();
  EXPECT_FALSE(Certificate::read(""));
  EXPECT_FALSE(Certificate::read("x"));
  EXPECT_FALSE(Certificate::read(der.substr(0, der.size() - 1)));
  EXPECT_THAT(Certificate::read(der + "x").error().what, HasSubstr("1 bytes stand behind"));
  EXPECT_THAT(Certificate::read(bb::pki::to_pem(people().alice)).error().what, HasSubstr("found 3"));
  EXPECT_FALSE(Certificate::read(std::string(100'000, 'x')));
}

TEST(IdentityTest, IsReadFromPem) {
  const auto read = read_identity(bb::pki::to_pem(people().alice));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->certificate, people().alice.certificate);
  EXPECT_EQ(read->chain.size(), 2u);
  EXPECT_TRUE(read->key.fits(read->certificate));
  EXPECT_FALSE(read->key.fits(people().bob.certificate));
}

TEST(IdentityTest, ReadsSeveralInAnyOrder) {
  using bb::pki::to_pem;
  // Bob's first, alice's twice by one key, and an authority whose key is elsewhere.
  auto request = address_request("alice@direct.example.org");
  request.known_key = people().alice.key;
  const auto renewed = people().issue(request);
  const auto read = read_identities(to_pem(people().authority.certificate) + to_pem(people().bob) +
                                    to_pem(renewed.certificate) + to_pem(Identity{people().alice}));
  ASSERT_TRUE(read) << read.error().what;
  std::vector<Certificate> found;
  for (const auto& identity : *read) {
    EXPECT_TRUE(identity.key.fits(identity.certificate));
    found.push_back(identity.certificate);
  }
  EXPECT_EQ(found, (std::vector{people().bob.certificate, renewed.certificate, people().alice.certificate}));

  EXPECT_EQ(must(read_identities(to_pem(people().bob.certificate))).size(), 0u);
  const auto broken = read_identities("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().what, HasSubstr("read the private key"));
}

TEST(IdentityTest, RefusesAKeyWithoutItsCertificate) {
  auto stranger = people().alice;
  stranger.certificate = people().bob.certificate;
  const auto read = read_identity(bb::pki::to_pem(stranger));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("none of the certificates fits"));
}

TEST(CertificateTest, AsksNobodyForAPassPhrase) {
  const PassPhraseWatch watch;
  EXPECT_THAT(Certificate::read(encrypted_pem("CERTIFICATE")).error().what, HasSubstr("no certificate in PEM"));
  EXPECT_FALSE(watch.was_asked());
}

}  // namespace
