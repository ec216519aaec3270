#include <bb/smart/configuration.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include "support/published_folder.hpp"

namespace {

using namespace bb::smart;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConfigurationTest, StandsBehindAllOfTheBase) {
  EXPECT_EQ(configuration_url("https://a.example"), "https://a.example/.well-known/smart-configuration");
  EXPECT_EQ(configuration_url("https://a.example/fhir/r4/"),
            "https://a.example/fhir/r4/.well-known/smart-configuration");
  EXPECT_EQ(openid_configuration_url("https://a.example/i"), "https://a.example/i/.well-known/openid-configuration");
}

TEST(ConfigurationTest, ReadsTheGuidesOwnSample) {
  const auto file = bb::test::published_folder() / "fhir/smart/smart-configuration-ig-sample.json";
  const auto text = bb::read_text(file);
  if (!text) GTEST_SKIP() << "no " << file;
  const auto configuration = read_configuration(*text);
  ASSERT_TRUE(configuration) << configuration.error().what;
  EXPECT_EQ(configuration->issuer, "https://ehr.example.com");
  EXPECT_EQ(configuration->authorization_endpoint, "https://ehr.example.com/auth/authorize");
  EXPECT_EQ(configuration->token_endpoint, "https://ehr.example.com/auth/token");
  EXPECT_EQ(configuration->jwks_uri, "https://ehr.example.com/.well-known/jwks.json");
  EXPECT_EQ(configuration->registration_endpoint, "https://ehr.example.com/auth/register");
  EXPECT_EQ(configuration->revocation_endpoint, "https://ehr.example.com/user/revoke");
  EXPECT_EQ(configuration->introspection_endpoint, "https://ehr.example.com/user/introspect");
  EXPECT_THAT(configuration->code_challenge_methods, ElementsAre("S256"));
  EXPECT_THAT(configuration->token_endpoint_auth_methods, ElementsAre("client_secret_basic", "private_key_jwt"));
  EXPECT_TRUE(configuration->can("permission-v2"));
  EXPECT_FALSE(configuration->can("permission-v1"));
  for (const auto& one : configuration->capabilities) EXPECT_TRUE(is_known_capability(one)) << one;
  EXPECT_FALSE(is_known_capability("permission-v3"));
}

TEST(ConfigurationTest, NamesTheMemberOfAnotherKind) {
  EXPECT_TRUE(read_configuration("{}"));
  EXPECT_TRUE(read_configuration(R"({"issuer": null, "unknown": 1})"));
  EXPECT_THAT(read_configuration(R"({"token_endpoint": 1})").error().what,
              HasSubstr("expected 'token_endpoint' to be a string, got integer"));
  EXPECT_THAT(read_configuration(R"({"capabilities": ["a", 1]})").error().what,
              HasSubstr("'capabilities' to be an array of strings"));
  EXPECT_THAT(read_configuration("[]").error().what, HasSubstr("expected an object, got array"));
  EXPECT_THAT(read_configuration("<html>").error().what, HasSubstr("is no JSON"));
  EXPECT_THAT(read_configuration(std::string(configuration_bytes_max + 1, ' ')).error().what, HasSubstr("at most"));
}

TEST(ConfigurationTest, ReadsTheOlderExtension) {
  const auto configuration =
      read_capability_statement(R"({"resourceType": "CapabilityStatement", "rest": [{"security": {
    "extension": [{"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", "extension": [
      {"url": "authorize", "valueUri": "https://a.example/o"}, {"url": "token", "valueUri": "https://a.example/t"}]}]}}]})");
  ASSERT_TRUE(configuration) << configuration.error().what;
  EXPECT_EQ(configuration->authorization_endpoint, "https://a.example/o");
  EXPECT_EQ(configuration->token_endpoint, "https://a.example/t");
  EXPECT_EQ(read_capability_statement(R"({"resourceType": "CapabilityStatement"})")->token_endpoint, "");
  EXPECT_THAT(read_capability_statement(R"({"resourceType": "Patient"})").error().what, HasSubstr("got 'Patient'"));
}

}  // namespace
