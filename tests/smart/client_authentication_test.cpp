#include <gtest/gtest.h>

#include <bb/smart/client_authentication.hpp>

namespace {

using namespace bb::smart;

TEST(ClientAuthenticationTest, WritesBasicCredentialsAsTheRfcDoes) {
  // RFC 6749, 2.3.1.
  EXPECT_EQ(basic_credentials("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
            "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
  // "a:b" and "c%d", encoded before they are joined: a%3Ab:c%25d.
  EXPECT_EQ(basic_credentials("a:b", "c%d"), "Basic YSUzQWI6YyUyNWQ=");
}

TEST(ClientAuthenticationTest, NamesMethodsAsServersDo) {
  for (const auto* const word : {"none", "client_secret_basic", "client_secret_post", "private_key_jwt"})
    EXPECT_EQ(word_of(*client_authentication(word)), word);
  EXPECT_EQ(client_authentication("client_secret_jwt"), std::nullopt);
}

TEST(ClientAuthenticationTest, SendsTheAssertionByItsType) {
  EXPECT_EQ(
      bb::write_form(assertion_fields("a.b.c")),
      "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c");
}

}  // namespace
