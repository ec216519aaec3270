#include <bb/smart/jwe.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::smart {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The example of the specification, "Example Encryption", with its key.
const std::string published_key = *base64url_decode("rxTgYlOaKJPFtcEd0qcceN8wEU4p94SqAwIWQe6uX7Q");
const std::string published =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3R5IjoiYXBwbGljYXRpb24vc21hcnQtaGVhbHRoLWNhcmQifQ..B9Bd5AW751az-gEx"
    ".iah6mxLb5TQe2ZfCwEUs4R1t8WoP0mnFc-TUzN1NIyzUeDwJNOcxv4CY8wV6ys4Dicnr3IhqTvVU1RbR-4eq1GCd4g96faV8_0MbHwXzP24"
    "6Tz9BDLhQ2zlAjYqvvCi_JuWdyWqGhKeWGX1XibNHFzzVT0FmYensfKF4o0uSeZWQDKVEEhzMSKuALMpUkfwHcmCRfLT-ctANSxq-Zj0IIeT"
    "66XbztOomStjlfi-F-FaqBGZfHOARCVvT143CTYELLJCUdD4qUVkrNuLmRZrNuqVpY0g5BjABswkIoDmyoRJAEohuZCamZNA--p-uRqJjRef"
    "ED1eMrKSppabV2ugaqoFlieujTOE-a3VKib9aC-lFsmLalkwh9ctr_FZqS9H46rqGjGcOxtAXalo1jkMPGupVsE1W-xIH14wbPCYcgfldH9S"
    "H7X60462kxD8OFdHpvnnfAvjQnaE4QDqasT5ySpBRtck4GVxs2IRBt62-kOlzoI8lHapLdwIms-Gdt7z38E47ZE3afE4IIbobPGz7wGvjbi3"
    "z234ARvGQ4jREgPQb1NRYAEtZlrZNzR6N7ofXD8jF502tw-QWI_Ox0jFP5tynIiMp-hG25ecQ0s4MzPHFC0ZABPamgg3MS-UILl76gMDCHS5"
    "Te_JAXZoC1HnkETw5M217SaG5ISAU0F5qETMREfTjZR9E45MDhnw7uY1vo2lffRB3ei1QqGuLh0gUnVU7TUfFYwcOqV15sb0t1lMj0mmyG5v"
    "-_dE9H6dYtRKJARltmdfSmc1HisBewx75Xh5ChJQ1hiCEDaZ1wqFjsFJ6SrKgJ7C1N7vx6QKx8YXwFH7ePG2qG39leT5JKZnqAvi9fqc6x-Y"
    "wfhSjbRKGZoj2o55Fd2fbwtK6CXpiW6AekT7PUcl_7ynTq-DaQ_Yc29WwtmgapcCRNpfcMsoqCD4giu1V3Sj5DQLglwuk1gAMcuV5fo8JpAB"
    "u2_is83WZ_GJ1WWMUxyZGq6u-EGuZrP96Yewb7-zfnt2lao_LJg1ef5cqDTW7-0MS27wkmLiIi0e-PYvS-UfWVHg1oNbR-MHXMVEQ6gqNg08"
    "IgEyPDSFCUbf75HuMILN80bQNtSlFj6FR7uNKHr8sigvKI80k.5flOKKmeqYm0TamwROr8Nw";

// Made by pyca/cryptography (AESGCM) and Python's zlib: key 00 to 1f, nonce 00 to 0b, this text twenty times.
const std::string zipped =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3R5IjoiYXBwbGljYXRpb24vZmhpcitqc29uIiwiemlwIjoiREVGIn0..AAECAwQFBgcI"
    "CQoL.7FT8Uegr7TbHD5oinaEt39Gkrfm7shYp6jbPBO3688FzQj23nTLhGBYNBsjNEmJuP-jVWPks5S-yfTHMX6Pq7g.Rj2skS5VefC5iaD_gI6"
    "W0Q";
constexpr std::string_view zipped_text = R"({"resourceType":"Bundle","type":"collection","entry":[]})";

std::string counted(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(i);
  return bytes;
}

std::string why_not(const std::string& compact, const std::string& key) {
  const auto jwe = read_jwe(compact);
  if (!jwe) return jwe.error().what;
  const auto content = open_jwe(*jwe, key);
  return content ? "it opens" : content.error().what;
}

TEST(JweTest, OpensTheExampleOfTheSpecification) {
  const auto jwe = read_jwe(published);
  ASSERT_TRUE(jwe) << jwe.error().what;
  EXPECT_EQ(jwe->header["cty"].string_or(""), "application/smart-health-card");
  const auto content = open_jwe(*jwe, published_key);
  ASSERT_TRUE(content) << content.error().what;
  EXPECT_EQ(content->size(), 846u);
  EXPECT_THAT(*content, StartsWith("{\n  \"verifiableCredential\": [\n    \"eyJ6aXAi"));
}

TEST(JweTest, WritesTheExampleOfTheSpecification) {
  const auto jwe = read_jwe(published);
  const auto content = open_jwe(*jwe, published_key);
  EXPECT_EQ(write_jwe(*content, "application/smart-health-card", published_key, jwe->nonce, Zip::none), published);
}

TEST(JweTest, InflatesWhatAnotherProgramDeflated) {
  const auto jwe = read_jwe(zipped);
  ASSERT_TRUE(jwe) << jwe.error().what;
  const auto content = open_jwe(*jwe, counted(32));
  ASSERT_TRUE(content) << content.error().what;
  EXPECT_EQ(*content, replace_all(std::string(20, 'x'), "x", zipped_text));
}

TEST(JweTest, ReadsWhatItDeflated) {
  const std::string text(100'000, 'a');
  const auto compact = write_jwe(text, "application/fhir+json", counted(32), counted(12), Zip::deflate);
  EXPECT_LT(compact.size(), 1'000u);
  EXPECT_EQ(*open_jwe(*read_jwe(compact), counted(32)), text);
}

TEST(JweTest, RefusesWhatWasChanged) {
  const auto parts = split(published, '.');
  EXPECT_THAT(why_not(published, counted(32)), HasSubstr("the key does not open it"));
  EXPECT_THAT(why_not(published, published_key.substr(1)), HasSubstr("expected a key of 32 bytes, got 31"));
  for (const std::size_t part : std::array<std::size_t, 3>{2, 3, 4}) {
    auto changed = parts;
    changed[part][0] = changed[part][0] == 'A' ? 'B' : 'A';
    EXPECT_THAT(why_not(join(changed, "."), published_key), HasSubstr("the key does not open it")) << part;
  }
  auto header = parts;
  header[0] = base64url_encode(R"({"alg":"dir","enc":"A256GCM","cty":"text/plain"})");
  EXPECT_THAT(why_not(join(header, "."), published_key), HasSubstr("the key does not open it"));
}

TEST(JweTest, RefusesOtherAlgorithms) {
  const auto with_header = [](std::string_view json) {
    auto parts = split(published, '.');
    parts[0] = base64url_encode(json);
    return join(parts, ".");
  };
  EXPECT_THAT(why_not(with_header(R"({"alg":"A256KW","enc":"A256GCM"})"), published_key), HasSubstr("'alg' to be dir"));
  EXPECT_THAT(why_not(with_header(R"({"alg":"dir","enc":"A128GCM"})"), published_key), HasSubstr("'enc'"));
  EXPECT_THAT(why_not(with_header(R"({"alg":"dir","enc":"A256GCM","zip":"GZ"})"), published_key), HasSubstr("'zip'"));
  EXPECT_THAT(why_not(with_header(R"({"alg":"dir","enc":"A256GCM","crit":["x"]})"), published_key),
              HasSubstr("'crit'"));
}

TEST(JweTest, RefusesWhatIsNoFile) {
  EXPECT_THAT(why_not("", published_key), HasSubstr("expected five parts"));
  EXPECT_THAT(why_not("a.b.c.d", published_key), HasSubstr("expected five parts"));
  EXPECT_THAT(why_not("e30..=.AA.AA", published_key), HasSubstr("part 3 is no base64url"));
  EXPECT_THAT(why_not("W10..AA.AA.AA", published_key), HasSubstr("no JSON object"));
  EXPECT_THAT(why_not(std::string(jwe_bytes_max + 1, 'A'), published_key), HasSubstr("at most"));
}

TEST(JweTest, StopsWhereDeflatedContentIsTooLong) {
  const auto bomb = write_jwe(std::string(jwe_content_bytes_max + 1, '\0'), "", counted(32), counted(12), Zip::deflate);
  EXPECT_LT(bomb.size(), 1'000'000u);
  EXPECT_THAT(why_not(bomb, counted(32)), HasSubstr("bytes of content"));
}

}  // namespace
}  // namespace bb::smart
