#include <bb/core/crypto.hpp>

#include <gtest/gtest.h>

namespace bb {
namespace {

TEST(CryptoTest, HashesAsTheStandardSays) {
  // FIPS 180-4 examples.
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(CryptoTest, EncodesBase64AsRfc4648Says) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode("\xFB\xFF\xFE"
                             "f"),
            "-__-Zg");
}

TEST(CryptoTest, DecodesBase64AndRefusesTheRest) {
  EXPECT_EQ(base64_decode("Zm9v\r\n YmE="), "fooba");
  EXPECT_EQ(base64_decode(""), "");
  for (const auto* text : {"Zg=", "Zg", "Z===", "Z$==", "Zg==Zg==", "===="})
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
}

TEST(CryptoTest, SkipsWhiteSpaceAndRefusesOthersAtEveryPlaceOfBase64) {
  const std::string text = "Zm9vYmFyZm9vYg==";  // RFC 4648, 10: foobar, then foob
  EXPECT_EQ(base64_decode(text), "foobarfoob");
  for (std::size_t at = 0; at <= text.size(); ++at) {
    auto broken = text;
    EXPECT_EQ(base64_decode(broken.insert(at, "\r\n")), "foobarfoob") << at;
    EXPECT_EQ(base64_decode(text.substr(0, at)).has_value(), at % 4 == 0) << at;
    for (const char other : {'-', '=', '\xFF', '\0'}) {
      auto wrong = text;
      EXPECT_EQ(base64_decode(wrong.insert(at, 1, other)), std::nullopt) << at;
    }
  }
}

TEST(CryptoTest, RandomTokensDiffer) {
  EXPECT_EQ(random_bytes(16).size(), 16u);
  EXPECT_NE(random_token(), random_token());
  EXPECT_EQ(random_token(24).size(), 32u);
}

TEST(CryptoTest, RepeatableBytesFollowFromTheSeedHoweverTheyAreTaken) {
  RepeatableBytes whole("seed");
  RepeatableBytes pieces("seed");
  // printf 'seed/0' | sha256sum, then 'seed/1'
  const std::string expected =
      "b0943760c66211bf867823612f647fdd55621aa7e7f24c7d4b62f5366950c59b"
      "8dd6c1357c97a0b7a016fe2dd9e24c730e5b0e0f445959926cb19b7e804b1820";
  EXPECT_EQ(to_hex(whole.next(64)), expected);
  std::string joined;
  for (const std::size_t count : {0U, 1U, 31U, 1U, 30U, 1U}) joined += pieces.next(count);
  EXPECT_EQ(to_hex(joined), expected);
  EXPECT_NE(RepeatableBytes("other").next(64), RepeatableBytes("seed").next(64));
}

TEST(CryptoTest, ComparesWholeContents) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_constant_time("secret", "secre"));
}

}  // namespace
}  // namespace bb
