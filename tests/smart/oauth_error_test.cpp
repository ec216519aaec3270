#include <bb/smart/oauth_error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace bb::smart;
using ::testing::HasSubstr;

TEST(OAuthErrorTest, ReadsRefusals) {
  const auto error = read_oauth_error(R"({"error": "invalid_grant", "error_description": "used\u001b[2J before"})");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "invalid_grant");
  EXPECT_THAT(text_of(*error), AllOf(HasSubstr("invalid_grant: used"), Not(HasSubstr("\x1b"))));
  EXPECT_FALSE(read_oauth_error("<html>"));
  EXPECT_FALSE(read_oauth_error(R"({"error": 1})"));
  EXPECT_FALSE(read_oauth_error("[]"));
  EXPECT_TRUE(is_known_error("invalid_client"));
  EXPECT_FALSE(is_known_error("invalid"));
}

std::optional<BearerChallenge> challenge_of(std::string_view value) {
  const auto read = read_bearer_challenge(value);
  EXPECT_TRUE(read) << value << ": " << read.error().what;
  return read ? *read : std::nullopt;
}

TEST(OAuthErrorTest, ReadsBearerChallenges) {
  // RFC 6750, 3: its own examples.
  EXPECT_EQ(challenge_of(R"(Bearer realm="example")")->realm, "example");
  EXPECT_FALSE(challenge_of(R"(Bearer realm="example")")->error);
  const auto expired =
      challenge_of(R"(Bearer realm="example", error="invalid_token", error_description="The access token expired")");
  EXPECT_EQ(expired->error->code, "invalid_token");
  EXPECT_EQ(expired->error->description, "The access token expired");
  EXPECT_TRUE(challenge_of("Bearer"));
  EXPECT_TRUE(challenge_of("bearer"));
  EXPECT_FALSE(challenge_of(""));
  EXPECT_FALSE(challenge_of(R"(Basic realm="x, Bearer error=y")"));
  // Several schemes in one value (RFC 9110, 11.6.1).
  EXPECT_EQ(
      challenge_of(R"(Basic realm="a", Negotiate YII/x==, Bearer scope="p \"q\"", error=insufficient_scope)")->scope,
      "p \"q\"");
  EXPECT_EQ(challenge_of(R"(Bearer error=a, Basic error=b)")->error->code, "a");
  EXPECT_FALSE(read_bearer_challenge(R"(Bearer realm="open)"));
  EXPECT_FALSE(read_bearer_challenge("@"));
}

}  // namespace
