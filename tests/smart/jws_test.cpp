// Signed JSON, against the examples of RFC 7515 and RFC 8037.
#include <bb/smart/jws.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/client_authentication.hpp>

namespace {

using namespace bb::smart;
using bb::SigningKey;
using bb::Value;
using ::testing::HasSubstr;

// RFC 7515, A.3.
const std::string es256_set =
    R"({"keys": [{"kty": "oct", "k": "AAAA"}, {"kty": "EC", "crv": "P-256", "use": "sig", "kid": "one",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
const std::string es256_token =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

constexpr std::array<std::string_view, 2> es{"ES256", "ES384"};
constexpr std::array<std::string_view, 1> rs{"RS384"};

std::string problem(const bb::Status& status) { return status ? "" : status.error().what; }

TEST(JwsTest, VerifiesThePublishedToken) {
  const auto keys = read_key_set(es256_set);
  ASSERT_TRUE(keys) << keys.error().what;
  ASSERT_EQ(keys->size(), 1u);  // the secret one is left out
  const auto jws = read_jws(es256_token);
  ASSERT_TRUE(jws) << jws.error().what;
  EXPECT_EQ(jws->claims["iss"].string_or(""), "joe");
  EXPECT_EQ(problem(verify(*jws, *keys, es)), "");
  EXPECT_THAT(problem(verify(*jws, *keys, rs)), HasSubstr("algorithm is 'ES256', expected RS384"));
  EXPECT_THAT(problem(verify(*jws, {}, es)), HasSubstr("no key ''"));
}

TEST(JwsTest, RefusesWhatWasChanged) {
  const auto keys = *read_key_set(es256_set);
  auto jws = *read_jws(es256_token);
  jws.signing_input.back() = 'A';
  EXPECT_THAT(problem(verify(jws, keys, es)), HasSubstr("signature of the signed token is not the key's"));
  auto critical = *read_jws(es256_token);
  critical.header.set("crit", Value::strings({"exp"}));
  EXPECT_THAT(problem(verify(critical, keys, es)), HasSubstr("'crit'"));
  auto of_another = *read_jws(es256_token);
  of_another.key_id = "two";
  EXPECT_THAT(problem(verify(of_another, keys, es)), HasSubstr("no key 'two'"));
  // RFC 8725, 3.1: "none" is never allowed, whatever the caller says it allows.
  auto unsigned_one = *read_jws("eyJhbGciOiJub25lIn0.e30.");
  constexpr std::array<std::string_view, 1> none{"none"};
  EXPECT_FALSE(verify(unsigned_one, keys, none));
}

TEST(JwsTest, SignsWhatThePublishedKeysVerify) {
  for (const auto* const algorithm : {"ES384", "RS384"}) {
    const auto key = *SigningKey::generate(algorithm);
    const auto published = write_key_set({{key.verifying_key(), "k1", algorithm, "sig"}});
    const auto input = signing_input_of({.client_id = "app",
                                         .token_url = "https://a.example/token",
                                         .algorithm = algorithm,
                                         .key_id = "k1",
                                         .id = "once",
                                         .now_unix_ns = 1'000 * bb::ns_per_second});
    const auto jws = read_jws(compact_jws(input, *key.sign(algorithm, input)));
    ASSERT_TRUE(jws) << jws.error().what;
    constexpr std::array<std::string_view, 2> smart{"RS384", "ES384"};  // FHIR-SMART-41
    EXPECT_EQ(problem(verify(*jws, *read_key_set(published), smart)), "");
    EXPECT_EQ(jws->header["typ"].string_or(""), "JWT");
    EXPECT_EQ(jws->claims["sub"].string_or(""), "app");
    EXPECT_EQ(problem(check_claims(jws->claims, {.issuer = "app",
                                                 .audience = "https://a.example/token",
                                                 .now_unix_ns = 1'000 * bb::ns_per_second,
                                                 .leeway_s = 0,
                                                 .lifetime_s_max = assertion_lifetime_s_max})),
              "");
    // The private half is in no published set.
    EXPECT_THAT(published, Not(HasSubstr("\"d\"")));
  }
}

TEST(JwsTest, LooksAtEachClaim) {
  const auto now = 1'000 * bb::ns_per_second;
  const ClaimRules rules{.issuer = "i", .audience = "a", .now_unix_ns = now, .leeway_s = 10};
  const auto with = [&](std::string_view name, Value value) {
    auto claims = Value::object({{"iss", "i"}, {"aud", Value::strings({"b", "a"})}, {"exp", 1'000}, {"iat", 1'000}});
    claims.set(name, std::move(value));
    return problem(check_claims(claims, rules));
  };
  EXPECT_EQ(with("x", 1), "");
  EXPECT_EQ(with("aud", "a"), "");
  EXPECT_THAT(with("iss", "j"), HasSubstr("'iss' is 'j', expected 'i'"));
  EXPECT_THAT(with("aud", "b"), HasSubstr("'aud'"));
  EXPECT_EQ(with("exp", 991), "");
  EXPECT_THAT(with("exp", 990), HasSubstr("expired"));
  EXPECT_THAT(with("exp", Value()), HasSubstr("no 'exp'"));
  EXPECT_THAT(with("exp", true), HasSubstr("expected 'exp' to be a number"));
  EXPECT_EQ(with("nbf", 1'010), "");
  EXPECT_THAT(with("nbf", 1'011), HasSubstr("'nbf'"));
  EXPECT_THAT(with("iat", 1'011), HasSubstr("in the future"));
  const auto claims = Value::object({{"iss", "i"}, {"aud", "a"}, {"exp", 1'301}});
  EXPECT_THAT(
      problem(check_claims(claims, {.audience = "a", .now_unix_ns = now, .leeway_s = 0, .lifetime_s_max = 300})),
      HasSubstr("more than 300 s ahead"));
}

TEST(JwsTest, RefusesBrokenTokensAndSets) {
  for (const auto* const wrong : {"", "a.b", "a.b.c.d", "e30.e30.!", "e30=.e30.", "W10.e30.", "e30.bnVsbA."})
    EXPECT_FALSE(read_jws(wrong)) << wrong;
  EXPECT_THAT(read_jws(std::string(jws_bytes_max + 1, 'a')).error().what, HasSubstr("too long"));
  EXPECT_THAT(read_key_set("[]").error().what, HasSubstr("expected an object"));
  EXPECT_THAT(read_key_set(R"({"keys": {}})").error().what, HasSubstr("'keys' to be an array"));
  EXPECT_THAT(read_key_set(R"({"keys": [{"kty": "EC", "kid": "x", "crv": "P-256"}]})").error().what,
              HasSubstr("the key 'x' of the set: member 'x' is missing"));
  EXPECT_THAT(read_key_set(R"({"keys": [{}]})").error().what, HasSubstr("'kty' is missing"));
}

}  // namespace
