#include <bb/smart/token.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace bb::smart;
using ::testing::HasSubstr;

TEST(TokenTest, ReadsTheAnswerOfTheGuide) {
  const auto answer = read_token_response(R"({"access_token": "i8hweunweunweofiwweoijewiwe", "token_type": "bearer",
    "patient": "123", "scope": "patient/Observation.rs", "expires_in": 3600, "need_patient_banner": false,
    "refresh_token": "r", "fhirContext": [], "access_grant_expiration": "2027-01-01T00:00:00Z"})");
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->access_token.bytes(), "i8hweunweunweofiwweoijewiwe");
  EXPECT_EQ(answer->refresh_token.bytes(), "r");
  EXPECT_EQ(answer->patient, "123");
  EXPECT_EQ(answer->scope, "patient/Observation.rs");
  EXPECT_EQ(answer->expires_in_s, 3600);
  EXPECT_EQ(answer->need_patient_banner, false);
  EXPECT_EQ(answer->access_grant_expiration, "2027-01-01T00:00:00Z");
}

std::optional<std::int64_t> seconds(std::string_view written) {
  const auto answer = read_token_response(R"({"access_token": "a", "token_type": "Bearer", "expires_in": )" +
                                          std::string(written) + "}");
  EXPECT_TRUE(answer) << written;
  return answer ? answer->expires_in_s : std::nullopt;
}

TEST(TokenTest, TakesSecondsAsServersWriteThem) {
  EXPECT_EQ(seconds("3599.99"), 3599);  // FHIR-BB2-11
  EXPECT_EQ(seconds("\"3600\""), 3600);
  EXPECT_EQ(seconds("0"), 0);
  EXPECT_EQ(seconds("null"), std::nullopt);
  EXPECT_EQ(seconds("-1"), -1);
}

TEST(TokenTest, RefusesWhatCannotBeUsedAndTellsNoValue) {
  const auto why = [](std::string_view body) {
    const auto answer = read_token_response(body);
    return answer ? std::string("an answer") : answer.error().what;
  };
  EXPECT_THAT(why("{}"), HasSubstr("'access_token' is missing"));
  EXPECT_THAT(why(R"({"access_token": "a"})"), HasSubstr("'token_type' is missing"));
  EXPECT_THAT(why(R"({"access_token": "a", "token_type": "mac"})"), HasSubstr("to be Bearer"));
  EXPECT_THAT(why(R"({"access_token": "a\r\nX: y", "token_type": "Bearer"})"), HasSubstr("cannot stand in a header"));
  EXPECT_THAT(why(R"({"access_token": ["a"], "token_type": "Bearer"})"), HasSubstr("'access_token' to be a string"));
  for (const auto* const wrong : {"true", "\"1e3\"", "\"\"", "1e300", "[]"})
    EXPECT_THAT(why(R"({"access_token": "canary", "token_type": "Bearer", "expires_in": )" + std::string(wrong) + "}"),
                AllOf(HasSubstr("'expires_in'"), Not(HasSubstr("canary"))))
        << wrong;
  EXPECT_THAT(why("<html>sign in</html>"), HasSubstr("no JSON"));
}

TEST(TokenTest, AsksAsTheRfcDoes) {
  EXPECT_EQ(bb::write_form(code_fields("SplxlOBeZQQYbYS6WxSbIA", "https://client.example.com/cb", "v")),
            "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA"
            "&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb&code_verifier=v");
  EXPECT_EQ(bb::write_form(refresh_fields("tGzv3JOkF0XG5Qx2TlKWIA")),
            "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA");
  EXPECT_EQ(bb::write_form(refresh_fields("t", "openid")), "grant_type=refresh_token&refresh_token=t&scope=openid");
  EXPECT_EQ(bb::write_form(client_credentials_fields("system/*.rs")),
            "grant_type=client_credentials&scope=system%2F%2A.rs");
  EXPECT_EQ(bb::write_form(revocation_fields("t", "refresh_token")), "token=t&token_type_hint=refresh_token");
  EXPECT_EQ(bb::write_form(introspection_fields("t")), "token=t");
}

TEST(TokenTest, ReadsIntrospections) {
  // RFC 7662, 2.2, with SMART's own members.
  const auto answer = read_introspection(R"({"active": true, "client_id": "l238j323ds-23ij4", "scope": "read write",
    "sub": "Z5O3upPC88QrAjx00dis", "iss": "https://server.example.com/", "exp": 1419356238, "patient": "7"})");
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_TRUE(answer->is_active);
  EXPECT_EQ(answer->client_id, "l238j323ds-23ij4");
  EXPECT_EQ(answer->expires_unix_s, 1419356238);
  EXPECT_EQ(answer->patient, "7");
  EXPECT_FALSE(read_introspection(R"({"active": false})")->is_active);
  EXPECT_THAT(read_introspection("{}").error().what, HasSubstr("'active' is missing"));
  EXPECT_THAT(read_introspection(R"({"active": "true"})").error().what, HasSubstr("true or false"));
}

}  // namespace
