#include <bb/direct/trust.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "people.hpp"
#include "support/pass_phrase_watch.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::HasSubstr;

// Serves what it is given.
class Pages : public Fetcher {
 public:
  bb::Result<std::string> fetch(const std::string& url, std::string_view, std::string_view) override {
    asked.push_back(url);
    const auto found = pages.find(url);
    if (found == pages.end()) return bb::Error{"nobody answers"};
    return found->second;
  }
  std::map<std::string, std::string> pages;
  std::vector<std::string> asked;
};

TrustPolicy policy() {
  TrustPolicy made;
  made.anchors = {people().root.certificate};
  made.at = noon;
  return made;
}

TrustVerdict judged(const Identity& identity, const TrustPolicy& policy, KeyUse use = KeyUse::sign,
                    std::string_view who = "alice@direct.example.org") {
  return judge(identity.certificate, address(who), use, identity.chain, policy);
}

std::vector<std::string> faults_of(const TrustVerdict& verdict) {
  std::vector<std::string> words;
  for (const auto& fault : verdict.faults) words.emplace_back(word_of(fault.fault));
  return words;
}

std::vector<std::string> faults_of(const bb::pki::Request& request, const TrustPolicy& by = policy()) {
  return faults_of(judged(people().issue(request), by));
}

using testing::ElementsAre;
using testing::IsEmpty;

bb::pki::Request alice() { return address_request("alice@direct.example.org"); }

TEST(TrustTest, TrustsAPathToAnAnchor) {
  const auto verdict = judged(people().alice, policy());
  EXPECT_THAT(faults_of(verdict), IsEmpty());
  EXPECT_EQ(verdict.path.size(), 3u);
  EXPECT_THAT(faults_of(judged(people().alice, policy(), KeyUse::encrypt)), IsEmpty());
}

TEST(TrustTest, AnAnchorNeedBeNoRoot) {
  auto by = policy();
  by.anchors = {people().authority.certificate};
  EXPECT_THAT(faults_of(judged(people().alice, by)), IsEmpty());
  by.anchors = {people().alice.certificate};
  EXPECT_THAT(faults_of(judged(people().alice, by)), IsEmpty());
}

TEST(TrustTest, RefusesAnotherAnchor) {
  auto by = policy();
  by.anchors = {must(bb::pki::make_root(authority_request("Another Root"))).certificate};
  const auto verdict = judged(people().alice, by);
  EXPECT_THAT(faults_of(verdict), ElementsAre("no_path"));
  EXPECT_THAT(verdict.faults[0].why, HasSubstr("CN=Test Root"));
  by.anchors = {};
  EXPECT_THAT(faults_of(judged(people().alice, by)), ElementsAre("no_path"));
}

TEST(TrustTest, RefusesAnAuthorityOfTheSameNameWithAnotherKey) {
  auto by = policy();
  by.anchors = {must(bb::pki::make_root(authority_request("Test Root"))).certificate};
  EXPECT_THAT(faults_of(judged(people().alice, by)), testing::Contains("no_path"));
}

TEST(TrustTest, KeepsToTheValidity) {
  auto request = alice();
  request.not_before = noon;
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.not_before = noon + 1;
  EXPECT_THAT(faults_of(request), ElementsAre("not_yet_valid"));
  request = alice();
  request.not_after = noon;
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.not_after = noon - 1;
  EXPECT_THAT(faults_of(request), ElementsAre("expired"));
}

TEST(TrustTest, RefusesAPathThroughAnExpiredAuthority) {
  auto of_authority = authority_request("Old Authority");
  of_authority.not_after = noon - 1;
  const auto old = must(bb::pki::issue(people().root, of_authority));
  const auto verdict = judged(must(bb::pki::issue(old, alice())), policy());
  EXPECT_THAT(faults_of(verdict), ElementsAre("broken_path"));
  EXPECT_THAT(verdict.faults[0].why, HasSubstr("CN=Old Authority: certificate has expired"));
}

TEST(TrustTest, RefusesAnExpiredAnchor) {  // DIRECT-BUNDLE-06
  auto of_root = authority_request("Old Root");
  of_root.not_after = noon - 1;
  const auto root = must(bb::pki::make_root(of_root));
  auto by = policy();
  by.anchors = {root.certificate};
  EXPECT_THAT(faults_of(judged(must(bb::pki::issue(root, alice())), by)), ElementsAre("broken_path"));
}

TEST(TrustTest, RefusesAnIssuerThatIsNoAuthority) {
  const auto forged = must(bb::pki::issue(people().bob, alice()));
  EXPECT_THAT(faults_of(judged(forged, policy())), testing::Contains("broken_path"));
}

TEST(TrustTest, RefusesWeakKeys) {
  auto request = alice();
  request.key = bb::pki::Key::rsa_1024;
  EXPECT_THAT(faults_of(request), ElementsAre("weak_key"));
  request.key = bb::pki::Key::rsa_3072;
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.key = bb::pki::Key::p256;
  EXPECT_THAT(faults_of(request), IsEmpty());
  auto by = policy();
  by.takes_ec = false;
  EXPECT_THAT(faults_of(request, by), ElementsAre("weak_key"));
}

TEST(TrustTest, RefusesWeakSignatures) {
  auto request = alice();
  request.digest = Digest::sha1;
  EXPECT_THAT(faults_of(request), ElementsAre("weak_signature"));
}

TEST(TrustTest, RefusesAnotherUse) {
  auto request = alice();
  request.key_usage = "keyAgreement";
  EXPECT_THAT(faults_of(request), ElementsAre("wrong_use"));
  EXPECT_THAT(faults_of(judged(people().issue(request), policy(), KeyUse::encrypt)), IsEmpty());
}

TEST(TrustTest, RefusesAnAuthoritysCertificate) {
  auto request = alice();
  request.is_authority = true;
  EXPECT_THAT(faults_of(request), ElementsAre("is_authority"));
}

TEST(TrustTest, RefusesAnotherName) {
  const auto verdict = judged(people().bob, policy());
  EXPECT_THAT(faults_of(verdict), ElementsAre("wrong_name"));
  EXPECT_THAT(verdict.faults[0].why, HasSubstr("bound to bob@direct.example.net, not to alice@direct.example.org"));
}

TEST(TrustTest, FetchesTheIssuer) {  // DIRECT-CERT-12
  auto request = alice();
  request.issuer_urls = {"http://aia.example.org/gone.cer", "http://aia.example.org/authority.cer"};
  auto identity = people().issue(request);
  identity.chain.clear();
  EXPECT_THAT(faults_of(judged(identity, policy())), ElementsAre("no_path"));

  Pages pages;
  auto by = policy();
  by.fetcher = &pages;
  EXPECT_THAT(faults_of(judged(identity, by)), ElementsAre("no_path"));
  pages.pages["http://aia.example.org/authority.cer"] = people().bob.certificate.der();
  EXPECT_THAT(faults_of(judged(identity, by)), ElementsAre("no_path"));
  pages.pages["http://aia.example.org/authority.cer"] = people().authority.certificate.der();
  EXPECT_THAT(faults_of(judged(identity, by)), IsEmpty());
}

TEST(TrustTest, AsksThreePlacesOfACertificateForItsIssuer) {
  auto request = alice();
  for (const auto* name : {"1", "2", "3", "4"})
    request.issuer_urls.push_back(std::string("http://aia.example.org/") + name);
  auto identity = people().issue(request);
  identity.chain.clear();
  Pages pages;
  auto by = policy();
  by.fetcher = &pages;
  pages.pages["http://aia.example.org/4"] = people().authority.certificate.der();
  EXPECT_THAT(faults_of(judged(identity, by)), ElementsAre("no_path"));
  EXPECT_THAT(pages.asked,
              ElementsAre("http://aia.example.org/1", "http://aia.example.org/2", "http://aia.example.org/3"));
  pages.pages["http://aia.example.org/3"] = people().authority.certificate.der();
  EXPECT_THAT(faults_of(judged(identity, by)), IsEmpty());
}

class RevocationTest : public testing::Test {
 protected:
  RevocationTest() {
    auto request = alice();
    request.crl_urls = {"http://crl.example.org/list.crl"};
    identity_ = people().issue(request);
    policy_ = policy();
    policy_.fetcher = &pages_;
    policy_.anchors = {people().authority.certificate};
  }

  void publish(const std::vector<bb::pki::Revoked>& revoked, const Identity& authority = people().authority,
               std::int64_t next = noon + day_seconds) {
    pages_.pages["http://crl.example.org/list.crl"] =
        must(bb::pki::make_list(authority, revoked, noon - day_seconds, next));
  }

  TrustVerdict verdict() { return judged(identity_, policy_); }

  Pages pages_;
  Identity identity_ = people().alice;
  TrustPolicy policy_;
};

TEST_F(RevocationTest, RefusesWhatIsOnTheList) {  // DIRECT-CERT-11
  publish({});
  EXPECT_THAT(faults_of(verdict()), IsEmpty());
  EXPECT_THAT(verdict().notes, IsEmpty());
  publish({{people().bob.certificate, noon - 100}});
  EXPECT_THAT(faults_of(verdict()), IsEmpty());
  publish({{identity_.certificate, noon - 100}});
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revoked"));
}

TEST_F(RevocationTest, WithoutAListItIsThePolicysToDecide) {
  EXPECT_THAT(faults_of(verdict()), IsEmpty());
  EXPECT_THAT(verdict().notes, ElementsAre(HasSubstr("nobody answers")));
  policy_.revocation = Revocation::required;
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revocation_unknown"));
  pages_.asked.clear();
  policy_.revocation = Revocation::ignored;
  EXPECT_THAT(faults_of(verdict()), IsEmpty());
  EXPECT_THAT(pages_.asked, IsEmpty());
}

TEST_F(RevocationTest, TakesNoListThatIsNotTheIssuers) {
  policy_.revocation = Revocation::required;
  publish({}, people().root);
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revocation_unknown"));
  publish({}, must(bb::pki::issue(people().root, authority_request("Test Authority"))));
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revocation_unknown"));
  EXPECT_THAT(verdict().faults[0].why, HasSubstr("signature is not the issuer's"));
  pages_.pages["http://crl.example.org/list.crl"] = "<html>";
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revocation_unknown"));
}

TEST_F(RevocationTest, TakesNoListOutOfDateForAllClear) {
  policy_.revocation = Revocation::required;
  publish({}, people().authority, noon);
  EXPECT_THAT(faults_of(verdict()), IsEmpty());
  publish({}, people().authority, noon - 1);
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revocation_unknown"));
  publish({{identity_.certificate, noon - 100}}, people().authority, noon - 1);
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revoked")) << "what was taken back stays so";
}

TEST_F(RevocationTest, AsksThreePlacesOfEachKind) {
  auto request = alice();
  for (const auto* name : {"1", "2", "3", "4"}) {
    request.crl_urls.push_back(std::string("http://crl.example.org/") + name);
    request.ocsp_urls.push_back(std::string("http://ocsp.example.org/") + name);
  }
  identity_ = people().issue(request);
  EXPECT_THAT(faults_of(verdict()), IsEmpty());
  EXPECT_THAT(pages_.asked,
              ElementsAre("http://crl.example.org/1", "http://crl.example.org/2", "http://crl.example.org/3",
                          "http://ocsp.example.org/1", "http://ocsp.example.org/2", "http://ocsp.example.org/3"));
}

TEST_F(RevocationTest, LooksNowhereForACertificateWithoutAPath) {
  auto of_authority = authority_request("Old Authority");
  of_authority.not_after = noon - 1;
  const auto old = must(bb::pki::issue(people().root, of_authority));
  auto request = alice();
  request.crl_urls = {"http://crl.example.org/list.crl"};
  policy_.anchors = {people().root.certificate};
  identity_ = must(bb::pki::issue(old, request));
  EXPECT_THAT(faults_of(verdict()), ElementsAre("broken_path"));
  identity_ = must(bb::pki::issue(must(bb::pki::make_root(authority_request("Another Root"))), request));
  EXPECT_THAT(faults_of(verdict()), ElementsAre("no_path"));
  EXPECT_THAT(pages_.asked, IsEmpty());
}

TEST_F(RevocationTest, UsesAListAtHand) {
  policy_.fetcher = nullptr;
  policy_.lists = {must(
      bb::pki::make_list(people().authority, {{identity_.certificate, noon - 100}}, noon - 200, noon + day_seconds))};
  EXPECT_THAT(faults_of(verdict()), ElementsAre("revoked"));
}

TEST_F(RevocationTest, AsksNobodyForThePassPhraseOfAList) {
  const PassPhraseWatch watch;
  pages_.pages["http://crl.example.org/list.crl"] = encrypted_pem("X509 CRL");
  EXPECT_THAT(verdict().notes, ElementsAre(HasSubstr("no revocation list")));
  EXPECT_FALSE(watch.was_asked());
}

}  // namespace
