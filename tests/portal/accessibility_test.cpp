// The pages under axe-core in Chromium, through the runner of the reports.
#include <gtest/gtest.h>

#include <bb/core/text.hpp>

#include "portal/pull_app.hpp"
#include "portal/running_portal.hpp"
#include "portal/smart_app.hpp"

namespace bb::portal_test {
namespace {

constexpr int exit_skipped = 77;
constexpr std::int64_t axe_ms_max = 170'000;

TEST(AccessibilityTest, HasNoViolationOnAnyPage) {
  const auto runner = std::filesystem::path(BB_SOURCE_DIR) / "tests/report/axe.mjs";
  if (std::string(BB_NODE).empty() || !std::filesystem::exists(runner))
    GTEST_SKIP() << "node or " << runner << " is missing";

  RunningPortal portal({"--mail-smtp", "127.0.0.1:1", "--mail-from", "records@portal.example"});
  Browser alice(portal);
  Browser carol(portal);
  Browser ruth(portal);
  const auto style = body_of(alice.get("/assets/portal.css"));
  TemporaryFolder folder;
  std::vector<std::string> arguments = {runner.string()};
  // Saved with its style, as the runner has no session of its own.
  const auto save = [&](const std::string& name, const httplib::Result& page) {
    folder.write(name, replace_all(body_of(page), R"(<link rel="stylesheet" href="/assets/portal.css">)",
                                   "<style>" + style + "</style>"));
    arguments.push_back((folder.path() / name).string());
  };
  save("sign-in.html", alice.get("/sign-in"));
  save("sign-in-again.html", alice.sign_in("alice", "wrong"));
  alice.sign_in("alice", password_of("alice"));
  carol.sign_in("carol", password_of("carol"));
  ruth.sign_in("ruth", password_of("ruth"));
  save("record.html", alice.get("/patients/alice"));
  save("visit.html", alice.get("/patients/alice/items/visit-1"));
  save("share.html", alice.get("/patients/alice/share"));
  const httplib::Params nowhere = {
      {"csrf", alice.token()}, {"key", "k"}, {"to", "https://127.0.0.1:1/"}, {"format", "ccda-2.1"}};
  save("shared.html", alice.post("/patients/alice/share", nowhere));
  save("share-again.html", alice.post("/patients/alice/share", {{"csrf", alice.token()}, {"to", "http://x/"}}));
  httplib::Params mail = {{"csrf", alice.token()}, {"way", "mail"}, {"to", "bob@bob.example"}, {"format", "ccda-2.1"}};
  save("mail.html", alice.post("/patients/alice/share", mail));
  mail.emplace("again", "bo@bob.example");
  save("mail-again.html", alice.post("/patients/alice/share", mail));
  save("history.html", alice.get("/patients/alice/history"));
  save("messages.html", alice.get("/patients/alice/messages"));
  SmartApp app(portal);
  const auto asked = "/oauth/authorize?" + write_form(app.ask);
  app.token();
  save("consent.html", alice.get(asked));
  save("consent-again.html", alice.post("/oauth/consent", {{"csrf", alice.token()},
                                                           {"request", write_form(app.ask)},
                                                           {"scope", "patient/Patient.rs"},
                                                           {"decision", "allow"}}));
  save("applications.html", alice.get("/oauth/manage"));
  save("no-application.html", carol.get("/oauth/manage"));
  save("no-record.html", ruth.get(asked));
  save("not-let-in.html", alice.get("/oauth/authorize"));
  const auto experiment = "/pull/authorize?" + pull_request(portal, "summary:");
  save("pull-consent.html", alice.get(experiment));
  save("pull-sign-in.html", Browser(portal).get(experiment));
  // The choice of the CMS interface, in both languages.
  FormFields claims{{"client_id", "cms-app"},      {"redirect_uri", "http://127.0.0.1/callback"},
                    {"response_type", "code"},     {"state", "sixteen characters"},
                    {"code_challenge", challenge}, {"code_challenge_method", "S256"}};
  save("claims.html", alice.get("/v2/o/authorize/?" + write_form(claims)));
  claims.emplace_back("lang", "es");
  save("claims-es.html", alice.get("/v2/o/authorize/?" + write_form(claims)));
  save("caregiver.html", carol.get("/patients/alice"));
  save("people.html", carol.get("/people"));
  save("nobody.html", ruth.get("/people"));
  save("refused.html", ruth.get("/patients/alice"));

  const auto result = run_command({BB_NODE, arguments, {}, true}, axe_ms_max);
  ASSERT_TRUE(result) << result.error().what;
  if (result->status == exit_skipped) GTEST_SKIP() << result->err;
  EXPECT_EQ(result->status, 0) << result->out << result->err;
}

}  // namespace
}  // namespace bb::portal_test
