// The probes: what is sent, and what a refusal, an answer and silence become.
#include <set>
#include <string>

#include <bb/core/json.hpp>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ProbeTest : public PortalTest {
 protected:
  bb_status run(std::string_view name, std::string_view arguments = "{}") {
    return table<bb_probe>(BB_PROBE).run(connector->raw(), call.raw(), to_str(name), to_str(arguments), content.raw());
  }
  void make_with_cleartext() {
    make({{"/base_url", R"("https://portal.example")"}, {"/cleartext_base_url", R"("http://portal.example:8080/")"}});
  }
};

TEST_F(ProbeTest, ListsProbesWithoutSessionAndNetwork) {
  ProbeCollector probes;
  ASSERT_EQ(table<bb_probe>(BB_PROBE).list(connector->raw(), call.raw(), probes.raw()), BB_OK);
  std::vector<std::string> names;
  for (const auto& [name, schema] : probes.probes) {
    names.push_back(name);
    const auto parsed = parse_json(schema);
    ASSERT_TRUE(parsed) << name << ": " << parsed.error().what;
    EXPECT_EQ((*parsed)["type"].string_or(""), "object") << name;
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"read-without-sign-in", "read-other-patient", "read-over-http",
                                            "sign-in-with-wrong-password", "sign-in-with-unknown-account",
                                            "answer-message", "enter-reading", "share-unconfirmed", "time-to-visible",
                                            "guess-passwords", "request-restriction"}));
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ProbeTest, ReadsWithoutTheTokenThoughSignedIn) {
  sign_in();
  host.answer_json(401, R"({"error": {"code": "x"}})");
  EXPECT_EQ(run("read-without-sign-in"), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/items/summary");
  EXPECT_EQ(host.requests[0].header("authorization"), "");
  EXPECT_TRUE(host.requests[0].is_answer);
  EXPECT_EQ(content.body, R"({"error": {"code": "x"}})");
}

TEST_F(ProbeTest, ReadsAGivenPatientAndItemWithoutASession) {
  host.answer_json(403, "{}");
  EXPECT_EQ(run("read-without-sign-in", R"({"patient": "bob", "item": "visit-1"})"), BB_E_FORBIDDEN);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/bob/items/visit-1");
}

TEST_F(ProbeTest, AsksForEachPartOfARecord) {
  const std::string root = "https://portal.example/api/patients/bob/";
  const std::vector<std::pair<std::string, std::string>> parts = {
      {R"("what": "item")", "items/summary"},
      {R"("what": "list")", "items"},
      {R"("what": "formats")", "formats"},
      {R"("what": "activity")", "activity"},
      {R"("what": "download")", "download?format=ccda-2.1"},
      {R"("what": "download", "format": "fhir-bundle")", "download?format=fhir-bundle"},
  };
  for (const auto& [arguments, path] : parts) {
    host.answer_json(401, "{}");
    EXPECT_EQ(run("read-without-sign-in", R"({"patient": "bob", )" + arguments + "}"), BB_E_UNAUTHENTICATED);
    EXPECT_EQ(last_url(), root + path);
  }
}

TEST_F(ProbeTest, RefusesAPartThatNoRecordHas) {
  EXPECT_EQ(run("read-without-sign-in", R"({"patient": "bob", "what": "everything"})"), BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ProbeTest, ReadsAnotherPatientWithTheToken) {
  sign_in();
  host.answer_json(403, "{}");
  EXPECT_EQ(run("read-other-patient", R"({"patient": "bob"})"), BB_E_FORBIDDEN);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/bob/items/summary");
  EXPECT_EQ(host.requests[0].header("authorization"), "Bearer canary-token-1");
}

TEST_F(ProbeTest, ReadsOverHttpWithTheToken) {
  make_with_cleartext();
  sign_in();
  host.answer_text(200, "text/html", "<h1>Alice</h1>");
  EXPECT_EQ(run("read-over-http"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "http://portal.example:8080/api/patients/alice/items/summary");
  EXPECT_EQ(host.requests[0].header("authorization"), "Bearer canary-token-1");
  EXPECT_EQ(content.body, "<h1>Alice</h1>");
}

struct Redirect {
  const char* name;
  int http;
  const char* location;
  bb_status status;
};

class RedirectTest : public ProbeTest, public ::testing::WithParamInterface<Redirect> {};

TEST_P(RedirectTest, IsARefusalWhenItLeadsToHttps) {
  make_with_cleartext();
  sign_in();
  host.answer({GetParam().http, {{"Location", GetParam().location}}, ""});
  EXPECT_EQ(run("read-over-http"), GetParam().status);
  EXPECT_THAT(host.requests, SizeIs(1)) << "redirects are not followed";
  EXPECT_EQ(content.heads, 1);
}

INSTANTIATE_TEST_SUITE_P(Every, RedirectTest,
                         ::testing::Values(Redirect{"Permanent", 301, "https://portal.example/", BB_E_REJECTED},
                                           Redirect{"Strict", 308, "HTTPS://portal.example/", BB_E_REJECTED},
                                           Redirect{"First", 300, "https://portal.example/", BB_E_REJECTED},
                                           Redirect{"Last", 399, "https://portal.example/", BB_E_REJECTED},
                                           Redirect{"ToHttp", 301, "http://portal.example/", BB_OK},
                                           Redirect{"ToAPath", 301, "/sign-in", BB_OK},
                                           Redirect{"Nowhere", 301, "", BB_OK},
                                           Redirect{"NoRedirect", 200, "https://portal.example/", BB_OK}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_F(ProbeTest, DoesNotReadOverHttpWhereThatIsNotConfigured) {
  sign_in();
  EXPECT_EQ(run("read-over-http"), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("/cleartext_base_url"));
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ProbeTest, SignsInWithAPasswordThatIsNotTheOneOfTheAccount) {
  sign_in();
  host.secrets_read.clear();
  host.answer_json(401, R"({"error": {"code": "wrong-pair"}})");
  EXPECT_EQ(run("sign-in-with-wrong-password"), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(host.requests[0].url, "https://portal.example/api/session");
  EXPECT_THAT(host.requests[0].body, HasSubstr(R"("account":"alice")"));
  EXPECT_THAT(host.requests[0].body, Not(HasSubstr(canary_password)));
  EXPECT_EQ(host.requests[0].header("authorization"), "");
  EXPECT_THAT(host.secrets_read, IsEmpty());
  EXPECT_EQ(content.body, R"({"error": {"code": "wrong-pair"}})");
  EXPECT_EQ(content.item.media_type, "application/json");
}

TEST_F(ProbeTest, SharesWithoutConfirmation) {
  sign_in();
  host.answer_json(422, R"({"error": {"code": "confirmation_needed", "message": "others can read it"}})");
  EXPECT_EQ(run("share-unconfirmed", R"({"to": "mailto:bob@example.org"})"), BB_E_REJECTED);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/shares");
  EXPECT_EQ(host.requests[0].body, R"({"to":["mailto:bob@example.org"],"format":"ccda-2.1"})");
  EXPECT_EQ(host.requests[0].header("idempotency-key"), "unconfirmed-mailto%3Abob%40example.org");
  EXPECT_THAT(content.body, HasSubstr("others can read it"));
  EXPECT_EQ(run("share-unconfirmed"), BB_E_INVALID_ARGUMENT);
}

TEST_F(ProbeTest, DoesNotShowTheTokenThatAWrongPasswordGot) {
  sign_in();
  host.answer_json(200, R"({"access_token": "canary-token-2", "subject": "alice"})");
  EXPECT_EQ(run("sign-in-with-wrong-password"), BB_OK);
  EXPECT_EQ(content.body, R"json({"access_token":"(removed)","subject":"alice"})json");
}

struct ProbeAnswer {
  const char* name;
  int http;
  const char* body;
  bb_status status;
};

class ProbeAnswerTest : public ProbeTest, public ::testing::WithParamInterface<ProbeAnswer> {};

// Nothing but a refusal may look like one: an empty 200, an echo, a redirect and
// an answer outside HTTP's classes are answers that the claims judge.
TEST_P(ProbeAnswerTest, IsContentAndARefusalAlsoAFailure) {
  sign_in();
  host.answer_text(GetParam().http, "text/html", GetParam().body);
  EXPECT_EQ(run("read-other-patient", R"({"patient": "bob"})"), GetParam().status);
  EXPECT_EQ(content.heads, 1);
  EXPECT_EQ(content.body, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    Every, ProbeAnswerTest,
    ::testing::Values(ProbeAnswer{"Ok", 200, "<h1>Bob</h1>", BB_OK}, ProbeAnswer{"Empty200", 200, "", BB_OK},
                      ProbeAnswer{"Echo", 200, "Bearer canary-token-1", BB_OK},
                      ProbeAnswer{"NoContent", 204, "", BB_OK}, ProbeAnswer{"Redirect", 307, "", BB_OK},
                      ProbeAnswer{"Rejected", 400, "no", BB_E_REJECTED},
                      ProbeAnswer{"Unauthenticated", 401, "no", BB_E_UNAUTHENTICATED},
                      ProbeAnswer{"Forbidden", 403, "no", BB_E_FORBIDDEN},
                      ProbeAnswer{"NotFound", 404, "no", BB_E_NOT_FOUND},
                      ProbeAnswer{"Broken", 500, "no", BB_E_UNAVAILABLE},
                      ProbeAnswer{"Last", 599, "no", BB_E_UNAVAILABLE}, ProbeAnswer{"NoHttp", 600, "no", BB_OK}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_F(ProbeTest, CountsGuessesUntilTheyAreSlowed) {
  sign_in();
  host.answer_json(401, "{}");
  host.answer_json(429, "{}");
  ASSERT_EQ(run("guess-passwords", R"({"account": "ruth", "count": 3})"), BB_OK) << call.error.message;
  EXPECT_EQ(content.body, R"({"tries":2,"refused":1,"slowed":1,"let_in":0})");
  EXPECT_EQ(host.requests[0].header("authorization"), "");
}

TEST_F(ProbeTest, TellsOfAGuessThatWasRight) {
  sign_in();
  for (int i = 0; i < 2; ++i) host.answer_json(401, "{}");
  host.answer_json(200, R"({"access_token": "x"})");
  ASSERT_EQ(run("guess-passwords", R"({"account": "ruth", "count": 3})"), BB_OK);
  EXPECT_EQ(content.body, R"({"tries":3,"refused":2,"slowed":0,"let_in":1})");
  EXPECT_EQ(run("guess-passwords", R"({"account": "ruth", "count": 51})"), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(run("guess-passwords", R"({"count": 3})"), BB_E_INVALID_ARGUMENT);
}

TEST_F(ProbeTest, TellsWhatBecameOfARequestForRestriction) {
  sign_in();
  host.answer_json(201, R"({"id": "r1"})");
  host.answer_json(200, R"({"items": [{"id": "r1"}]})");
  ASSERT_EQ(run("request-restriction", R"({"class": "Medications"})"), BB_OK) << call.error.message;
  EXPECT_EQ(content.body, R"({"request":{"id":"r1"},"listed":[{"id":"r1"}]})");
  EXPECT_EQ(host.requests[0].url, "https://portal.example/api/patients/alice/restrictions");
  host.answer_json(404, "{}");
  EXPECT_EQ(run("request-restriction", R"({"class": "Medications"})"), BB_E_NOT_FOUND);
}

TEST_F(ProbeTest, NeedsADoorToTheSourceToMeasureTime) {
  sign_in();
  EXPECT_EQ(run("time-to-visible", R"({"kind": "result", "title": "Canary test"})"), BB_E_UNSUPPORTED);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ProbeTest, PassesOnThatNobodyAnswered) {
  sign_in();
  host.answer({.service_status = BB_E_UNAVAILABLE});
  EXPECT_EQ(run("read-without-sign-in"), BB_E_UNAVAILABLE);
  EXPECT_EQ(content.heads, 0);
}

TEST_F(ProbeTest, IsAnErrorOfTheTestWithoutTheSessionThatItNeeds) {
  // Not BB_E_UNAUTHENTICATED, which would look like a refusal of the portal's.
  make_with_cleartext();
  EXPECT_EQ(run("read-without-sign-in"), BB_E_STATE);
  EXPECT_EQ(run("read-other-patient", R"({"patient": "bob"})"), BB_E_STATE);
  EXPECT_EQ(run("read-over-http"), BB_E_STATE);
  EXPECT_EQ(run("sign-in-with-wrong-password"), BB_E_STATE);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ProbeTest, KnowsNoOtherProbeAndNoOtherArguments) {
  sign_in();
  EXPECT_EQ(run("read-everything"), BB_E_NOT_FOUND);
  EXPECT_EQ(run("read-other-patient"), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(run("read-other-patient", "[]"), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(run("read-other-patient", "{"), BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(host.requests, IsEmpty());
}

}  // namespace
}  // namespace bb::test
