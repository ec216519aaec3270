#include "http/trust_anchors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/certificates.hpp"
#include "support/pass_phrase_watch.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

const std::string authority = make_certificate({"Test CA", "", -3600, 3600, true}).pem;

TEST(TrustAnchorsTest, FilesOfOneTextShareAStoreAndOthersDoNot) {
  const TemporaryFolder folder;
  host::TrustAnchors anchors;
  const auto first = anchors.store(write_file(folder.path(), "a.pem", authority));
  const auto same = anchors.store(write_file(folder.path(), "b.pem", authority));
  const auto changed = anchors.store(write_file(folder.path(), "a.pem", authority + "\n"));
  const auto system = anchors.store({});
  ASSERT_TRUE(first && same && changed && system);
  EXPECT_EQ(*first, *same);
  EXPECT_NE(*first, *changed);
  EXPECT_NE(*first, *system);
}

TEST(TrustAnchorsTest, AFileThatGivesNoAnchorIsAnError) {
  const TemporaryFolder folder;
  host::TrustAnchors anchors;
  const auto message = [&](const std::string& text) {
    const auto store = anchors.store(write_file(folder.path(), "ca.pem", text));
    return store ? std::string("taken") : store.error().what;
  };
  EXPECT_EQ(message(authority), "taken");
  EXPECT_THAT(message(""), EndsWith("ca.pem: no certificate in it"));
  EXPECT_THAT(message("not PEM"), EndsWith("ca.pem: no certificate in it"));
  // A broken one after a good one is not passed over.
  EXPECT_THAT(message(authority + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
              HasSubstr("ca.pem: "));
  EXPECT_THAT(message(authority + authority.substr(0, authority.size() / 2)), HasSubstr("ca.pem: "));
  EXPECT_THAT(anchors.store(folder.path() / "absent.pem").error().what, HasSubstr("absent.pem"));
}

TEST(TrustAnchorsTest, NobodyIsAskedForAPassPhrase) {
  const TemporaryFolder folder;
  const PassPhraseWatch watch;
  host::TrustAnchors anchors;
  EXPECT_THAT(anchors.store(write_file(folder.path(), "ca.pem", encrypted_pem("CERTIFICATE"))).error().what,
              HasSubstr("ca.pem: after 0 certificates"));
  EXPECT_FALSE(watch.was_asked());
}

}  // namespace
}  // namespace bb::test
