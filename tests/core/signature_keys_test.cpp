// Signatures by JOSE's algorithms, against published vectors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <bb/core/crypto.hpp>
#include <bb/core/signature_keys.hpp>

namespace {

using bb::KeyMembers;
using bb::SigningKey;
using bb::VerifyingKey;
using ::testing::HasSubstr;

// RFC 7515, A.2: key and signature of RS256.
const KeyMembers rsa_2048{
    {"kty", "RSA"},
    {"n",
     "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
     "pCgNMs"
     "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
     "UTo7WTBEMa2R2CapHg665xsmtdV"
     "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
    {"e", "AQAB"}};
const std::string rs256_input =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string rs256_signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcA"
    "cQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
    "eOkHW"
    "EsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

// RFC 7515, A.3: of ES256.
const KeyMembers ec_256{{"kty", "EC"},
                        {"crv", "P-256"},
                        {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                        {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};
const std::string es256_input =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string es256_signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

// RFC 8037, A.4: of EdDSA.
const KeyMembers ed25519{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}};
const std::string eddsa_input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const std::string eddsa_signature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

bool verifies(const KeyMembers& members, std::string_view algorithm, const std::string& input,
              const std::string& signature) {
  const auto key = VerifyingKey::from_members(members);
  EXPECT_TRUE(key) << key.error().what;
  return key && key->verify(algorithm, input, bb::base64url_decode(signature).value_or(""));
}

KeyMembers with(KeyMembers members, std::string_view name, std::string value) {
  for (auto& member : members)
    if (member.first == name) member.second = std::move(value);
  return members;
}

TEST(SignatureKeysTest, VerifiesThePublishedSignatures) {
  EXPECT_TRUE(verifies(rsa_2048, "RS256", rs256_input, rs256_signature));
  EXPECT_TRUE(verifies(ec_256, "ES256", es256_input, es256_signature));
  EXPECT_TRUE(verifies(ed25519, "EdDSA", eddsa_input, eddsa_signature));
}

TEST(SignatureKeysTest, RefusesWhatIsOneByteOff) {
  EXPECT_FALSE(verifies(rsa_2048, "RS256", rs256_input + "x", rs256_signature));
  EXPECT_FALSE(verifies(ec_256, "ES256", es256_input + "x", es256_signature));
  EXPECT_FALSE(verifies(ed25519, "EdDSA", eddsa_input + "x", eddsa_signature));
  for (const auto* const name : {"RS384", "PS256", "ES256", "none", "HS256", ""})
    EXPECT_FALSE(verifies(rsa_2048, name, rs256_input, rs256_signature)) << name;
  const auto raw = *bb::base64url_decode(es256_signature);
  const auto key = *VerifyingKey::from_members(ec_256);
  EXPECT_FALSE(key.verify("ES256", es256_input, raw + std::string(1, '\0')));
  EXPECT_FALSE(key.verify("ES256", es256_input, raw.substr(1)));
  EXPECT_FALSE(key.verify("ES256", es256_input, {}));
  EXPECT_FALSE(key.verify("ES256", es256_input, std::string(64, '\0')));
}

TEST(SignatureKeysTest, SignsWhatItsPublicKeyVerifies) {
  for (const auto* const name :
       {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "RS1"}) {
    ASSERT_TRUE(bb::is_signature_algorithm(name));
    const auto key = SigningKey::generate(name);
    ASSERT_TRUE(key) << name;
    EXPECT_TRUE(key->fits(name));
    const auto signature = key->sign(name, "message");
    ASSERT_TRUE(signature) << name;
    // By its members, as a peer knows it, and from PEM again.
    const auto published = VerifyingKey::from_members(key->verifying_key().members());
    ASSERT_TRUE(published) << name << ": " << published.error().what;
    EXPECT_TRUE(published->verify(name, "message", *signature)) << name;
    EXPECT_FALSE(published->verify(name, "massage", *signature)) << name;
    EXPECT_TRUE(SigningKey::from_pem(key->pem())->verifying_key().verify(name, "message", *signature));
    const auto of_another = SigningKey::generate(name);
    EXPECT_FALSE(of_another->verifying_key().verify(name, "message", *signature)) << name;
  }
  EXPECT_FALSE(bb::is_signature_algorithm("none"));
  EXPECT_THAT(SigningKey::generate("none").error().what, HasSubstr("no signature algorithm"));
}

TEST(SignatureKeysTest, SignsDigestsOfTheRightLength) {
  const auto key = *SigningKey::generate("ES256");
  const auto signature = key.sign_digest("ES256", bb::sha256("message"));
  ASSERT_TRUE(signature);
  EXPECT_TRUE(key.verifying_key().verify("ES256", "message", *signature));
  EXPECT_THAT(key.sign_digest("ES256", "short").error().what, HasSubstr("has 32 bytes, got 5"));
  EXPECT_THAT(key.sign("RS256", "message").error().what, HasSubstr("of another kind"));
  EXPECT_THAT(key.sign("ES384", "message").error().what, HasSubstr("of another kind"));
  EXPECT_EQ(bb::digest_bytes_of("ES384"), 48u);
  EXPECT_EQ(bb::digest_bytes_of("EdDSA"), std::nullopt);
  EXPECT_THAT(SigningKey::generate("EdDSA")->sign_digest("EdDSA", "x").error().what, HasSubstr("not digests"));
}

TEST(SignatureKeysTest, RefusesMembersThatAreNoKey) {
  const auto why = [](const KeyMembers& members) {
    const auto key = VerifyingKey::from_members(members);
    return key ? std::string("a key") : key.error().what;
  };
  EXPECT_THAT(why({}), HasSubstr("'kty' is missing"));
  EXPECT_THAT(why({{"kty", "oct"}, {"k", "AAAA"}}), HasSubstr("none of RSA, EC and OKP"));
  EXPECT_THAT(why(with(rsa_2048, "n", "AQAB")), HasSubstr("has 17 bits, expected 2048 to 16384"));
  EXPECT_THAT(why(with(rsa_2048, "n", "")), HasSubstr("'n' is not base64url"));
  EXPECT_THAT(why(with(rsa_2048, "n", "A+/=")), HasSubstr("'n' is not base64url"));
  EXPECT_THAT(why(with(rsa_2048, "n", std::string(5000, 'A'))), HasSubstr("'n' is not base64url"));
  EXPECT_THAT(why(with(rsa_2048, "e", "AA")), HasSubstr("no public key"));
  EXPECT_THAT(why(with(ec_256, "crv", "secp256k1")), HasSubstr("none of P-256"));
  EXPECT_THAT(why(with(ec_256, "crv", "P-384")), HasSubstr("have 48 bytes, got 32 and 32"));
  // A point that is not on the curve.
  EXPECT_THAT(why(with(ec_256, "y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1")), HasSubstr("not base64url"));
  EXPECT_THAT(why(with(ec_256, "y", "y_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")), HasSubstr("no public key"));
  EXPECT_THAT(why(with(ed25519, "x", "AAAA")), HasSubstr("no public key of Ed25519"));
}

TEST(SignatureKeysTest, SaysNothingOfAKeyThatItCannotRead) {
  EXPECT_EQ(SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").error().what,
            "no PEM private key without a pass phrase");
  EXPECT_FALSE(SigningKey::from_pem(""));
}

TEST(Base64UrlTest, ReadsOneSpellingOnly) {
  EXPECT_EQ(bb::base64url_decode("-_8"), "\xFB\xFF");
  EXPECT_EQ(bb::base64url_decode(""), "");
  for (const auto* const wrong : {"+/8", "-_8=", "-_9", "A", "-_ 8", "-_8\n"})
    EXPECT_EQ(bb::base64url_decode(wrong), std::nullopt) << wrong;
}

}  // namespace
