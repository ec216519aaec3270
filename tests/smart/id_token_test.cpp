#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <bb/core/time.hpp>
#include <bb/smart/id_token.hpp>

namespace {

using namespace bb::smart;
using bb::SigningKey;
using bb::Value;
using ::testing::HasSubstr;

struct Issuer {
  SigningKey key = *SigningKey::generate("RS256");
  std::vector<PublishedKey> keys{{key.verifying_key(), "k1", "RS256", "sig"}};

  std::string token(Value claims, std::string_view algorithm = "RS256") const {
    const auto input = signing_input(Value::object({{"alg", algorithm}, {"kid", "k1"}}), claims);
    return compact_jws(input, *key.sign("RS256", input));
  }
};

Value claims() {
  return Value::object({{"iss", "https://i.example"},
                        {"sub", "alice"},
                        {"aud", "app"},
                        {"exp", 2'000},
                        {"iat", 1'000},
                        {"fhirUser", "Patient/7"},
                        {"nonce", "n"}});
}

TEST(IdTokenTest, SaysWhoSignedIn) {
  const Issuer issuer;
  const IdTokenRules rules{"https://i.example", "app", 1'500 * bb::ns_per_second, "n"};
  const auto identity = read_id_token(issuer.token(claims()), issuer.keys, rules);
  ASSERT_TRUE(identity) << identity.error().what;
  EXPECT_EQ(identity->subject, "alice");
  EXPECT_EQ(identity->fhir_user, "Patient/7");

  const auto why = [&](std::string_view name, Value value) {
    auto changed = claims();
    changed.set(name, std::move(value));
    const auto read = read_id_token(issuer.token(changed), issuer.keys, rules);
    return read ? std::string() : read.error().what;
  };
  EXPECT_EQ(why("azp", "app"), "");
  EXPECT_EQ(why("aud", Value::strings({"app"})), "");
  EXPECT_THAT(why("iss", "https://j.example"), HasSubstr("'iss'"));
  EXPECT_THAT(why("aud", "other"), HasSubstr("'aud'"));
  EXPECT_THAT(why("aud", Value::strings({"app", "other"})), HasSubstr("no 'azp'"));
  EXPECT_THAT(why("azp", "other"), HasSubstr("'azp'"));
  EXPECT_THAT(why("nonce", "m"), HasSubstr("'nonce'"));
  EXPECT_THAT(why("exp", 1'000), HasSubstr("expired"));
  EXPECT_THAT(why("iat", Value()), HasSubstr("no 'iat'"));
  EXPECT_THAT(why("sub", ""), HasSubstr("no 'sub'"));
}

TEST(IdTokenTest, TakesNoOtherKeyAndNoOtherAlgorithm) {
  const Issuer issuer, another;
  const IdTokenRules rules{"https://i.example", "app", 1'500 * bb::ns_per_second};
  EXPECT_THAT(read_id_token(another.token(claims()), issuer.keys, rules).error().what, HasSubstr("not the key's"));
  for (const auto* const algorithm : {"none", "HS256", "RS1", "rs256"})
    EXPECT_THAT(read_id_token(issuer.token(claims(), algorithm), issuer.keys, rules).error().what,
                HasSubstr("algorithm is"))
        << algorithm;
}

}  // namespace
