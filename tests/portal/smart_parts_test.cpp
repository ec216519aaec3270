// The parts of the authorization server that know time and bounds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/signature_keys.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/client_authentication.hpp>

#include "portal/smart/access_tokens.hpp"
#include "portal/smart/client_file.hpp"
#include "portal/smart/client_proof.hpp"
#include "portal/smart/clients.hpp"
#include "portal/smart/codes.hpp"
#include "portal/smart/expiring_map.hpp"
#include "portal/smart/grants.hpp"
#include "portal/smart/redirect_uri.hpp"
#include "portal/smart/scopes_offered.hpp"
#include "support/temporary_folder.hpp"

namespace bb::portal {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Time {
  std::int64_t now_ns = std::int64_t{1'700'000'000} * ns_per_second;
  Clock clock() {
    return [this] { return now_ns; };
  }
  void pass(std::int64_t seconds) { now_ns += seconds * ns_per_second; }
};

AppGrant grant_with(const std::string& scopes) {
  return {.client_id = "app", .subject = "alice", .patient = "alice", .scopes = smart::read_scopes(scopes)};
}

TEST(ExpiringMapTest, LetsGoWhatWouldExpireFirst) {
  ExpiringMap<int> map(2);
  map.put("a", 1, 30, 0);
  map.put("b", 2, 20, 0);
  EXPECT_TRUE(map.is_full(0));
  map.put("b", 3, 20, 0);  // no new one
  EXPECT_NE(map.find("a", 0), nullptr);
  map.put("c", 4, 40, 0);
  EXPECT_EQ(map.find("b", 0), nullptr);
  EXPECT_NE(map.find("a", 29), nullptr);
  EXPECT_EQ(map.find("a", 30), nullptr);
  EXPECT_FALSE(map.is_full(30));
}

TEST(CodesTest, LiveForAMinute) {
  Time time;
  Codes codes(time.clock());
  const auto code = codes.issue({.grant = grant_with("openid"), .redirect_uri = "", .code_challenge = "", .nonce = ""});
  time.pass(59);
  EXPECT_TRUE(codes.find(code));
  time.pass(1);
  EXPECT_FALSE(codes.find(code));
}

TEST(CodesTest, AreKnownAsUsedForAnHour) {
  Time time;
  Codes codes(time.clock());
  const auto code = codes.issue({.grant = grant_with("openid"), .redirect_uri = "", .code_challenge = "", .nonce = ""});
  EXPECT_TRUE(codes.use(code, "grant"));
  EXPECT_FALSE(codes.use(code, "another"));
  time.pass(3'599);
  ASSERT_TRUE(codes.find(code));
  EXPECT_EQ(codes.find(code)->used_for, "grant");
}

TEST(AccessTokensTest, LiveUntilTheyExpire) {
  Time time;
  AccessTokens tokens(time.clock(), {});
  const auto token =
      tokens.issue({.client_id = "app", .expires_unix_ns = time.now_ns + access_seconds * ns_per_second}, "grant");
  time.pass(3'599);
  ASSERT_TRUE(tokens.find(token));
  EXPECT_EQ(tokens.find(token)->client_id, "app");
  EXPECT_THAT(token, Not(HasSubstr(tokens.find(token)->token_id)));
  time.pass(1);
  EXPECT_FALSE(tokens.find(token));
  EXPECT_FALSE(tokens.find(""));
}

TEST(AppGrantsTest, KeepOfflineRefreshTokensForHalfAYearFromTheirLastUse) {
  Time time;
  AppGrants grants(time.clock(), {});
  const auto id = grants.open(grant_with("offline_access"));
  auto token = grants.issue_refresh(id);
  for (int round = 0; round < 3; ++round) {
    time.pass(offline_seconds - 1);
    EXPECT_EQ(grants.list("alice").size(), 1u);
    const auto next = grants.rotate(token);
    ASSERT_TRUE(next) << round;
    token = *next;
  }
  time.pass(offline_seconds);
  EXPECT_EQ(grants.find_refresh(token).use, AppGrants::Use::none);
  EXPECT_TRUE(grants.list("alice").empty());
}

TEST(AppGrantsTest, KeepOnlineRefreshTokensForAnHour) {
  Time time;
  AppGrants grants(time.clock(), {});
  const auto token = grants.issue_refresh(grants.open(grant_with("online_access")));
  time.pass(3'599);
  EXPECT_EQ(grants.find_refresh(token).use, AppGrants::Use::good);
  time.pass(1);
  EXPECT_EQ(grants.find_refresh(token).use, AppGrants::Use::none);
}

TEST(AppGrantsTest, RotateATokenOnce) {
  Time time;
  AppGrants grants(time.clock(), {});
  const auto token = grants.issue_refresh(grants.open(grant_with("offline_access")));
  EXPECT_TRUE(grants.rotate(token));
  EXPECT_FALSE(grants.rotate(token));
  EXPECT_EQ(grants.find_refresh(token).use, AppGrants::Use::used);
}

TEST(AppGrantsTest, AreListedToWhomTheyConcern) {
  Time time;
  AppGrants grants(time.clock(), {});
  auto by_carol = grant_with("patient/*.rs");
  by_carol.subject = "carol";
  grants.open(by_carol);
  EXPECT_EQ(grants.list("carol").size(), 1u);
  EXPECT_EQ(grants.list("alice").size(), 1u);
  EXPECT_TRUE(grants.list("bob").empty());
  EXPECT_TRUE(grants.list("").empty());
  time.pass(access_seconds);  // there was no refresh token
  EXPECT_TRUE(grants.list("carol").empty());
}

TEST(SmartClientsTest, TakeAThousandMore) {
  SmartClients clients(std::vector<SmartClient>{{.id = "known", .name = "Known"}});
  ClientPtr last;
  for (int count = 0; count < 1'000; ++count) last = clients.add({.id = "", .name = "New"});
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(clients.find(last->id), last);
  EXPECT_EQ(clients.add({.id = "", .name = "New"}), nullptr);
  EXPECT_NE(clients.find("known"), nullptr);
}

TEST(RedirectUriTest, IsComparedAsItIs) {
  const std::vector<std::string> registered = {"https://app.example/back", "http://127.0.0.1:8000/back"};
  EXPECT_TRUE(is_registered_redirect(registered, "https://app.example/back"));
  EXPECT_TRUE(is_registered_redirect(registered, "http://127.0.0.1:8000/back"));
  for (const auto* other : {"https://app.example/back/", "https://app.example:443/back", "https://APP.example/back",
                            "https://app.example/back?x", "http://app.example/back", "http://127.0.0.1:8001/back",
                            "http://127.0.0.1/back", ""})
    EXPECT_FALSE(is_registered_redirect(registered, other)) << other;
}

TEST(RedirectUriTest, TakesEachPortOfTheLoopbackAddressWhereNoneWasRegistered) {
  // RFC 8252, 7.3: "MUST allow any port to be specified at the time of the request for loopback IP redirect URIs"
  const std::vector<std::string> registered = {"http://127.0.0.1/back", "http://[::1]/back",
                                               "https://app.example/back"};
  EXPECT_TRUE(is_registered_redirect(registered, "http://127.0.0.1:1/back"));
  EXPECT_TRUE(is_registered_redirect(registered, "http://[::1]:65535/back"));
  for (const auto* other :
       {"http://127.0.0.1:0/back", "http://127.0.0.1:65536/back", "http://127.0.0.1:x/back", "http://127.0.0.1:1/",
        "http://localhost:1/back", "https://127.0.0.1:1/back", "https://app.example:1/back"})
    EXPECT_FALSE(is_registered_redirect(registered, other)) << other;
}

TEST(RedirectUriTest, HasAnOriginThatAPolicyCanName) {
  EXPECT_EQ(*origin_of_redirect("https://app.example:8443/back?x=1"), "https://app.example:8443");
  EXPECT_EQ(*origin_of_redirect("http://[::1]:9/"), "http://[::1]:9");
  for (const auto* bad :
       {"https://app.example; script-src *", "https://a b/", "https://*/", "https://[::2]/", "https:///x"})
    EXPECT_FALSE(origin_of_redirect(bad)) << bad;
}

TEST(ScopesOfferedTest, ReadAsPeopleWouldSayIt) {
  const auto words = [](const char* scope) { return words_of(smart::read_scopes(scope).front()); };
  EXPECT_EQ(words("patient/AllergyIntolerance.rs"), "See allergies");
  EXPECT_EQ(words("patient/Immunization.read"), "See vaccinations");
  EXPECT_EQ(words("user/Goal.rs"), "See goals, of everybody whose record you may open");
  EXPECT_EQ(words("patient/Condition.r"), "Open health problems and diagnoses, without searching");
  EXPECT_EQ(
      words("patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs"),
      "See vital signs");
  EXPECT_EQ(words("patient/Observation.rs?category=therapy"),
            "See test results, vital signs and other observations, only 'therapy'");
}

TEST(ScopesOfferedTest, AreAllGivenThatAreListed) {
  for (const auto& text : scopes_supported()) {
    const auto whom = text.starts_with("system/") ? ScopesFor::backend : ScopesFor::person;
    const auto given = offered(text, whom);
    ASSERT_TRUE(given) << text;
    EXPECT_EQ(text_of(*given), text);
  }
}

TEST(ScopesOfferedTest, AreAHundredAtMost) {
  std::string text;
  for (int count = 0; count < 100; ++count) text += "patient/Goal.rs ";
  EXPECT_TRUE(offered(text, ScopesFor::person));
  EXPECT_FALSE(offered(text + "openid", ScopesFor::person));
}

TEST(ClientProofTest, TakesAssertionsUntilAMinuteBehindTheirEnd) {
  // The minute is for clocks that differ; the five are SMART's (FHIR-SMART-41).
  const auto key = SigningKey::generate("ES384");
  ASSERT_TRUE(key);
  SmartClients clients(std::vector<SmartClient>{{.id = "app",
                                                 .name = "App",
                                                 .authentication = smart::ClientAuthentication::private_key_jwt,
                                                 .keys = {{key->verifying_key(), "k", "ES384", "sig"}}}});
  Time time;
  const auto begin_ns = time.now_ns;
  ClientProof proof(clients, "https://portal.example/oauth/token", time.clock(), {});
  const auto is_taken = [&](const std::string& jti, std::int64_t lifetime_s) {
    const auto input = smart::signing_input_of({.client_id = "app",
                                                .token_url = "https://portal.example/oauth/token",
                                                .algorithm = "ES384",
                                                .key_id = "k",
                                                .id = jti,
                                                .now_unix_ns = begin_ns,
                                                .lifetime_s = lifetime_s});
    ClientPtr client;
    return !proof.prove({}, smart::assertion_fields(smart::compact_jws(input, *key->sign("ES384", input))), client);
  };
  EXPECT_TRUE(is_taken("five minutes and one", 360));
  EXPECT_FALSE(is_taken("longer", 361));
  time.pass(299);
  EXPECT_TRUE(is_taken("a", 240));
  EXPECT_FALSE(is_taken("a", 240));
  time.pass(1);
  EXPECT_FALSE(is_taken("b", 240));
  time.pass(119);
  EXPECT_TRUE(is_taken("the longest that is taken", 360));
  EXPECT_FALSE(is_taken("five minutes and one", 360));  // remembered as long as it is good
}

TEST(ClientFileTest, NamesEachMistakeAndNoSecret) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "clients.yaml";
  ASSERT_TRUE(write_text(file,
                         "clients:\n"
                         "  a: {name: A, redirect_uris: ['http://a.example/']}\n"
                         "  b: {redirect_uris: ['https://b.example/'], secret: tooshort}\n"
                         "  c: {redirects: []}\n"
                         "  d: {backend: true}\n"
                         "  e: {redirect_uris: ['https://e.example/'], keys: nowhere.json}\n"));
  const auto read = read_client_file(file);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, AllOf(HasSubstr("clients.yaml:2:32: error: 'http://a.example/' cannot be used"),
                                       HasSubstr("clients.yaml:3:54: error: 'secret' must be text of 16 bytes or more"),
                                       HasSubstr("unknown key 'redirects' of 'c'"),
                                       HasSubstr("'d' is a backend without keys"), HasSubstr("nowhere.json")));
  EXPECT_THAT(read.error().what, Not(HasSubstr("tooshort")));
}

}  // namespace
}  // namespace bb::portal
