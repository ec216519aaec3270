#include <bb/smart/registration.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/json.hpp>

namespace {

using namespace bb::smart;
using ::testing::HasSubstr;

TEST(RegistrationTest, SaysWhatAnApplicationIs) {
  const auto key = *bb::SigningKey::generate("ES384");
  const auto body = *bb::parse_json(write_registration({.client_name = "App",
                                                        .redirect_uris = {"https://app.example/back"},
                                                        .scope = "patient/*.rs",
                                                        .authentication = ClientAuthentication::private_key_jwt,
                                                        .keys = {{key.verifying_key(), "k", "ES384", "sig"}}}));
  EXPECT_EQ(body["redirect_uris"][0].string_or(""), "https://app.example/back");
  EXPECT_EQ(body["token_endpoint_auth_method"].string_or(""), "private_key_jwt");
  EXPECT_EQ(body["jwks"]["keys"][0]["crv"].string_or(""), "P-384");
  for (const auto* absent : {"jwks_uri", "client_uri", "logo_uri", "tos_uri", "contacts"})
    EXPECT_EQ(body.find(absent), nullptr) << absent;
}

TEST(RegistrationTest, SaysWhoMadeItAndWhichTokensItGets) {
  const auto body = *bb::parse_json(write_registration({.client_name = "App",
                                                        .client_uri = "https://app.example",
                                                        .logo_uri = "https://app.example/logo.png",
                                                        .tos_uri = "https://app.example/terms",
                                                        .contacts = {"people@app.example"},
                                                        .redirect_uris = {"https://app.example/back"},
                                                        .grant_types = {"implicit"},
                                                        .response_types = {"token"}}));
  EXPECT_EQ(body["client_uri"].string_or(""), "https://app.example");
  EXPECT_EQ(body["logo_uri"].string_or(""), "https://app.example/logo.png");
  EXPECT_EQ(body["tos_uri"].string_or(""), "https://app.example/terms");
  EXPECT_EQ(bb::strings_of(body["contacts"]), std::vector<std::string>{"people@app.example"});
  EXPECT_EQ(bb::strings_of(body["grant_types"]), std::vector<std::string>{"implicit"});
  EXPECT_EQ(bb::strings_of(body["response_types"]), std::vector<std::string>{"token"});
}

TEST(RegistrationTest, ReadsTheAnswer) {
  const auto client =
      read_registered_client(R"({"client_id": "s6BhdRkqt3", "client_secret": "cf136dc3c1fc93f31185e5885805d"})");
  ASSERT_TRUE(client) << client.error().what;
  EXPECT_EQ(client->client_id, "s6BhdRkqt3");
  EXPECT_EQ(client->client_secret.bytes(), "cf136dc3c1fc93f31185e5885805d");
  EXPECT_THAT(read_registered_client("{}").error().what, HasSubstr("'client_id' is missing"));
}

}  // namespace
