#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>
#include <bb/smart/pkce.hpp>

namespace {

using namespace bb::smart;

// RFC 7636, appendix B.
constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

TEST(PkceTest, AgreesWithThePublishedPair) {
  EXPECT_EQ(code_challenge(verifier), challenge);
  EXPECT_TRUE(is_verifier_of(verifier, challenge));
  EXPECT_EQ(code_verifier(*bb::base64url_decode(verifier)), verifier);
}

TEST(PkceTest, RefusesEveryOtherVerifier) {
  EXPECT_FALSE(is_verifier_of("", challenge));
  EXPECT_FALSE(is_verifier_of(challenge, challenge));  // the challenge as `plain`
  EXPECT_FALSE(is_verifier_of(std::string(verifier) + "x", challenge));
  EXPECT_FALSE(is_verifier_of(verifier, std::string(challenge) + "="));
  EXPECT_FALSE(is_verifier_of("", code_challenge("")));
}

TEST(PkceTest, HoldsVerifiersToTheirAlphabetAndLength) {
  EXPECT_FALSE(is_code_verifier(std::string(42, 'a')));
  EXPECT_TRUE(is_code_verifier(std::string(43, 'a')));
  EXPECT_TRUE(is_code_verifier(std::string(124, 'Z') + "-._~"));
  EXPECT_FALSE(is_code_verifier(std::string(129, 'a')));
  EXPECT_FALSE(is_code_verifier(std::string(43, 'a') + "+"));
  EXPECT_TRUE(is_code_verifier(code_verifier(bb::random_bytes(verifier_random_bytes))));
}

}  // namespace
