// Every row of the table in docs/reference/portal-api.md, and its refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <bb/core/json.hpp>

#include "portal/running_portal.hpp"
#include "portal/sample_ccda.hpp"
#include "portal/shared_portal.hpp"

namespace bb::portal_test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ApiTest : public SharedPortalTest {
 protected:
  httplib::Result sign_in(const std::string& body, const std::string& type = "application/json") {
    auto client = portal().client();
    return client.Post("/api/session", body, type);
  }
};

std::vector<std::string> texts(const Value& list, const std::string& key) {
  std::vector<std::string> all;
  for (std::size_t index = 0; index < list.size(); ++index) all.push_back(list[index][key].string_or("(none)"));
  return all;
}

TEST_F(ApiTest, SaysWhoIsThereInTheReadyLine) {
  const auto& ready = portal().ready();
  EXPECT_EQ(ready["ready"].boolean_or(false), true);
  EXPECT_EQ(ready["inbox"].string_or(""), portal().url() + "/inbox");
  EXPECT_THAT(texts(ready["people"], "account"), ElementsAre("alice", "bob", "mallory", "carol", "ruth"));
  EXPECT_THAT(texts(ready["people"], "role"), ElementsAre("patient", "patient", "patient", "proxy", "proxy"));
  EXPECT_EQ(ready.find("cleartext_url"), nullptr);
}

TEST_F(ApiTest, AnswersHealthToAnybody) {
  ApiUser nobody(portal(), "");
  EXPECT_EQ(to_json(nobody.json("/health")), R"({"status":"ok","patients":3})");
}

TEST_F(ApiTest, OpensASessionForTheRightPair) {
  const auto answer = sign_in(R"({"account": "alice", "password": "blue-button-alice"})");
  ASSERT_EQ(status_of(answer), 200);
  const auto body = parsed(answer->body);
  EXPECT_EQ(body["token_type"].string_or(""), "Bearer");
  EXPECT_EQ(body["expires_in"].integer_or(0), 900);
  EXPECT_EQ(body["subject"].string_or(""), "alice");
  EXPECT_EQ(body["patient"].string_or(""), "alice");
  EXPECT_EQ(body["scopes"].string_or(""), "view download share activity");
  EXPECT_EQ(body.find("acting_for"), nullptr);
  EXPECT_GE(body["access_token"].string_or("").size(), 43u);  // 256 bits
}

TEST_F(ApiTest, RefusesAWrongPasswordAndAnUnknownAccountAlike) {
  const auto wrong = sign_in(R"({"account": "alice", "password": "blue-button-bob"})");
  const auto unknown = sign_in(R"({"account": "nobody", "password": "blue-button-nobody"})");
  EXPECT_EQ(status_of(wrong), 401);
  EXPECT_EQ(error_code_of(wrong), "not_signed_in");
  EXPECT_EQ(status_of(unknown), 401);
  EXPECT_EQ(wrong->body, unknown->body);
}

TEST_F(ApiTest, RefusesASignInThatCannotBeRead) {
  EXPECT_EQ(status_of(sign_in("{")), 400);
  EXPECT_EQ(status_of(sign_in("[]")), 400);
  EXPECT_EQ(status_of(sign_in(R"({"account": "alice"})")), 400);
  EXPECT_EQ(status_of(sign_in(R"({"account": "alice", "password": 7})")), 400);
  EXPECT_EQ(status_of(sign_in(R"({"account": "alice", "password": "blue-button-alice", "acting_for": 1})")), 400);
  EXPECT_EQ(status_of(sign_in("account=alice", "text/plain")), 415);
}

TEST_F(ApiTest, DescribesTheSessionWithoutItsToken) {
  ApiUser alice(portal(), "alice");
  const auto body = alice.json("/api/session");
  EXPECT_EQ(body["subject"].string_or(""), "alice");
  EXPECT_EQ(body.find("access_token"), nullptr);
}

TEST_F(ApiTest, KillsTheTokenAtSignOut) {
  ApiUser alice(portal(), "alice");
  EXPECT_EQ(status_of(alice.del("/api/session")), 204);
  EXPECT_EQ(status_of(alice.get("/api/session")), 401);
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/items")), 401);
  EXPECT_EQ(status_of(alice.del("/api/session")), 401);
}

TEST_F(ApiTest, LetsACaregiverActForWhoGrantedIt) {
  ApiUser carol(portal(), "carol", "alice");
  const auto session = carol.json("/api/session");
  EXPECT_EQ(session["subject"].string_or(""), "carol");
  EXPECT_EQ(session["patient"].string_or(""), "alice");
  EXPECT_EQ(session["acting_for"].string_or(""), "alice");
  EXPECT_THAT(carol.text("/api/patients/alice/items/summary"), HasSubstr("Alice Newman"));
  EXPECT_THAT(carol.text("/api/patients/alice/download?format=ccda-2.1"), HasSubstr("Penicillin G"));
}

TEST_F(ApiTest, RefusesToActForWhoDidNotGrantIt) {
  const auto stranger = sign_in(R"({"account": "bob", "password": "blue-button-bob", "acting_for": "alice"})");
  EXPECT_EQ(status_of(stranger), 403);
  EXPECT_EQ(error_code_of(stranger), "not_yours");
  EXPECT_EQ(status_of(sign_in(R"({"account": "ruth", "password": "blue-button-ruth", "acting_for": "alice"})")), 403);
  EXPECT_EQ(status_of(sign_in(R"({"account": "carol", "password": "blue-button-carol", "acting_for": "bob"})")), 403);
  EXPECT_EQ(status_of(sign_in(R"({"account": "carol", "password": "blue-button-carol", "acting_for": "nobody"})")),
            403);
  EXPECT_EQ(status_of(sign_in(R"({"account": "carol", "password": "wrong", "acting_for": "alice"})")), 401);
}

TEST_F(ApiTest, GivesNothingWithoutSignIn) {
  ApiUser nobody(portal(), "");
  for (const auto* path : {"items", "items/summary", "formats", "download?format=ccda-2.1", "shares/x", "activity"}) {
    const auto answer = nobody.get("/api/patients/alice/" + std::string(path));
    EXPECT_EQ(status_of(answer), 401) << path;
    EXPECT_EQ(answer->get_header_value("WWW-Authenticate"), "Bearer");
    EXPECT_THAT(answer->body, Not(HasSubstr("Newman")));
  }
  EXPECT_EQ(status_of(nobody.post("/api/patients/alice/shares", R"({"to": ["https://localhost/"]})", "k")), 401);
}

TEST_F(ApiTest, GivesAStrangerNothingAndDoesNotSayWhoIsAPatient) {
  ApiUser bob(portal(), "bob");
  ApiUser ruth(portal(), "ruth");
  for (const auto* path : {"items", "items/summary", "formats", "download?format=ccda-2.1", "shares/x", "activity"}) {
    const auto known = bob.get("/api/patients/alice/" + std::string(path));
    const auto unknown = bob.get("/api/patients/nobody/" + std::string(path));
    EXPECT_EQ(status_of(known), 403) << path;
    EXPECT_EQ(error_code_of(known), "not_yours");
    EXPECT_EQ(known->body, unknown->body);
    EXPECT_EQ(status_of(ruth.get("/api/patients/alice/" + std::string(path))), 403) << path;
  }
}

TEST_F(ApiTest, ListsTheWholeRecordAndEachVisit) {
  ApiUser alice(portal(), "alice");
  const auto items = alice.json("/api/patients/alice/items")["items"];
  EXPECT_THAT(texts(items, "id"), ElementsAre("summary", "visit-1", "visit-2"));
  EXPECT_THAT(texts(items, "kind"), ElementsAre("summary", "visit", "visit"));
  EXPECT_THAT(texts(items, "media_type"), ElementsAre("text/html", "text/html", "text/html"));
  EXPECT_EQ(items[1]["title"].string_or(""), "Office visit, 2012-08-06");
  EXPECT_EQ(items[1]["updated"].string_or(""), "2012-08-06T00:00:00.000Z");
}

TEST_F(ApiTest, ListsByKindAndDate) {
  ApiUser alice(portal(), "alice");
  const auto ids = [&](const std::string& query) {
    return texts(alice.json("/api/patients/alice/items?" + query)["items"], "id");
  };
  EXPECT_THAT(ids("kind=visit"), ElementsAre("visit-1", "visit-2"));
  EXPECT_THAT(ids("kind=summary"), ElementsAre("summary"));
  EXPECT_THAT(ids("kind=letter"), ElementsAre());
  EXPECT_THAT(ids("kind=visit&from=2012-08-07"), ElementsAre("visit-2"));
  EXPECT_THAT(ids("kind=visit&until=2012-08-06"), ElementsAre("visit-1"));
  EXPECT_THAT(ids("kind=visit&until=2012-08-05T23:59:59Z"), ElementsAre());
}

TEST_F(ApiTest, ListsInPages) {
  ApiUser alice(portal(), "alice");
  const auto first = alice.json("/api/patients/alice/items?limit=2");
  EXPECT_THAT(texts(first["items"], "id"), ElementsAre("summary", "visit-1"));
  const auto second = alice.json("/api/patients/alice/items?limit=2&cursor=" + first["next"].string_or(""));
  EXPECT_THAT(texts(second["items"], "id"), ElementsAre("visit-2"));
  EXPECT_EQ(second.find("next"), nullptr);
  EXPECT_EQ(alice.json("/api/patients/alice/items?limit=3").find("next"), nullptr);
}

TEST_F(ApiTest, RefusesAQueryThatCannotBeRead) {
  ApiUser alice(portal(), "alice");
  for (const auto* query : {"limit=0", "limit=501", "limit=x", "limit=", "cursor=0", "cursor=-1", "cursor=abc",
                            "from=yesterday", "until=2012-13-01", "from=2015-01-01&until=2014-12-31"}) {
    EXPECT_EQ(status_of(alice.get("/api/patients/alice/items?" + std::string(query))), 400) << query;
    EXPECT_EQ(status_of(alice.get("/api/patients/alice/activity?" + std::string(query))), 400) << query;
  }
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/items?limit=1")), 200);
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/items?limit=500")), 200);
}

TEST_F(ApiTest, ShowsTheRecordAsThePageAPersonSees) {
  ApiUser alice(portal(), "alice");
  const auto answer = alice.get("/api/patients/alice/items/summary");
  ASSERT_EQ(status_of(answer), 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/html; charset=utf-8");
  for (const auto* fact : {"Alice Newman", "Penicillin G", "Lisinopril 10 MG Oral Tablet",
                           "Amlodipine 5 MG Oral Tablet", "Hypertensive disorder", "HDL cholesterol"})
    EXPECT_THAT(answer->body, HasSubstr(fact));
  EXPECT_THAT(answer->body, Not(HasSubstr("Sulfanilamide")));
}

TEST_F(ApiTest, ShowsTheSamePageTwiceByteForByte) {
  ApiUser first(portal(), "alice");
  ApiUser second(portal(), "alice");
  EXPECT_EQ(first.text("/api/patients/alice/items/summary"), second.text("/api/patients/alice/items/summary"));
}

TEST_F(ApiTest, ShowsOneVisitWithItsOwnEntriesOnly) {
  ApiUser alice(portal(), "alice");
  const auto page = alice.text("/api/patients/alice/items/visit-2");
  EXPECT_THAT(page, AllOf(HasSubstr("Alice Newman"), HasSubstr("Amlodipine"), HasSubstr("Follow-up visit")));
  EXPECT_THAT(page, Not(HasSubstr("Lisinopril")));
  EXPECT_THAT(page, Not(HasSubstr("Penicillin")));
  EXPECT_THAT(page, Not(HasSubstr("Office visit")));
}

TEST_F(ApiTest, KnowsNoOtherItems) {
  ApiUser alice(portal(), "alice");
  for (const auto* id : {"visit-0", "visit-3", "visit-01", "visit-", "visit-1x", "x", "..", "..%2f..%2fetc%2fpasswd",
                         "%2e%2e", "alice.xml", "visit-99999999999999999999"})
    EXPECT_EQ(status_of(alice.get("/api/patients/alice/items/" + std::string(id))), 404) << id;
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/items/a%00b")), 400);
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/items/%ff")), 400);
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/download?format=ccda-2.1&item=..%2f..%2fpeople.yaml")), 404);
  EXPECT_EQ(status_of(alice.get("/api/patients/..%2falice/items")), 403);
}

TEST_F(ApiTest, OffersSixFormats) {
  ApiUser alice(portal(), "alice");
  const auto formats = alice.json("/api/patients/alice/formats")["formats"];
  EXPECT_THAT(texts(formats, "id"),
              ElementsAre("blue-button-text", "ccda-2.1", "ccda-1.1", "fhir-bundle", "pdf", "html"));
  EXPECT_THAT(texts(formats, "media_type"), ElementsAre("text/plain", "application/xml", "application/xml",
                                                        "application/fhir+json", "application/pdf", "text/html"));
}

TEST_F(ApiTest, DownloadsTheOriginalDocumentByteForByte) {
  ApiUser alice(portal(), "alice");
  EXPECT_EQ(alice.text("/api/patients/alice/download?format=ccda-2.1"), ccda({"Alice", "Newman"}));
  EXPECT_EQ(alice.text("/api/patients/alice/download?format=ccda-2.1&item=summary"), ccda({"Alice", "Newman"}));
}

TEST_F(ApiTest, DownloadsEachFormatWithItsTypeAndName) {
  ApiUser alice(portal(), "alice");
  const auto text = alice.get("/api/patients/alice/download?format=blue-button-text");
  EXPECT_EQ(text->get_header_value("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_THAT(text->body, HasSubstr("Lisinopril"));
  EXPECT_EQ(text->get_header_value("Content-Disposition"),
            "attachment; filename=\"Alice Newman-summary.txt\"; filename*=UTF-8''Alice Newman-summary.txt");
  EXPECT_EQ(alice.get("/api/patients/alice/download?format=ccda-2.1")->get_header_value("Content-Type"),
            "application/xml");
  const auto fhir = alice.get("/api/patients/alice/download?format=fhir-bundle");
  EXPECT_EQ(fhir->get_header_value("Content-Type"), "application/fhir+json");
  EXPECT_EQ(parsed(fhir->body)["resourceType"].string_or(""), "Bundle");
  const auto pdf = alice.get("/api/patients/alice/download?format=pdf");
  EXPECT_EQ(pdf->get_header_value("Content-Type"), "application/pdf");
  EXPECT_THAT(pdf->body, testing::StartsWith("%PDF-"));
}

TEST_F(ApiTest, NamesAFileInThePatientsOwnLetters) {
  ApiUser bob(portal(), "bob");
  // The client library undoes the percent escapes of header fields; documents_test.cpp looks at them.
  EXPECT_EQ(bob.get("/api/patients/bob/download?format=fhir-bundle")->get_header_value("Content-Disposition"),
            "attachment; filename=\"Zo_ _ngstr_m-summary.json\"; "
            "filename*=UTF-8''Zo\u00eb \u00c5ngstr\u00f6m-summary.json");
  EXPECT_THAT(bob.text("/api/patients/bob/items/summary"), HasSubstr("Zo\u00eb \u00c5ngstr\u00f6m"));
  EXPECT_THAT(bob.text("/api/patients/bob/download?format=blue-button-text"), HasSubstr("\u00c5ngstr\u00f6m"));
}

TEST_F(ApiTest, DownloadsAVisitOrARangeOfDates) {
  ApiUser alice(portal(), "alice");
  for (const auto* format : {"blue-button-text", "ccda-2.1", "fhir-bundle"}) {
    const auto base = "/api/patients/alice/download?format=" + std::string(format);
    EXPECT_THAT(alice.text(base + "&item=visit-2"), AllOf(HasSubstr("Amlodipine"), Not(HasSubstr("Lisinopril"))))
        << format;
    EXPECT_THAT(alice.text(base + "&item=visit-1&item=visit-2"),
                AllOf(HasSubstr("Amlodipine"), HasSubstr("Lisinopril")));
    EXPECT_THAT(alice.text(base + "&until=2012-08-06"), AllOf(HasSubstr("Lisinopril"), Not(HasSubstr("Amlodipine"))));
    EXPECT_THAT(alice.text(base + "&from=2012-08-07T00:00:00Z"),
                AllOf(HasSubstr("Amlodipine"), Not(HasSubstr("Lisinopril"))));
    EXPECT_THAT(alice.text(base + "&from=2013-01-01&until=2014-01-01"),
                AllOf(HasSubstr("Newman"), Not(HasSubstr("Amlodipine")), Not(HasSubstr("Lisinopril"))));
  }
}

TEST_F(ApiTest, DownloadsAPageThatStandsAlone) {
  ApiUser alice(portal(), "alice");
  const auto page = alice.get("/api/patients/alice/download?format=html");
  EXPECT_EQ(page->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page->body, AllOf(HasSubstr("<title>Health record of Alice Newman</title>"), HasSubstr("Lisinopril"),
                                Not(HasSubstr("href=")), Not(HasSubstr("src="))));
}

TEST_F(ApiTest, TakesTheWholeOfTheLastDay) {
  ApiUser alice(portal(), "alice");
  const auto of = [&](const std::string& range) {
    return alice.text("/api/patients/alice/download?format=blue-button-text&" + range);
  };
  // Alice's medication began on a day, which a period that ends with it has to have.
  EXPECT_EQ(of("from=2012-08-06&until=2012-08-06"), of("from=2012-08-06T00:00:00Z&until=2012-08-06T23:59:59Z"));
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/download?format=pdf&from=2012-08-07&until=2012-08-06")), 400);
}

TEST_F(ApiTest, TakesRequestsForRestriction) {
  ApiUser alice(portal(), "alice"), carol(portal(), "carol", "alice"), bob(portal(), "bob");
  const auto asked = carol.post("/api/patients/alice/restrictions", R"({"class": "Medications", "reason": "private"})");
  ASSERT_EQ(status_of(asked), 201);
  const auto one = parsed(asked->body);
  EXPECT_EQ(one["status"].string_or(""), "received");
  EXPECT_EQ(one["asked_by"].string_or(""), "carol");
  const auto listed = alice.json("/api/patients/alice/restrictions")["items"];
  EXPECT_THAT(texts(listed, "id"), ElementsAre(one["id"].string_or("")));
  for (const auto* wrong : {"{}", R"({"class": ""})", R"({"class": "Medications", "reason": 1})", "["})
    EXPECT_EQ(status_of(alice.post("/api/patients/alice/restrictions", wrong)), 400) << wrong;
  EXPECT_EQ(status_of(bob.get("/api/patients/alice/restrictions")), 403);
  EXPECT_EQ(status_of(alice.del("/api/patients/alice/restrictions")), 405);
}

TEST_F(ApiTest, HasNoDoorToTheSourceUnlessTold) {
  ApiUser nobody(portal(), "");
  EXPECT_TRUE(portal().ready().find("source") == nullptr);
  EXPECT_EQ(status_of(nobody.post("/source//clock", R"({"now": "2026-01-01T00:00:00Z"})")), 404);
}

TEST(SourceTest, ShowsAnEventFromTheMomentItIsAvailable) {
  RunningPortal portal({"--source"});
  const auto door = portal.ready()["source"].string_or("").substr(portal.url().size());
  ApiUser nobody(portal, ""), alice(portal, "alice"), bob(portal, "bob");
  const auto tell = [&](const std::string& what, const std::string& body) {
    return status_of(nobody.post(door + "/" + what, body));
  };
  const auto is_seen = [](ApiUser& by, const std::string& of, const std::string& format) {
    return by.text("/api/patients/" + of + "/download?format=" + format).find("Canary test") != std::string::npos;
  };
  ASSERT_EQ(tell("clock", R"({"now": "2026-03-02T08:00:00Z"})"), 204);
  ASSERT_EQ(tell("events", R"({"patient": "alice", "kind": "result", "title": "Canary test",
                               "available_at": "2026-03-02T09:00:00Z"})"),
            204);
  EXPECT_FALSE(is_seen(alice, "alice", "html"));
  ASSERT_EQ(tell("clock", R"({"now": "2026-03-02T09:00:00Z"})"), 204);
  for (const auto* format : {"html", "ccda-2.1", "fhir-bundle", "blue-button-text"})
    EXPECT_TRUE(is_seen(alice, "alice", format)) << format;
  EXPECT_FALSE(is_seen(bob, "bob", "html"));
  EXPECT_EQ(tell("clock", R"({"now": "soon"})"), 400);
  EXPECT_EQ(tell("events", R"({"patient": "nobody", "kind": "result", "title": "x", "available_at": "2026-03-02"})"),
            400);
  EXPECT_EQ(tell("events", R"({"patient": "alice", "kind": "visit", "title": "x", "available_at": "2026-03-02"})"),
            400);
  EXPECT_EQ(tell("elsewhere", "{}"), 404);
}

TEST_F(ApiTest, RefusesAFormatItDoesNotOffer) {
  ApiUser alice(portal(), "alice");
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/download")), 400);
  const auto answer = alice.get("/api/patients/alice/download?format=docx");
  EXPECT_EQ(status_of(answer), 406);
  EXPECT_THAT(answer->body, HasSubstr("offered: blue-button-text, ccda-2.1, ccda-1.1, fhir-bundle, pdf, html"));
}

TEST_F(ApiTest, NamesTheMethodsThatAreThere) {
  ApiUser alice(portal(), "alice");
  const auto answer = alice.post("/api/patients/alice/items", "{}");
  EXPECT_EQ(status_of(answer), 405);
  EXPECT_EQ(answer->get_header_value("Allow"), "GET");
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/shares")), 405);
  EXPECT_EQ(status_of(alice.client().Put("/api/session", "{}", "application/json")), 405);
  EXPECT_EQ(status_of(alice.del("/health")), 405);
  EXPECT_EQ(status_of(alice.client().Options("/inbox")), 405);
  EXPECT_EQ(status_of(alice.get("/api")), 404);
  EXPECT_EQ(status_of(alice.get("/api/patients/alice")), 404);
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/letters")), 404);
}

TEST_F(ApiTest, KeepsTheHistoryNewestFirst) {
  RunningPortal fresh;
  ApiUser alice(fresh, "alice");
  alice.text("/api/patients/alice/items/visit-1");
  alice.text("/api/patients/alice/download?format=ccda-2.1");
  ApiUser carol(fresh, "carol", "alice");
  carol.text("/api/patients/alice/items/summary");
  carol.del("/api/session");

  const auto events = alice.json("/api/patients/alice/activity")["events"];
  EXPECT_THAT(texts(events, "action"), ElementsAre("sign_out", "view", "sign_in", "download", "view", "sign_in"));
  EXPECT_EQ(events[1]["actor"]["name"].string_or(""), "Carol Newman");
  EXPECT_EQ(events[1]["actor"]["id"].string_or(""), "carol");
  EXPECT_EQ(events[1]["actor"]["role"].string_or(""), "proxy");
  EXPECT_EQ(events[3]["actor"]["name"].string_or(""), "Alice Newman");
  EXPECT_EQ(events[3]["actor"]["role"].string_or(""), "patient");
  EXPECT_EQ(events[3]["what"].string_or(""), "C-CDA R2.1 (XML)");
  EXPECT_EQ(events[4]["items"][0].string_or(""), "visit-1");

  const auto first = alice.json("/api/patients/alice/activity?limit=4");
  EXPECT_EQ(first["events"].size(), 4u);
  const auto rest = alice.json("/api/patients/alice/activity?limit=4&cursor=" + first["next"].string_or(""));
  EXPECT_THAT(texts(rest["events"], "action"), ElementsAre("view", "sign_in"));
  EXPECT_EQ(rest.find("next"), nullptr);
  EXPECT_EQ(alice.json("/api/patients/alice/activity?until=2001-01-01")["events"].size(), 0u);
  EXPECT_EQ(alice.json("/api/patients/alice/activity?from=2001-01-01")["events"].size(), 6u);
}

TEST_F(ApiTest, ReceivesMailForAnybodyAndKeepsItsBytes) {
  ApiUser nobody(portal(), "");
  const auto answer = nobody.client().Post("/inbox", R"({"tag": "run-7"})", "application/json");
  ASSERT_EQ(status_of(answer), 201);
  const auto address = parsed(answer->body)["address"].string_or("");
  EXPECT_THAT(address, StartsWith(portal().url() + "/inbox/run-7-"));
  EXPECT_NE(
      parsed(body_of(nobody.client().Post("/inbox", R"({"tag": "run-7"})", "application/json")))["address"].string_or(
          ""),
      address);

  const std::string mail = std::string("Subject: t\r\n\r\nbytes \x00\xff\n", 22);
  EXPECT_EQ(to_json(nobody.json(path_of(address))), R"({"items":[]})");
  EXPECT_EQ(status_of(nobody.client().Post(path_of(address), mail, "message/rfc822")), 202);
  EXPECT_EQ(status_of(nobody.client().Post(path_of(address), mail, "text/plain")), 415);
  const auto items = nobody.json(path_of(address))["items"];
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0]["size"].integer_or(0), static_cast<std::int64_t>(mail.size()));
  const auto id = items[0]["id"].string_or("");
  const auto read = nobody.get(path_of(address) + "/" + id);
  EXPECT_EQ(read->body, mail);
  EXPECT_EQ(read->get_header_value("Content-Type"), "message/rfc822");
  EXPECT_EQ(nobody.json(path_of(address) + "?cursor=" + id)["items"].size(), 0u);

  EXPECT_EQ(status_of(nobody.del(path_of(address) + "/" + id)), 204);
  EXPECT_EQ(status_of(nobody.del(path_of(address) + "/" + id)), 204);
  EXPECT_EQ(status_of(nobody.get(path_of(address) + "/" + id)), 404);
  EXPECT_EQ(status_of(nobody.del(path_of(address) + "/2")), 404);
}

TEST_F(ApiTest, KnowsOnlyInboxesItGaveOut) {
  ApiUser nobody(portal(), "");
  EXPECT_EQ(status_of(nobody.get("/inbox/guess")), 404);
  EXPECT_EQ(status_of(nobody.client().Post("/inbox/guess", "mail", "message/rfc822")), 404);
  EXPECT_EQ(status_of(nobody.client().Post("/inbox", R"({"tag": "Big"})", "application/json")), 422);
  EXPECT_EQ(
      status_of(nobody.client().Post("/inbox", R"({"tag": ")" + std::string(32, 'a') + "\"}", "application/json")),
      201);
  EXPECT_EQ(
      status_of(nobody.client().Post("/inbox", R"({"tag": ")" + std::string(33, 'a') + "\"}", "application/json")),
      422);
  EXPECT_EQ(status_of(nobody.client().Post("/inbox")), 201);
  EXPECT_EQ(status_of(nobody.get("/inbox")), 405);
}

TEST_F(ApiTest, SlowsPasswordGuessing) {
  RunningPortal fresh;
  auto client = fresh.client();
  for (int attempt = 0; attempt < 20; ++attempt)
    EXPECT_EQ(status_of(client.Post("/api/session", R"({"account": "bob", "password": "guess"})", "application/json")),
              401);
  const auto right =
      client.Post("/api/session", R"({"account": "bob", "password": "blue-button-bob"})", "application/json");
  EXPECT_EQ(status_of(right), 429);
  EXPECT_EQ(right->get_header_value("Retry-After"), "60");
  ApiUser alice(fresh, "alice");  // another account is not held up
}

TEST_F(ApiTest, ServesManyPeopleAtOnce) {
  constexpr int people = 16;
  constexpr int rounds = 10;
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int person = 0; person < people; ++person)
    threads.emplace_back([&, person] {
      const std::string account = person % 2 == 0 ? "alice" : "bob";
      const std::string name = person % 2 == 0 ? "Alice Newman" : "Zo\u00eb \u00c5ngstr\u00f6m";
      ApiUser user(portal(), account);
      for (int round = 0; round < rounds; ++round) {
        const auto page = user.get("/api/patients/" + account + "/items/summary");
        if (page && page->status == 200 && page->body.find(name) != std::string::npos) ++good;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, people * rounds);
}

TEST_F(ApiTest, SendsTheSecurityHeadersWithEveryAnswer) {
  ApiUser nobody(portal(), "");
  for (const auto* path : {"/health", "/sign-in", "/api/session", "/nowhere", "/%zz"}) {
    const auto answer = nobody.get(path);
    ASSERT_NE(status_of(answer), 0) << path;
    EXPECT_THAT(answer->get_header_value("Content-Security-Policy"),
                AllOf(HasSubstr("default-src 'none'"), HasSubstr("frame-ancestors 'none'")))
        << path;
    EXPECT_THAT(answer->get_header_value("Strict-Transport-Security"), HasSubstr("max-age=")) << path;
    EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer->get_header_value("Cache-Control"), "no-store") << path;
  }
}

}  // namespace
}  // namespace bb::portal_test
