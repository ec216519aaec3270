#include <bb/direct/bundle.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/direct/cms.hpp>

#include "people.hpp"
#include "support/published_folder.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string bundle_of(const std::vector<Certificate>& anchors) { return must(bb::pki::make_bundle(anchors)); }

const Certificate& root() { return people().root.certificate; }
const Certificate& authority() { return people().authority.certificate; }

std::string signed_by(const Identity& signer, const std::string& bundle) {
  return must(sign(bundle, signer, {.is_detached = false}));
}

TEST(BundleTest, ReadsEveryAnchor) {
  const auto bundle = must(read_bundle(bundle_of({root(), authority()}), {}, noon));
  EXPECT_THAT(bundle.anchors, testing::UnorderedElementsAre(root(), authority()));
  EXPECT_FALSE(bundle.signer);
  EXPECT_EQ(bundle.metadata, "");
}

TEST(BundleTest, ReadsPem) {
  const auto armored = [](const std::string& label) {
    return "-----BEGIN " + label + "-----\n" + bb::base64_encode(bundle_of({root()})) + "\n-----END " + label +
           "-----\n";
  };
  EXPECT_THAT(must(read_bundle(armored("PKCS7"), {}, noon)).anchors, ElementsAre(root()));
  EXPECT_THAT(must(read_bundle(armored("CMS"), {}, noon)).anchors, ElementsAre(root()));
  EXPECT_THAT(read_bundle(bb::pki::to_pem(root()), {}, noon).error().what, HasSubstr("found '-----BEGIN CERTIFICATE"));
  EXPECT_FALSE(read_bundle("-----BEGIN PKCS7-----\nMIIB", {}, noon));
  EXPECT_FALSE(read_bundle("-----BEGIN PKCS7-----\n****\n-----END PKCS7-----\n", {}, noon));
}

TEST(BundleTest, RefusesWhatIsNone) {  // DIRECT-BUNDLE-01
  for (const auto& bytes : {std::string(), std::string("<html>"), root().der()})
    EXPECT_FALSE(read_bundle(bytes, {}, noon));
  EXPECT_THAT(read_bundle(bundle_of({}), {}, noon).error().what, HasSubstr("without a certificate"));
}

TEST(BundleTest, ChecksASignatureBeforeUse) {  // DIRECT-BUNDLE-02
  const auto good = signed_by(people().alice, bundle_of({root()}));
  const auto bundle = must(read_bundle(good, {authority()}, noon));
  EXPECT_THAT(bundle.anchors, ElementsAre(root()));
  EXPECT_EQ(*bundle.signer, people().alice.certificate);
  EXPECT_TRUE(read_bundle(good, {people().alice.certificate}, noon)) << "a signer may be named himself";

  EXPECT_THAT(read_bundle(good, {}, noon).error().what, HasSubstr("no signer of bundles is configured"));
  const auto stranger = must(bb::pki::make_root(authority_request("Stranger")));
  EXPECT_THAT(read_bundle(good, {stranger.certificate}, noon).error().what, HasSubstr("no path to a trust anchor"));
  EXPECT_THAT(read_bundle(good, {authority()}, noon + 31 * day_seconds).error().what, HasSubstr("valid until"));
  auto tampered = good;
  const auto at = tampered.find(root().der());
  ASSERT_NE(at, std::string::npos);
  tampered[at + root().der().size() - 1] = static_cast<char>(tampered[at + root().der().size() - 1] ^ 1);
  EXPECT_THAT(read_bundle(tampered, {authority()}, noon).error().what, HasSubstr("signature is refused"));
  EXPECT_THAT(read_bundle(signed_by(people().alice, good), {authority()}, noon).error().what,
              HasSubstr("a signed bundle within a signed bundle"));
  EXPECT_THAT(read_bundle(signed_by(people().alice, "text"), {authority()}, noon).error().what,
              HasSubstr("what is signed is no trust bundle"));
  EXPECT_THAT(read_bundle(must(sign(bundle_of({root()}), people().alice)), {authority()}, noon).error().what,
              HasSubstr("the signed content is not inside"));
}

TEST(BundleTest, KnowsWhichAnchorsAreValid) {  // DIRECT-BUNDLE-06
  const auto until = *root().not_after();
  const auto from = *root().not_before();
  EXPECT_THAT(valid_at({root()}, until), ElementsAre(root()));
  EXPECT_THAT(valid_at({root()}, until + 1), IsEmpty());
  EXPECT_THAT(valid_at({root()}, from), ElementsAre(root()));
  EXPECT_THAT(valid_at({root()}, from - 1), IsEmpty());
}

TEST(BundleTest, ReadsBundlesThatOthersPublished) {
  const auto folder = published_folder() / "direct/bundles";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no published bundles at " << folder;
  const auto read = [&](const char* file, const std::vector<Certificate>& signers = {}, std::int64_t at = noon) {
    return read_bundle(must(bb::read_text(folder / file)), signers, at);
  };
  // How many certificates is what the folder's README says.
  for (const auto& [file, count] :
       {std::pair("UnSignedMetaData.p7b", 2u), std::pair("UnSignedNoMetaData.p7b", 2u),
        std::pair("bundleNoMetadata.p7b", 2u), std::pair("bundleWithMetadata.p7b", 2u), std::pair("bundlePEM.p7b", 8u)})
    EXPECT_EQ(must(read(file)).anchors.size(), count) << file;
  EXPECT_EQ(must(read("bundleNoMetadata.p7b")).metadata, "");
  EXPECT_THAT(must(read("UnSignedMetaData.p7b")).metadata, HasSubstr("<DistributionPoint>"));
  EXPECT_NE(must(read("bundleWithMetadata.p7b")).metadata, "");
  // Signed metadata, its signer's certificate alone beside it: no anchors to be had.
  EXPECT_THAT(read("signedmetadata1.p7m").error().what, HasSubstr("no signer of bundles is configured"));
}

// Serves what it is given, and counts.
class Site : public Fetcher {
 public:
  bb::Result<std::string> fetch(const std::string& url, std::string_view, std::string_view) override {
    ++asked[url];
    const auto found = pages.find(url);
    if (found == pages.end()) return bb::Error{url + " says 404"};
    return found->second;
  }
  std::map<std::string, std::string> pages;
  std::map<std::string, int> asked;
};

class BundleStoreTest : public testing::Test {
 protected:
  BundleStoreTest() { site_.pages[url] = bundle_of({root(), authority()}); }

  std::vector<BundleReport> refresh(std::int64_t at) { return store_.refresh(site_, at); }

  const std::string url = "http://bundles.example.org/community.p7b";
  Site site_;
  BundleStore store_{{{.url = url}}};
};

TEST_F(BundleStoreTest, FetchesAnewEachDay) {  // DIRECT-BUNDLE-03
  EXPECT_LE(store_.next_due(), noon);
  const auto first = refresh(noon);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].added.size(), 2u);
  EXPECT_EQ(store_.next_due(), noon + day_seconds);
  EXPECT_THAT(refresh(noon + day_seconds - 1), IsEmpty());
  const auto second = refresh(noon + day_seconds);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_THAT(second[0].added, IsEmpty());
  EXPECT_EQ(site_.asked[url], 2);
}

TEST_F(BundleStoreTest, WaitsNeverLongerThanADay) {
  BundleStore often({{.url = url, .refresh_seconds = 60}});
  often.refresh(site_, noon);
  EXPECT_EQ(often.next_due(), noon + 60);
  BundleStore seldom({{.url = url, .refresh_seconds = 7 * day_seconds}});
  seldom.refresh(site_, noon);
  EXPECT_EQ(seldom.next_due(), noon + day_seconds);
}

TEST_F(BundleStoreTest, ForgetsAnAnchorThatWasRemoved) {  // DIRECT-BUNDLE-04
  refresh(noon);
  site_.pages[url] = bundle_of({root()});
  EXPECT_EQ(store_.anchors(noon).size(), 2u);
  const auto reports = refresh(noon + day_seconds);
  EXPECT_THAT(reports.at(0).removed, ElementsAre(authority()));
  EXPECT_THAT(store_.anchors(noon + day_seconds), ElementsAre(root()));
}

TEST_F(BundleStoreTest, KeepsTheLastGoodCopyAndSaysSo) {  // DIRECT-BUNDLE-05
  refresh(noon);
  auto at = noon + day_seconds;
  for (const auto& garbage : {std::string("<html>"), std::string(), bundle_of({})}) {
    site_.pages[url] = garbage;
    const auto reports = refresh(at);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_FALSE(reports[0].is_good());
    EXPECT_THAT(reports[0].removed, IsEmpty());
    EXPECT_EQ(store_.anchors(at).size(), 2u);
    EXPECT_EQ(store_.next_due(), at + 3600) << "sooner than in a day";
    at += 3600;
  }
  site_.pages.erase(url);
  EXPECT_EQ(refresh(at).at(0).problem, url + " says 404");
  EXPECT_EQ(store_.anchors(at).size(), 2u);
  site_.pages[url] = bundle_of({root()});
  EXPECT_TRUE(refresh(at + 3600).at(0).is_good());
  EXPECT_EQ(store_.anchors(at + 3600).size(), 1u);
}

TEST_F(BundleStoreTest, UsesNoExpiredAnchor) {  // DIRECT-BUNDLE-06
  auto request = authority_request("Old Root");
  request.not_after = noon;
  const auto old = must(bb::pki::make_root(request)).certificate;
  site_.pages[url] = bundle_of({root(), old});
  refresh(noon);
  EXPECT_EQ(store_.anchors(noon).size(), 2u);
  EXPECT_THAT(store_.anchors(noon + 1), ElementsAre(root()));
}

TEST_F(BundleStoreTest, HoldsSeveralAndWantsSignaturesWhereItIsTold) {
  const std::string second = "http://bundles.example.org/second.p7m";
  BundleStore store({{.url = url}, {.url = second, .signers = {authority()}, .is_signed = true}});
  const auto other = must(bb::pki::make_root(authority_request("Other"))).certificate;
  site_.pages[second] = bundle_of({other});
  auto reports = store.refresh(site_, noon);
  EXPECT_TRUE(reports.at(0).is_good());
  EXPECT_THAT(reports.at(1).problem, HasSubstr("not signed"));
  EXPECT_EQ(store.anchors(noon).size(), 2u);
  site_.pages[second] = signed_by(people().alice, bundle_of({other, root()}));
  reports = store.refresh(site_, noon + 3600);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].problem, "");
  EXPECT_EQ(store.anchors(noon + 3600).size(), 3u) << "an anchor of both counts once";
}

}  // namespace
