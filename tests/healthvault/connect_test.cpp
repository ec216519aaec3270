// Codes and answers: HV-CONN-01 and -02.
#include <gtest/gtest.h>

#include <set>

#include <bb/healthvault/connect.hpp>

namespace bb::healthvault::test {
namespace {

TEST(HealthvaultConnectTest, CodesHaveTwentyCharacters) {
  std::set<std::string> codes;
  std::set<char> characters;
  for (int i = 0; i < 1000; ++i) {
    const auto code = new_identity_code();
    EXPECT_EQ(code.size(), 20u);
    EXPECT_EQ(read_identity_code(code), code);
    characters.insert(code.begin(), code.end());
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 1000u);
  EXPECT_EQ(characters.size(), 24u);
  for (const char c : std::string("0O1IL2Z5S8BU")) EXPECT_FALSE(characters.contains(c)) << c;
}

TEST(HealthvaultConnectTest, CodesAreReadAsPeopleTypeThem) {
  EXPECT_EQ(read_identity_code("jkyz-qnmn-vhrx-zgnr-gznh"), "JKYZQNMNVHRXZGNRGZNH");
  EXPECT_EQ(read_identity_code(" JKYZ QNMN VHRX ZGNR GZNH "), "JKYZQNMNVHRXZGNRGZNH");
  for (const auto* wrong : {"", "JKYZ", "JKYZQNMNVHRXZGNRGZN", "JKYZQNMNVHRXZGNRGZNHX", "JKYZQNMNVHRXZGNRGZN*",
                            "JKYZQNMNVHRXZGNRGZN\xC3\x9F"})
    EXPECT_EQ(read_identity_code(wrong), "") << wrong;
}

TEST(HealthvaultConnectTest, AnswersAreComparedWithoutCaseButWithBlanks) {
  EXPECT_TRUE(is_same_answer("My Dog", "my dog"));
  EXPECT_FALSE(is_same_answer("my  dog", "my dog"));
  EXPECT_FALSE(is_same_answer("my dog ", "my dog"));
  EXPECT_FALSE(is_same_answer("mydog", "my dog"));
  EXPECT_FALSE(is_same_answer("", "my dog"));
}

}  // namespace
}  // namespace bb::healthvault::test
