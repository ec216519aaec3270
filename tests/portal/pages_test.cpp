// The portal as a person in a browser meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/records/html.hpp>

#include "portal/running_portal.hpp"
#include "portal/shared_portal.hpp"

namespace bb::portal_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PagesTest : public SharedPortalTest {};

std::string location_of(const httplib::Result& answer) { return answer ? answer->get_header_value("Location") : ""; }

TEST_F(PagesTest, LeadsWhoIsNotSignedInToTheSignInPage) {
  Browser browser(portal());
  for (const auto* path : {"/", "/people", "/patients/alice", "/patients/alice/items/summary", "/patients/nobody",
                           "/patients/alice/download?format=ccda-2.1", "/patients/alice/share",
                           "/patients/alice/messages", "/patients/alice/history"}) {
    const auto answer = browser.get(path);
    EXPECT_EQ(status_of(answer), 303) << path;
    EXPECT_EQ(location_of(answer), "/sign-in") << path;
  }
}

TEST_F(PagesTest, LeadsAPatientFromTheSignInToTheRecord) {
  Browser browser(portal());
  const auto answer = browser.sign_in("alice", password_of("alice"));
  EXPECT_EQ(status_of(answer), 303);
  EXPECT_EQ(location_of(answer), "/");
  EXPECT_EQ(location_of(browser.get("/")), "/patients/alice");
  const auto page = browser.get("/patients/alice");
  EXPECT_EQ(status_of(page), 200);
  EXPECT_THAT(page->body, AllOf(HasSubstr("<h1>Health record of Alice Newman</h1>"), HasSubstr("Penicillin G"),
                                HasSubstr("Signed in as alice")));
}

TEST_F(PagesTest, SetsACookieThatScriptsAndOtherSitesCannotUse) {
  Browser browser(portal());
  const auto answer = browser.sign_in("alice", password_of("alice"));
  const auto cookie = answer->get_header_value("Set-Cookie");
  EXPECT_THAT(cookie, AllOf(HasSubstr("; Secure"), HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Strict"),
                            HasSubstr("; Path=/")));
  EXPECT_THAT(browser.cookies(), HasSubstr("__Host-session="));
}

TEST_F(PagesTest, SaysThatAPasswordIsWrongWithoutSayingWhetherTheAccountExists) {
  Browser browser(portal());
  const auto wrong = browser.sign_in("alice", "guess");
  EXPECT_EQ(status_of(wrong), 401);
  EXPECT_THAT(wrong->body, AllOf(HasSubstr("role=\"alert\""), HasSubstr("value=\"alice\""), Not(HasSubstr("guess"))));
  const auto unknown = browser.sign_in("nobody", "guess");
  EXPECT_EQ(status_of(unknown), 401);
  EXPECT_THAT(unknown->body, HasSubstr("Account and password do not belong together"));
}

TEST_F(PagesTest, RefusesFormsWithoutTheirToken) {
  Browser browser(portal());
  browser.get("/sign-in");
  EXPECT_EQ(status_of(browser.post("/sign-in", {{"account", "alice"}, {"password", password_of("alice")}})), 403);
  EXPECT_EQ(
      status_of(browser.post("/sign-in", {{"csrf", "x"}, {"account", "alice"}, {"password", password_of("alice")}})),
      403);
  browser.sign_in("alice", password_of("alice"));
  browser.get("/patients/alice");
  EXPECT_EQ(status_of(browser.post("/sign-out", {})), 403);
  EXPECT_EQ(
      status_of(browser.post("/patients/alice/share", {{"to", portal().url() + "/inbox/x"}, {"format", "ccda-2.1"}})),
      403);
  EXPECT_EQ(status_of(browser.post("/sign-out", {{"csrf", "guess"}})), 403);
  EXPECT_EQ(status_of(browser.get("/patients/alice")), 200);
}

TEST_F(PagesTest, RefusesTheTokenOfAnotherSession) {
  Browser alice(portal());
  Browser bob(portal());
  alice.sign_in("alice", password_of("alice"));
  bob.sign_in("bob", password_of("bob"));
  alice.get("/patients/alice");
  bob.get("/patients/bob");
  EXPECT_EQ(status_of(bob.post("/sign-out", {{"csrf", alice.token()}})), 403);
}

TEST_F(PagesTest, EndsTheSessionAtSignOut) {
  Browser browser(portal());
  browser.sign_in("alice", password_of("alice"));
  browser.get("/patients/alice");
  const auto cookies = browser.cookies();
  EXPECT_EQ(location_of(browser.post("/sign-out", {{"csrf", browser.token()}})), "/sign-in");
  EXPECT_THAT(browser.cookies(), Not(HasSubstr("__Host-session")));
  auto thief = portal().client();
  EXPECT_EQ(status_of(thief.Get("/patients/alice", {{"Cookie", cookies}})), 303);
}

TEST_F(PagesTest, TakesNoBearerTokenForPagesAndNoCookieForTheApi) {
  Browser browser(portal());
  browser.sign_in("alice", password_of("alice"));
  EXPECT_EQ(status_of(browser.get("/api/patients/alice/items")), 401);
  ApiUser alice(portal(), "alice");
  EXPECT_EQ(status_of(alice.get("/patients/alice")), 303);
}

TEST_F(PagesTest, LetsACaregiverChooseAPerson) {
  Browser carol(portal());
  carol.sign_in("carol", password_of("carol"));
  EXPECT_EQ(location_of(carol.get("/")), "/people");
  EXPECT_THAT(body_of(carol.get("/people")), HasSubstr("<a href=\"/patients/alice\">Alice Newman</a>"));
  EXPECT_THAT(body_of(carol.get("/patients/alice")), AllOf(HasSubstr("acting for alice"), HasSubstr("Penicillin G")));
  EXPECT_EQ(status_of(carol.get("/patients/bob")), 403);

  Browser ruth(portal());
  ruth.sign_in("ruth", password_of("ruth"));
  EXPECT_THAT(body_of(ruth.get("/people")), HasSubstr("There is no health record that you may open"));
  EXPECT_EQ(status_of(ruth.get("/patients/alice")), 403);
}

TEST_F(PagesTest, OffersBlueButtonDownloadsWithTheRegisteredSignAndWithoutEndorsement) {
  Browser browser(portal());
  browser.sign_in("alice", password_of("alice"));
  const auto page = body_of(browser.get("/patients/alice"));
  const auto text = records::html_to_text(page);
  EXPECT_EQ(text.substr(text.find("Blue Button"), 13), "Blue Button\u00ae");
  EXPECT_THAT(text, HasSubstr("does not imply endorsement by HHS or the U.S. government"));
  for (const auto* format : {"blue-button-text", "ccda-2.1", "fhir-bundle"}) {
    EXPECT_THAT(page, HasSubstr("name=\"format\" value=\"" + std::string(format) + "\""));
    const auto file = browser.get("/patients/alice/download?from=&until=&format=" + std::string(format));
    EXPECT_EQ(status_of(file), 200) << format;
    EXPECT_THAT(file->get_header_value("Content-Disposition"),
                HasSubstr("attachment; filename=\"Alice Newman-summary."));
    EXPECT_THAT(file->body, HasSubstr("Lisinopril"));
  }
}

TEST_F(PagesTest, ShowsProgramsTheSamePageAsPeople) {
  Browser browser(portal());
  browser.sign_in("alice", password_of("alice"));
  ApiUser alice(portal(), "alice");
  EXPECT_EQ(records::html_to_text(body_of(browser.get("/patients/alice"))),
            records::html_to_text(alice.text("/api/patients/alice/items/summary")));
}

TEST_F(PagesTest, SendsARecordFromTheFormOnce) {
  Browser browser(portal());
  ApiUser receiver(portal(), "");
  const auto inbox = receiver.fresh_inbox();
  browser.sign_in("alice", password_of("alice"));
  const auto form = body_of(browser.get("/patients/alice/share"));
  const httplib::Params fields = {
      {"csrf", browser.token()}, {"key", "one"}, {"to", inbox}, {"format", "ccda-2.1"}, {"item", "summary"}};
  const auto answer = browser.post("/patients/alice/share", fields);
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer->body, HasSubstr("Sent to " + inbox));
  browser.post("/patients/alice/share", fields);
  EXPECT_EQ(receiver.json(path_of(inbox))["items"].size(), 1u);
  EXPECT_THAT(body_of(browser.get("/patients/alice/history")),
              AllOf(HasSubstr("Sent: C-CDA R2.1 (XML)"), HasSubstr(inbox)));
}

TEST_F(PagesTest, SaysWhyADestinationCannotBeUsed) {
  Browser browser(portal());
  browser.sign_in("alice", password_of("alice"));
  browser.get("/patients/alice/share");
  const auto answer =
      browser.post("/patients/alice/share",
                   {{"csrf", browser.token()}, {"key", "k"}, {"to", "http://x/\"><b>"}, {"format", "ccda-2.1"}});
  EXPECT_EQ(status_of(answer), 422);
  EXPECT_THAT(answer->body, AllOf(HasSubstr("role=\"alert\""), HasSubstr("cannot be used"), Not(HasSubstr("<b>"))));
}

TEST_F(PagesTest, EscapesMarkupInNames) {
  Browser browser(portal());
  browser.sign_in("mallory", password_of("mallory"));
  for (const auto* path : {"/patients/mallory", "/patients/mallory/share", "/patients/mallory/messages",
                           "/patients/mallory/history", "/people"}) {
    const auto page = body_of(browser.get(path));
    EXPECT_THAT(page, AllOf(HasSubstr("&lt;script&gt;"), Not(HasSubstr("<script")), Not(HasSubstr("<b>")))) << path;
  }
  const auto file = browser.get("/patients/mallory/download?format=fhir-bundle");
  EXPECT_THAT(file->get_header_value("Content-Disposition"),
              HasSubstr("filename=\"_script_alert(1)__script_ Tagg & Co-summary.json\""));
}

TEST_F(PagesTest, ShowsAPartOfTheRecordAndSaysSo) {
  Browser browser(portal());
  browser.sign_in("alice", password_of("alice"));
  const auto visit = body_of(browser.get("/patients/alice/items/visit-2"));
  EXPECT_THAT(visit, AllOf(HasSubstr("This page shows a part of the record: Follow-up visit, 2015-03-01"),
                           HasSubstr("Amlodipine"), Not(HasSubstr("Lisinopril"))));
  const auto dates = body_of(browser.get("/patients/alice?from=2012-01-01&until=2012-12-31"));
  EXPECT_THAT(dates, AllOf(HasSubstr("from 2012-01-01, until 2012-12-31"), HasSubstr("Lisinopril"),
                           Not(HasSubstr("Amlodipine"))));
  EXPECT_EQ(status_of(browser.get("/patients/alice?from=x")), 400);
  EXPECT_EQ(status_of(browser.get("/patients/alice/items/visit-9")), 404);
}

TEST_F(PagesTest, IsMarkedUpForAssistiveTechnology) {
  Browser browser(portal());
  browser.sign_in("alice", password_of("alice"));
  for (const auto* path : {"/sign-in", "/people", "/patients/alice", "/patients/alice/share",
                           "/patients/alice/messages", "/patients/alice/history", "/nowhere"}) {
    const auto page = body_of(browser.get(path));
    for (const auto* mark : {"<html lang=\"en\">", "<a class=\"skip\" href=\"#main\">", "<header>", "<main id=\"main\"",
                             "<footer>", "<h1>", "name=\"viewport\"", "<title>"})
      EXPECT_THAT(page, HasSubstr(mark)) << path;
    EXPECT_THAT(page, Not(HasSubstr("<script"))) << path;
    EXPECT_THAT(page, Not(HasSubstr(" style="))) << path;
  }
  EXPECT_EQ(browser.get("/assets/portal.css")->get_header_value("Content-Type"), "text/css; charset=utf-8");
}

TEST_F(PagesTest, AnswersHeadWithoutABody) {
  auto client = portal().client();
  const auto answer = client.Head("/sign-in");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_EQ(answer->body, "");
}

TEST_F(PagesTest, TakesFormsOnly) {
  auto client = portal().client();
  EXPECT_EQ(status_of(client.Post("/sign-in", "{}", "application/json")), 415);
  EXPECT_EQ(status_of(client.Delete("/sign-in")), 405);
  EXPECT_EQ(status_of(client.Get("/sign-out")), 405);
}

}  // namespace
}  // namespace bb::portal_test
