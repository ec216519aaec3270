#include "harness/cli/mail_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include <bb/core/files.hpp>

#include "direct/people.hpp"
#include "support/temporary_folder.hpp"

namespace bb::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class MailOptionsTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const auto file = folder_.path() / name;
    EXPECT_TRUE(write_text(file, text));
    return file.string();
  }

  static Result<std::shared_ptr<const documents::MailSettings>> read(
      const std::map<std::string, std::vector<std::string>>& options) {
    Args args;
    args.options = options;
    return mail_settings_of(args);
  }
  static std::string mistake(const std::map<std::string, std::vector<std::string>>& options) {
    const auto settings = read(options);
    return settings ? "" : settings.error().what;
  }

  test::TemporaryFolder folder_;
};

TEST_F(MailOptionsTest, AreTheUsualOnesWithoutAny) {
  const auto settings = test::must(read({}));
  EXPECT_TRUE(settings->keys.empty());
  EXPECT_TRUE(settings->anchors.empty());
  EXPECT_FALSE(settings->at);
  EXPECT_EQ(settings->direct_as, "1.2");
}

TEST_F(MailOptionsTest, ReadListsAndAuthoritiesBetween) {
  const auto root = write("root.pem", pki::to_pem(test::people().root.certificate));
  const auto der = test::must(pki::make_list(test::people().root, {}, 1'600'000'000, 1'600'100'000));
  const auto settings = test::must(read(
      {{"crl", {write("root.crl", der), write("root.crl.pem", pki::list_to_pem(der))}}, {"intermediates", {root}}}));
  EXPECT_EQ(settings->lists.size(), 2u);
  ASSERT_EQ(settings->intermediates.size(), 1u);
  EXPECT_EQ(settings->intermediates[0], test::people().root.certificate);
  EXPECT_THAT(mistake({{"crl", {root}}}), HasSubstr("root.pem: expected a revocation list"));
  EXPECT_THAT(mistake({{"intermediates", {write("empty", "")}}}), HasSubstr("--intermediates "));
}

TEST_F(MailOptionsTest, ReadKeysAnchorsTimeAndVersion) {
  const auto key = write("alice.pem", pki::to_pem(test::people().alice));
  const auto anchor = write("root.pem", pki::to_pem(test::people().root.certificate));
  const auto settings =
      test::must(read({{"key", {key}}, {"anchor", {anchor, anchor}}, {"at", {"2020-09-15"}}, {"direct-as", {"1.3"}}}));
  ASSERT_EQ(settings->keys.size(), 1u);
  EXPECT_EQ(settings->keys[0].certificate, test::people().alice.certificate);
  EXPECT_EQ(settings->anchors.size(), 2u);
  EXPECT_EQ(settings->at, 1'600'128'000);  // date -u -d 2020-09-15 +%s
  EXPECT_EQ(settings->direct_as, "1.3");
}

TEST_F(MailOptionsTest, EveryKeyOfAFileCounts) {
  const auto both = pki::to_pem(test::people().alice) + pki::to_pem(test::people().bob);
  const auto settings = test::must(read({{"key", {write("both.pem", both)}}}));
  ASSERT_EQ(settings->keys.size(), 2u);
  EXPECT_EQ(settings->keys[1].certificate, test::people().bob.certificate);
  const auto certificate = pki::to_pem(test::people().bob.certificate);
  EXPECT_THAT(mistake({{"key", {write("bob.pem", certificate)}}}), HasSubstr("no private key that fits"));
}

TEST_F(MailOptionsTest, MistakesNameTheOption) {
  EXPECT_THAT(mistake({{"direct-as", {"2.0"}}}), AllOf(HasSubstr("--direct-as"), HasSubstr("1.0, 1.1, 1.2, 1.3")));
  EXPECT_THAT(mistake({{"at", {"yesterday"}}}), AllOf(HasSubstr("--at"), HasSubstr("yesterday")));
  EXPECT_THAT(mistake({{"anchor", {write("text", "no certificate")}}}), HasSubstr("--anchor"));
  EXPECT_THAT(mistake({{"key", {(folder_.path() / "none").string()}}}), HasSubstr("none"));
  EXPECT_THAT(mistake({{"key-password-env", {"BB_NO_SUCH_VARIABLE"}}}), HasSubstr("BB_NO_SUCH_VARIABLE"));
}

TEST_F(MailOptionsTest, AKeyThatCannotBeReadIsNotShown) {
  const auto text = pki::to_pem(test::people().alice);
  const auto key = text.substr(text.find("PRIVATE KEY-----\n") + 17, 40);
  const auto told = mistake({{"key", {write("alice.pem", text.substr(0, text.find("-----END PRIVATE KEY")))}}});
  EXPECT_THAT(told, AllOf(HasSubstr("--key"), Not(HasSubstr(key))));
}

}  // namespace
}  // namespace bb::cli
