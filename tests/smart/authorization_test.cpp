#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/smart/authorization.hpp>

namespace {

using namespace bb::smart;
using ::testing::HasSubstr;

TEST(AuthorizationTest, AsksForACodeWithAllThatSmartWants) {
  const auto url = bb::with_query("https://a.example/authorize",
                                  fields_of({.client_id = "app",
                                             .redirect_uri = "https://app.example/back?x=1",
                                             .scope = "launch/patient patient/*.rs",
                                             .state = "s",
                                             .audience = "https://a.example/fhir",
                                             .code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                                             .more = {{"lang", "es"}}}));
  EXPECT_EQ(url,
            "https://a.example/"
            "authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fback%3Fx%3D1"
            "&scope=launch%2Fpatient%20patient%2F%2A.rs&state=s&aud=https%3A%2F%2Fa.example%2Ffhir"
            "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&lang=es");
}

TEST(AuthorizationTest, TellsNoAudienceWhereThereIsNone) {
  const auto fields =
      fields_of({.client_id = "app", .redirect_uri = "r", .scope = "summary:", .state = "s", .code_challenge = "c"});
  EXPECT_EQ(bb::find_field(fields, "aud"), nullptr);
}

TEST(AuthorizationTest, ReadsWhatComesBack) {
  // RFC 6749, 4.1.2 and 4.1.2.1: their own examples.
  const auto answer = read_authorization_return("https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz");
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->code.bytes(), "SplxlOBeZQQYbYS6WxSbIA");
  EXPECT_TRUE(is_own_return(*answer, "xyz"));
  EXPECT_FALSE(is_own_return(*answer, "xy"));
  EXPECT_FALSE(is_own_return(*answer, ""));
  const auto refused = read_authorization_return("https://client.example.com/cb?error=access_denied&state=xyz");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->error->code, "access_denied");
  EXPECT_TRUE(refused->code.is_empty());
  EXPECT_EQ(read_authorization_return("code=a%2Fb&iss=https%3A%2F%2Fi.example")->issuer, "https://i.example");
  EXPECT_EQ(read_authorization_return("code=a?b")->code.bytes(), "a?b");
}

TEST(AuthorizationTest, RefusesReturnsThatCanBeReadInTwoWays) {
  EXPECT_THAT(read_authorization_return("https://c.example/?code=a&code=b").error().what,
              HasSubstr("'code' more than once"));
  EXPECT_THAT(read_authorization_return("https://c.example/?code=a&error=b").error().what, HasSubstr("both"));
  EXPECT_THAT(read_authorization_return("https://c.example/?state=a").error().what, HasSubstr("neither"));
  EXPECT_THAT(read_authorization_return("https://c.example/#code=a").error().what, HasSubstr("neither"));
  EXPECT_THAT(read_authorization_return("https://c.example/?code=%4").error().what, HasSubstr("broken escape"));
  EXPECT_FALSE(is_own_return(AuthorizationReturn{}, ""));
}

}  // namespace
