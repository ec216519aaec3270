#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/host/redactor.hpp>
#include "needles.hpp"

namespace bb::test {
namespace {

using host::Redactor;
using testing::HasSubstr;
using testing::Not;

constexpr const char* canary = "Tr0ub4dor & \"3\"/\\x";

TEST(RedactorTest, WhatWasNotLearntStays) {
  Redactor redactor;
  EXPECT_EQ(redactor.redact("nothing to hide"), "nothing to hide");
  redactor.learn("password", canary);
  EXPECT_EQ(redactor.redact("nothing to hide"), "nothing to hide");
  const std::string binary("\0\xff\x01 PK\x03\x04", 9);
  EXPECT_EQ(redactor.redact(binary), binary);
  EXPECT_EQ(redactor.redact(""), "");
}

TEST(RedactorTest, ASecretIsReplacedWhereverItStands) {
  Redactor redactor;
  redactor.learn("password", "hunter22");
  EXPECT_EQ(redactor.redact("hunter22"), "[secret password]");
  EXPECT_EQ(redactor.redact("a hunter22 and hunter22hunter22."),
            "a [secret password] and [secret password][secret password].");
  EXPECT_EQ(redactor.redact("hunter2 hunter2"), "hunter2 hunter2");
}

TEST(RedactorTest, EveryWayOfWritingItIsFound) {
  Redactor redactor;
  redactor.learn("password", canary);
  // Percent-encoding by RFC 3986 and JSON by RFC 8259, written out by hand.
  for (const char* const written :
       {canary, "Tr0ub4dor%20%26%20%223%22%2F%5Cx", "Tr0ub4dor%20%26%20%223%22%2f%5cx", "Tr0ub4dor+%26+%223%22%2F%5Cx",
        R"(Tr0ub4dor & \"3\"/\\x)", R"(Tr0ub4dor & \"3\"\/\\x)", "Tr0ub4dor &amp; &quot;3&quot;/\\x"})
    EXPECT_EQ(redactor.redact("<" + std::string(written) + ">"), "<[secret password]>") << written;
}

TEST(RedactorTest, Base64IsFoundAtEveryOffset) {
  Redactor redactor;
  redactor.learn("password", "correct horse battery");
  for (const char* const before : {"", "a", "ab", "abc", "alice:", "someone:"})
    for (const char* const after : {"", "x", "yz"}) {
      const std::string encoded = base64_encode(std::string(before) + "correct horse battery" + after);
      const std::string redacted = redactor.redact("Basic " + encoded);
      EXPECT_THAT(redacted, HasSubstr("[secret password]")) << before << after;
      // At most the first and the last group of the secret's own are left.
      const std::size_t around = base64_encode(std::string(before) + after).size();
      EXPECT_LE(redacted.size(), std::string("Basic [secret password]").size() + around + 8);
    }
}

TEST(RedactorTest, AShortValueIsNotSearchedFor) {
  Redactor redactor;
  redactor.learn("pin", "123");
  EXPECT_EQ(redactor.redact("123"), "123");
  redactor.learn("pin", "1234");
  EXPECT_EQ(redactor.redact("1234"), "[secret pin]");
}

TEST(RedactorTest, TheLongerOfTwoSecretsIsTaken) {
  Redactor redactor;
  redactor.learn("short", "abcdef");
  redactor.learn("long", "abcdefghi");
  EXPECT_EQ(redactor.redact("abcdefghi abcdefg"), "[secret long] [secret short]g");
}

TEST(RedactorTest, CredentialFieldsAreReplacedWholeAndTeach) {
  Redactor redactor;
  EXPECT_EQ(redactor.redact_header("Authorization", "Bearer eyJ.canary.token"), "[secret authorization]");
  EXPECT_EQ(redactor.redact_header("Set-Cookie", "sid=cookie-canary; Path=/; Secure"), "[secret set-cookie]");
  EXPECT_EQ(redactor.redact_header("cookie", "a=first-canary; b=second-canary"), "[secret cookie]");
  EXPECT_EQ(redactor.redact("eyJ.canary.token cookie-canary first-canary second-canary Path=/"),
            "[secret authorization] [secret set-cookie] [secret cookie] [secret cookie] Path=/");
}

TEST(RedactorTest, ABasicCredentialTeachesThePassword) {
  Redactor redactor;
  redactor.redact_header("authorization", "Basic " + base64_encode("alice:basic-canary"));
  EXPECT_EQ(redactor.redact("alice basic-canary"), "alice [secret authorization]");
}

TEST(RedactorTest, OnlyCredentialFieldsTeach) {
  Redactor redactor;
  redactor.learn_header("X-Trace", "trace-canary");
  redactor.learn_header("X-API-Key", "key-canary");
  EXPECT_EQ(redactor.redact("trace-canary key-canary"), "trace-canary [secret x-api-key]");
}

TEST(RedactorTest, OtherFieldsAreRedactedAsText) {
  Redactor redactor;
  redactor.learn("token", "token-canary");
  EXPECT_EQ(redactor.redact_header("Location", "/cb?code=token-canary"), "/cb?code=[secret token]");
  EXPECT_EQ(redactor.redact_header("Content-Type", "text/html"), "text/html");
}

TEST(RedactorTest, TokensOfASignInAnswerAreLearnt) {
  Redactor redactor;
  redactor.learn_tokens(
      R"({"access_token":"canary-access","nested":[{"refresh_token":"canary-refresh"}],"id_token":7,"name":"alice"})");
  EXPECT_EQ(redactor.redact("canary-access canary-refresh alice"),
            "[secret access_token] [secret refresh_token] alice");
}

TEST(RedactorTest, TokensOfOtherNamesAreLearntToo) {
  for (const std::string name :
       {"token", "session_token", "auth_token", "api_key", "accessToken", "authToken", "sessionToken", "session_key",
        "sessionKey", "apiKey", "id_token", "registration_access_token"}) {
    Redactor redactor;
    redactor.learn_tokens(R"({"data": {")" + name + R"(": "canary-1", "session_id": "canary-2"}})");
    EXPECT_EQ(redactor.redact("canary-1 canary-2"), "[secret " + name + "] canary-2");
  }
}

TEST(RedactorTest, TokensOfAPlatformsEnvelopesAreLearnt) {
  Redactor redactor;
  redactor.learn_tokens(
      "<response><i:info xmlns:i=\"urn\"><token app-id=\"1\">canary-token</token>"
      "<shared-secret> canary-shared </shared-secret></i:info></response>");
  redactor.learn_tokens("<r:request><header><auth-session><auth-token>canary-auth</auth-token></auth-session>");
  redactor.learn_tokens("<content><hmac algName=\"HMACSHA256\">canary-hmac</hmac></content>");
  EXPECT_EQ(redactor.redact("canary-token canary-shared canary-auth canary-hmac"),
            "[secret token] [secret shared-secret] [secret auth-token] [secret hmac]");
}

TEST(RedactorTest, OtherElementsTeachNothing) {
  Redactor redactor;
  redactor.learn_tokens("<response><redirect-token><token>APPAUTH</token></redirect-token></response>");
  redactor.learn_tokens("<response><my-auth-token>APPAUTH</my-auth-token><auth-token/><name>APPAUTH</name></response>");
  redactor.learn_tokens("<content><hmac>HMACSHA256</hmac></content>");
  EXPECT_EQ(redactor.redact("APPAUTH HMACSHA256"), "APPAUTH HMACSHA256");
}

TEST(RedactorTest, WhatIsNoJsonTeachesNothing) {
  Redactor redactor;
  redactor.learn_tokens(R"({"access_token":"canary-access")");
  EXPECT_EQ(redactor.redact("canary-access"), "canary-access");
}

TEST(RedactorTest, LearningAndRedactingGoOnAtTheSameTime) {
  Redactor redactor;
  std::vector<std::thread> threads;
  for (int index = 0; index < 4; ++index)
    threads.emplace_back([&redactor, index] {
      for (int round = 0; round < 50; ++round) {
        const std::string secret = "canary-" + std::to_string(index) + "-" + std::to_string(round);
        redactor.learn("s", secret);
        EXPECT_THAT(redactor.redact("x " + secret), Not(HasSubstr("canary")));
      }
    });
  for (std::thread& thread : threads) thread.join();
}

// --- the search, against a plain one ---

std::string find_plainly(const std::vector<host::Needle>& needles, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const host::Needle* longest = nullptr;
    for (const host::Needle& needle : needles)
      if (text.substr(at).starts_with(needle.bytes) && (!longest || needle.bytes.size() > longest->bytes.size()))
        longest = &needle;
    if (longest) return std::to_string(at) + " " + longest->bytes;
  }
  return "none";
}

TEST(NeedlesTest, FindsWhatAPlainSearchFinds) {
  std::uint32_t seed = 7;
  const auto next = [&seed](std::uint32_t below) {
    seed = seed * 1'664'525 + 1'013'904'223;
    return (seed >> 16) % below;
  };
  const auto word = [&](std::size_t size) {
    std::string letters;
    while (letters.size() < size) letters += static_cast<char>('a' + next(2));
    return letters;
  };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<host::Needle> needles;
    for (std::size_t count = 1 + next(4); count > 0; --count) needles.push_back({word(4 + next(8)), 0});
    const std::string text = word(next(60));
    const host::Needles searched(needles);
    const host::NeedleHit hit = searched.find(text, 0);
    EXPECT_EQ(hit.needle ? std::to_string(hit.position) + " " + hit.needle->bytes : "none",
              find_plainly(needles, text));
  }
}

TEST(RedactorTest, OfASecretThatWasShortenedInASentenceNothingStays) {
  host::Redactor redactor;
  redactor.learn("token", "abcdefghijklmnop");
  EXPECT_EQ(redactor.redact_sentence("got 'xabcdefgh...', then abcd..., expected"),
            "got 'x[secret token]...', then [secret token]..., expected");
  EXPECT_EQ(redactor.redact_sentence("got 'abcdefghijklmnop...'"), "got '[secret token]...'");
  // Too little to search for, and what is no beginning.
  EXPECT_EQ(redactor.redact_sentence("abc... bcdefgh... ..."), "abc... bcdefgh... ...");
  EXPECT_EQ(redactor.redact("got 'abcdefgh...'"), "got 'abcdefgh...'") << "a document is no sentence";
}

TEST(RedactorTest, WhatABrowserBroughtBackIsSecretBesideHowItWent) {
  host::Redactor redactor;
  redactor.learn_return(
      "http://127.0.0.1:5000/back?target=APPAUTHSUCCESS&wctoken=AbC%2Bd%2Fe%3D%3D&instanceId=InstanceOne&error=denied");
  EXPECT_EQ(redactor.redact("target=APPAUTHSUCCESS&wctoken=AbC%2Bd%2Fe%3D%3D, <t>AbC+d/e==</t>, InstanceOne, denied"),
            "target=APPAUTHSUCCESS&wctoken=[secret wctoken], <t>[secret wctoken]</t>, InstanceOne, denied");
  redactor.learn_return("https://app.example/back?code=first-code#access_token=in-the-fragment&state=a+b%20c");
  EXPECT_EQ(redactor.redact("first-code in-the-fragment a b c"), "[secret code] [secret access_token] [secret state]");
  redactor.learn_return("https://app.example/nothing-here");
  EXPECT_EQ(redactor.redact("https://app.example/nothing-here"), "https://app.example/nothing-here");
}

TEST(NeedlesTest, ALongNeedleAndNoNeedleAtAll) {
  const std::string key(5'000, 'k');
  const host::Needles one(std::vector<host::Needle>{{key, 3}});
  EXPECT_EQ(one.find("xx" + key + "yy", 0).position, 2u);
  EXPECT_EQ(one.find(key.substr(1), 0).needle, nullptr);
  EXPECT_EQ(host::Needles({}).find("text", 0).needle, nullptr);
}

}  // namespace
}  // namespace bb::test
