// Each defect of the authorization server shows on the defective portal and not on the clean one.
#include <gtest/gtest.h>

#include <functional>

#include <bb/core/time.hpp>
#include <bb/smart/jws.hpp>

#include "portal/defects.hpp"
#include "portal/smart_app.hpp"

namespace bb::portal_test {
namespace {

bool is_active(SmartApp& app, const Value& answer, const char* member) {
  return app.introspect(answer[member].string_or(""))["active"].boolean_or(false);
}

std::string string_in(const Value& answer, const char* member) { return answer[member].string_or(""); }

Value id_token_claims(RunningPortal& portal) {
  const auto token = smart::read_jws(string_in(SmartApp(portal).token(), "id_token"));
  EXPECT_TRUE(token);
  return token ? token->claims : Value();
}

Value configuration(RunningPortal& portal) {
  auto client = portal.client();
  return parsed(body_of(client.Get("/fhir/r4/.well-known/smart-configuration")));
}

// What is given by an assertion alone.
httplib::Result backend_token(SmartApp& app, FormFields assertion) {
  assertion.insert(assertion.begin(), {{"grant_type", "client_credentials"}, {"scope", "system/*.rs"}});
  return app.post_as("token", assertion, {});
}

struct Case {
  std::string defect;
  std::function<bool(RunningPortal&)> shows;
};

const std::string other_redirect = "https://elsewhere.example/back";

std::vector<Case> cases() {
  return {
      {"smart-accepts-wrong-audience",
       [](auto& p) { return !SmartApp(p).set("aud", "https://other.example/fhir").code().empty(); }},
      {"smart-needs-no-pkce",
       [](auto& p) {
         SmartApp app(p);
         const auto code = app.drop("code_challenge").drop("code_challenge_method").code();
         return !code.empty() && status_of(app.redeem(code, {{"code_verifier", "(none)"}})) == 200;
       }},
      {"smart-accepts-plain-pkce",
       [](auto& p) {
         SmartApp app(p);
         const auto code = app.set("code_challenge", verifier).set("code_challenge_method", "plain").code();
         return !code.empty() && status_of(app.redeem(code)) == 200;
       }},
      {"smart-accepts-wrong-verifier",
       [](auto& p) {
         SmartApp app(p);
         return status_of(app.redeem(app.code(), {{"code_verifier", std::string(43, 'x')}})) == 200;
       }},
      {"smart-token-without-patient", [](auto& p) { return SmartApp(p).token().find("patient") == nullptr; }},
      {"smart-accepts-used-code",
       [](auto& p) {
         SmartApp app(p);
         const auto code = app.code();
         return status_of(app.redeem(code)) == 200 && status_of(app.redeem(code)) == 200;
       }},
      {"smart-accepts-other-redirect",
       [](auto& p) { return SmartApp(p).set("redirect_uri", other_redirect).sent_back().starts_with(other_redirect); }},
      {"smart-scope-beyond-consent",
       [](auto& p) {
         const auto scope = string_in(SmartApp(p).token({.refused = {"patient/Observation.rs"}}), "scope");
         return scope.find("Observation") != std::string::npos;
       }},
      {"smart-refresh-after-revocation",
       [](auto& p) {
         SmartApp app(p);
         const auto refresh = string_in(app.token(), "refresh_token");
         EXPECT_EQ(status_of(app.post("revoke", {{"token", refresh}})), 200);
         return status_of(app.refresh(refresh)) == 200;
       }},
      {"smart-access-after-revocation",
       [](auto& p) {
         SmartApp app(p);
         const auto token = app.token();
         EXPECT_EQ(status_of(app.post("revoke", {{"token", string_in(token, "access_token")}})), 200);
         return status_of(app.userinfo(string_in(token, "access_token"))) == 200;
       }},
      {"smart-reuse-keeps-family",
       [](auto& p) {
         SmartApp app(p);
         const auto first = string_in(app.token(), "refresh_token");
         const auto second = string_in(parsed(body_of(app.refresh(first))), "refresh_token");
         EXPECT_EQ(oauth_error_of(app.refresh(first)), "invalid_grant");
         return status_of(app.refresh(second)) == 200;
       }},
      {"smart-token-cacheable",
       [](auto& p) {
         SmartApp app(p);
         const auto answer = app.redeem(app.code());
         return answer->get_header_value("Cache-Control").find("no-store") == std::string::npos &&
                !answer->has_header("Pragma");
       }},
      {"smart-id-token-wrong-audience",
       [](auto& p) { return id_token_claims(p)["aud"].string_or("") != "demo-public"; }},
      {"smart-id-token-expired",
       [](auto& p) { return id_token_claims(p)["exp"].integer_or(0) < now_unix_ns() / ns_per_second; }},
      {"smart-changes-state",
       [](auto& p) {
         SmartApp app(p);
         return parameter(app.sent_back(), "state") != *find_field(app.ask, "state");
       }},
      {"smart-ignores-client-secret",
       [](auto& p) {
         SmartApp app(p, "demo-confidential");
         const FormFields fields = {{"grant_type", "authorization_code"},
                                    {"code", app.code()},
                                    {"redirect_uri", "http://127.0.0.1:9/callback"},
                                    {"code_verifier", verifier},
                                    {"client_id", app.id()},
                                    {"client_secret", "not the secret at all"}};
         return status_of(app.post_as("token", fields, {})) == 200;
       }},
      {"smart-accepts-replayed-assertion",
       [](auto& p) {
         SmartApp app(p, "demo-backend");
         const auto assertion = app.assertion("once");
         return status_of(backend_token(app, assertion)) == 200 && status_of(backend_token(app, assertion)) == 200;
       }},
      {"smart-accepts-expired-assertion",
       [](auto& p) {
         SmartApp app(p, "demo-backend");
         return status_of(backend_token(app, app.assertion("late", 3'600))) == 200;
       }},
      {"smart-introspects-garbage",
       [](auto& p) { return SmartApp(p).introspect("garbage")["active"].boolean_or(false); }},
      {"smart-lists-plain",
       [](auto& p) {
         return configuration(p)["code_challenge_methods_supported"] == Value::strings({"S256", "plain"});
       }},
      {"smart-code-after-denial", [](auto& p) { return !SmartApp(p).code({.decision = "deny"}).empty(); }},
      {"smart-refresh-widens",
       [](auto& p) {
         SmartApp app(p);
         // Nobody was asked for it.
         return status_of(app.refresh(string_in(app.token(), "refresh_token"), "patient/Condition.rs")) == 200;
       }},
  };
}

TEST(SmartDefectsTest, CoversEveryDefectOfTheTable) {
  std::vector<std::string> known;
  std::vector<std::string> covered;
  for (const auto& row : portal::all_defects())
    if (row.name.starts_with("smart-")) known.emplace_back(row.name);
  for (const auto& row : cases()) covered.push_back(row.defect);
  EXPECT_EQ(covered, known);
}

TEST(SmartDefectsTest, ShowsNoneOnTheCleanPortal) {
  RunningPortal clean;
  for (const auto& row : cases()) EXPECT_FALSE(row.shows(clean)) << row.defect;
}

TEST(SmartDefectsTest, ShowsEachAlone) {
  for (const auto& on : cases()) {
    RunningPortal defective({"--defect", on.defect});
    for (const auto& row : cases())
      EXPECT_EQ(row.shows(defective), row.defect == on.defect) << row.defect << " under " << on.defect;
  }
}

TEST(SmartDefectsTest, LeavesRefreshTokensRevokedUnderAccessAfterRevocation) {
  // Goal: each of the two is about one kind of token.
  RunningPortal portal({"--defect", "smart-access-after-revocation"});
  SmartApp app(portal);
  const auto token = app.token();
  app.post("revoke", {{"token", string_in(token, "refresh_token")}});
  EXPECT_FALSE(is_active(app, token, "refresh_token"));
  EXPECT_TRUE(is_active(app, token, "access_token"));
}

}  // namespace
}  // namespace bb::portal_test
