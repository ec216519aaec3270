// Tokens of the portal's authorization server: how they are got, what they say, and how they end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/signature_keys.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/id_token.hpp>
#include <bb/smart/registration.hpp>
#include <bb/smart/scope.hpp>
#include <bb/smart/token.hpp>

#include "portal/shared_portal.hpp"
#include "portal/smart_app.hpp"

namespace bb::portal_test {
namespace {

using testing::HasSubstr;

class SmartTokenTest : public SharedPortalTest {};

std::string string_in(const Value& answer, const char* member) { return answer[member].string_or(""); }

TEST_F(SmartTokenTest, AnswersWithAllThatATokenComesWith) {
  SmartApp app(portal());
  const auto answer = app.redeem(app.code());
  ASSERT_EQ(status_of(answer), 200) << body_of(answer);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(answer->get_header_value("Cache-Control"), "no-store");
  EXPECT_EQ(answer->get_header_value("Pragma"), "no-cache");
  EXPECT_EQ(answer->get_header_value("Access-Control-Allow-Origin"), "*");
  const auto token = smart::read_token_response(answer->body);
  ASSERT_TRUE(token) << token.error().what;
  EXPECT_EQ(token->expires_in_s, 3'600);
  EXPECT_EQ(token->patient, "alice");
  EXPECT_EQ(token->scope, *find_field(app.ask, "scope"));
  EXPECT_FALSE(token->refresh_token.is_empty());
}

TEST_F(SmartTokenTest, GivesOnlyWhatTheScopesSay) {
  SmartApp app(portal());
  const auto token = app.set("scope", "patient/Condition.read").token();
  EXPECT_EQ(token["patient"].string_or(""), "alice");
  EXPECT_EQ(token.find("refresh_token"), nullptr);
  EXPECT_EQ(token.find("id_token"), nullptr);
  EXPECT_EQ(app.set("scope", "openid").token().find("patient"), nullptr);
}

TEST_F(SmartTokenTest, GivesOfEachScopeWhatReads) {
  struct Row {
    std::string asked, given;
  };
  const std::string category =
      "?category=http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2Fobservation-category%7Claboratory";
  for (const auto& row : std::vector<Row>{
           {"patient/*.read", "patient/*.read"},
           {"patient/*.*", "patient/*.read"},
           {"patient/*.cruds", "patient/*.rs"},
           {"patient/Observation.r patient/Observation.s", "patient/Observation.r patient/Observation.s"},
           {"patient/Observation.rs" + category, "patient/Observation.rs" + category},
           {"patient/Observation.cruds" + category, "patient/Observation.rs" + category},
           {"patient/Patient.rs patient/Patient.rs", "patient/Patient.rs"},
           {"user/Observation.cruds", "user/Observation.rs"},
           {"patient/Patient.rs patient/Observation.write system/*.rs nonsense patient/Observation.rs?code=1",
            "patient/Patient.rs"},
       }) {
    SmartApp app(portal());
    app.set("scope", row.asked);
    Browser browser(portal());
    browser.sign_in("alice", password_of("alice"));
    browser.get("/oauth/authorize?" + write_form(app.ask));
    httplib::Params form = {
        {"csrf", browser.token()}, {"request", write_form(app.ask)}, {"decision", "allow"}, {"patient", "alice"}};
    for (const auto& scope : smart::read_scopes(row.given)) form.emplace("scope", scope.text);
    const auto back = browser.post("/oauth/consent", form);
    const auto token = parsed(body_of(app.redeem(parameter(back->get_header_value("Location"), "code"))));
    EXPECT_EQ(string_in(token, "scope"), row.given) << row.asked;
  }
}

TEST_F(SmartTokenTest, GivesWhatThePersonLeft) {
  SmartApp app(portal());
  const auto token = app.token({.refused = {"patient/Observation.rs", "openid", "offline_access"}});
  EXPECT_EQ(string_in(token, "scope"), "launch/patient fhirUser patient/Patient.rs");
  EXPECT_EQ(token.find("refresh_token"), nullptr);
  EXPECT_EQ(token.find("id_token"), nullptr);
  EXPECT_EQ(status_of(app.userinfo(string_in(token, "access_token"))), 403);
}

TEST_F(SmartTokenTest, SignsWhoSignedIn) {
  SmartApp app(portal());
  const auto token = app.set("nonce", "n-0S6_WzA2Mj").token();
  const auto keys = smart::read_key_set(body_of(app.client().Get("/oauth/jwks")));
  ASSERT_TRUE(keys) << keys.error().what;
  const smart::IdTokenRules rules{
      .issuer = portal().url(), .client_id = app.id(), .now_unix_ns = now_unix_ns(), .nonce = "n-0S6_WzA2Mj"};
  const auto identity = smart::read_id_token(string_in(token, "id_token"), *keys, rules);
  ASSERT_TRUE(identity) << identity.error().what;
  EXPECT_EQ(identity->subject, "alice");
  EXPECT_EQ(identity->fhir_user, portal().url() + "/fhir/r4/Patient/alice");
  const auto jws = smart::read_jws(string_in(token, "id_token"));
  EXPECT_EQ(jws->algorithm, "RS256");
  // OpenID Connect Core, 3.1.3.6.
  EXPECT_EQ(jws->claims["at_hash"].string_or(""),
            base64url_encode(sha256(string_in(token, "access_token")).substr(0, 16)));
}

TEST_F(SmartTokenTest, TellsWhoSomebodyIs) {
  SmartApp app(portal());
  const auto token = app.set("scope", "openid profile launch/patient").token();
  const auto claims = parsed(body_of(app.userinfo(string_in(token, "access_token"))));
  EXPECT_EQ(string_in(claims, "sub"), "alice");
  EXPECT_EQ(string_in(claims, "name"), "Alice Newman");
  EXPECT_EQ(string_in(claims, "given_name"), "Alice");
  EXPECT_EQ(string_in(claims, "family_name"), "Newman");
  EXPECT_EQ(string_in(claims, "patient"), "alice");
  const auto bare = app.set("scope", "openid").token();
  EXPECT_EQ(body_of(app.userinfo(string_in(bare, "access_token"))), R"({"sub":"alice"})");
  const auto garbage = app.userinfo("garbage");
  EXPECT_EQ(status_of(garbage), 401);
  EXPECT_EQ(garbage->get_header_value("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_EQ(app.client().Get("/oauth/userinfo")->get_header_value("WWW-Authenticate"), "Bearer");
}

TEST_F(SmartTokenTest, TakesACodeOnceAndEndsWhatItGave) {
  SmartApp app(portal());
  const auto code = app.code();
  const auto token = parsed(body_of(app.redeem(code)));
  const auto again = app.redeem(code);
  EXPECT_EQ(status_of(again), 400);
  EXPECT_EQ(oauth_error_of(again), "invalid_grant");
  EXPECT_EQ(status_of(app.userinfo(string_in(token, "access_token"))), 401);
  EXPECT_EQ(oauth_error_of(app.refresh(string_in(token, "refresh_token"))), "invalid_grant");
}

TEST_F(SmartTokenTest, TakesACodeOnceOfManyAtTheSameTime) {
  const auto code = SmartApp(portal()).code();
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int count = 0; count < 8; ++count)
    threads.emplace_back([&] {
      SmartApp app(portal());
      if (status_of(app.redeem(code)) == 200) ++taken;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
}

TEST_F(SmartTokenTest, TakesACodeFromItsApplicationWithItsVerifierAndRedirectAlone) {
  SmartApp app(portal());
  const auto code = app.code();
  for (const auto& change : FormFields{{"code_verifier", "(none)"},
                                       {"code_verifier", ""},
                                       {"code_verifier", std::string(43, 'x')},
                                       {"code_verifier", challenge},
                                       {"redirect_uri", "(none)"},
                                       {"redirect_uri", "http://127.0.0.1:10/callback"},
                                       {"code", "garbage"}}) {
    const auto answer = app.redeem(code, {change});
    EXPECT_EQ(status_of(answer), 400) << change.first << "=" << change.second;
    EXPECT_EQ(oauth_error_of(answer), "invalid_grant") << change.first << "=" << change.second;
  }
  EXPECT_EQ(oauth_error_of(SmartApp(portal(), "demo-confidential").redeem(code)), "invalid_grant");
  EXPECT_EQ(oauth_error_of(app.redeem(code, {{"code", "(none)"}})), "invalid_request");
  EXPECT_EQ(oauth_error_of(app.redeem(code, {{"grant_type", "password"}})), "unsupported_grant_type");
  EXPECT_EQ(oauth_error_of(app.redeem(code, {{"grant_type", "(none)"}})), "invalid_request");
  EXPECT_EQ(status_of(app.redeem(code)), 200);  // nothing of this used it up
}

TEST_F(SmartTokenTest, ProvesApplicationsInEachWay) {
  for (const auto* id : {"demo-public", "demo-confidential", "demo-backend"}) {
    SmartApp app(portal(), id);
    EXPECT_EQ(status_of(app.redeem(app.code())), 200) << id;
  }
  SmartApp app(portal(), "demo-confidential");
  const auto with = [&](const FormFields& more, const httplib::Headers& headers) {
    FormFields fields = {{"grant_type", "authorization_code"},
                         {"code", app.code()},
                         {"redirect_uri", "http://127.0.0.1:9/callback"},
                         {"code_verifier", verifier}};
    fields.insert(fields.end(), more.begin(), more.end());
    return app.post_as("token", fields, headers);
  };
  EXPECT_EQ(status_of(with({{"client_id", app.id()}, {"client_secret", app.secret()}}, {})), 200);
  const auto both = with({{"client_id", app.id()}, {"client_secret", app.secret()}}, app.basic());
  EXPECT_EQ(oauth_error_of(both), "invalid_request");
  EXPECT_EQ(oauth_error_of(with({{"client_id", "demo-public"}}, app.basic())), "invalid_request");

  const httplib::Headers wrong = {{"Authorization", smart::basic_credentials(app.id(), "wrong")}};
  const auto refused = with({}, wrong);
  EXPECT_EQ(status_of(refused), 401);
  EXPECT_EQ(oauth_error_of(refused), "invalid_client");
  EXPECT_THAT(refused->get_header_value("WWW-Authenticate"), HasSubstr("Basic"));
  for (const auto& fields : std::vector<FormFields>{{},
                                                    {{"client_id", app.id()}},
                                                    {{"client_id", app.id()}, {"client_secret", ""}},
                                                    {{"client_id", "nobody"}, {"client_secret", app.secret()}},
                                                    {{"client_id", "demo-backend"}, {"client_secret", ""}},
                                                    {{"client_id", "demo-public"}, {"client_secret", "any"}}}) {
    const auto answer = with(fields, {});
    EXPECT_EQ(status_of(answer), 401);
    EXPECT_EQ(oauth_error_of(answer), "invalid_client");
  }
  for (const auto* value : {"Basic", "Basic !!!", "Basic bm9jb2xvbg=="})
    EXPECT_EQ(status_of(with({}, {{"Authorization", value}})), 401) << value;
}

TEST_F(SmartTokenTest, TakesItsOwnFormAlone) {
  SmartApp app(portal());
  EXPECT_EQ(oauth_error_of(app.client().Post("/oauth/token", "{}", "application/json")), "invalid_request");
  EXPECT_EQ(oauth_error_of(app.post("token", {{"grant_type", "refresh_token"}, {"grant_type", "refresh_token"}})),
            "invalid_request");
  EXPECT_EQ(status_of(app.client().Get("/oauth/token")), 405);
}

TEST_F(SmartTokenTest, TakesAssertionsThatAreRight) {
  SmartApp app(portal(), "demo-backend");
  const auto ask = [&](FormFields proof) {
    proof.insert(proof.begin(), {{"grant_type", "client_credentials"}, {"scope", "system/*.rs"}});
    return app.post_as("token", proof, {});
  };
  const auto answer = ask(app.assertion("first"));
  ASSERT_EQ(status_of(answer), 200) << body_of(answer);
  const auto token = parsed(body_of(answer));
  EXPECT_EQ(token["expires_in"].integer_or(0), 300);
  EXPECT_EQ(string_in(token, "scope"), "system/*.rs");
  EXPECT_EQ(token.find("refresh_token"), nullptr);
  EXPECT_EQ(token.find("patient"), nullptr);

  const auto repeated = ask(app.assertion("first"));
  EXPECT_EQ(status_of(repeated), 401);
  EXPECT_EQ(oauth_error_of(repeated), "invalid_client");
  EXPECT_EQ(status_of(ask(app.assertion("old", 3'600))), 401);
  EXPECT_EQ(status_of(ask(app.assertion("long", 0, 600))), 401);
  EXPECT_EQ(status_of(ask(app.assertion(""))), 401);
  auto other_type = app.assertion("type");
  other_type[0].second = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
  EXPECT_EQ(status_of(ask(other_type)), 401);
  auto broken = app.assertion("broken");
  broken[1].second[broken[1].second.size() / 2] ^= 1;
  EXPECT_EQ(status_of(ask(broken)), 401);
}

TEST_F(SmartTokenTest, TakesAssertionsOfEachAlgorithmAndOfNoOther) {
  auto client = portal().client();
  for (const auto* algorithm : {"RS384", "ES384", "RS256", "ES256"}) {
    const auto key = SigningKey::generate(algorithm);
    ASSERT_TRUE(key);
    const auto registered = smart::read_registered_client(
        body_of(client.Post("/oauth/register",
                            smart::write_registration({.client_name = "Exporter",
                                                       .grant_types = {"client_credentials"},
                                                       .authentication = smart::ClientAuthentication::private_key_jwt,
                                                       .keys = {{key->verifying_key(), "k1", algorithm, "sig"}}}),
                            "application/json")));
    ASSERT_TRUE(registered) << algorithm << registered.error().what;
    const auto ask = [&](smart::Assertion assertion) {
      const auto input = smart::signing_input_of(assertion);
      auto fields = smart::assertion_fields(smart::compact_jws(input, *key->sign(algorithm, input)));
      fields.insert(fields.begin(), {{"grant_type", "client_credentials"}, {"scope", "system/*.read"}});
      return status_of(client.Post("/oauth/token", write_form(fields), "application/x-www-form-urlencoded"));
    };
    const smart::Assertion good{.client_id = registered->client_id,
                                .token_url = portal().url() + "/oauth/token",
                                .algorithm = algorithm,
                                .key_id = "k1",
                                .id = "1",
                                .now_unix_ns = now_unix_ns()};
    // FHIR-SMART-41: the two that SMART names.
    const bool is_smart = std::string(algorithm).ends_with("384");
    EXPECT_EQ(ask(good), is_smart ? 200 : 401) << algorithm;
    auto other = good;
    other.id = "2";
    other.token_url = "https://other.example/token";
    EXPECT_EQ(ask(other), 401);
    other = good;
    other.id = "3";
    other.key_id = "";
    EXPECT_EQ(ask(other), 401);
    other = good;
    other.id = "4";
    other.client_id = "demo-backend";  // whose key it is not
    EXPECT_EQ(ask(other), 401);
  }
}

TEST_F(SmartTokenTest, GivesTokensWithoutAPersonToBackendsAlone) {
  SmartApp backend(portal(), "demo-backend");
  const auto ask = [](SmartApp& app, const std::string& scope) {
    return oauth_error_of(app.post("token", {{"grant_type", "client_credentials"}, {"scope", scope}}));
  };
  EXPECT_EQ(ask(backend, "patient/*.rs openid"), "invalid_scope");
  EXPECT_EQ(ask(backend, ""), "invalid_scope");
  SmartApp confidential(portal(), "demo-confidential");
  EXPECT_EQ(ask(confidential, "system/*.rs"), "unauthorized_client");
  SmartApp open(portal());
  EXPECT_EQ(ask(open, "system/*.rs"), "unauthorized_client");
}

TEST_F(SmartTokenTest, RotatesRefreshTokens) {
  SmartApp app(portal());
  const auto first = app.token();
  const auto answer = app.refresh(string_in(first, "refresh_token"));
  ASSERT_EQ(status_of(answer), 200) << body_of(answer);
  EXPECT_EQ(answer->get_header_value("Cache-Control"), "no-store");
  const auto second = parsed(body_of(answer));
  EXPECT_EQ(string_in(second, "scope"), string_in(first, "scope"));
  EXPECT_EQ(string_in(second, "patient"), "alice");
  EXPECT_NE(string_in(second, "refresh_token"), string_in(first, "refresh_token"));
  EXPECT_EQ(status_of(app.userinfo(string_in(second, "access_token"))), 200);

  // The first is used again: somebody has it who should not.
  EXPECT_EQ(oauth_error_of(app.refresh(string_in(first, "refresh_token"))), "invalid_grant");
  EXPECT_EQ(oauth_error_of(app.refresh(string_in(second, "refresh_token"))), "invalid_grant");
  EXPECT_EQ(status_of(app.userinfo(string_in(second, "access_token"))), 401);
}

TEST_F(SmartTokenTest, RefreshesToLessAndNeverToMore) {
  SmartApp app(portal());
  const auto first = string_in(app.token(), "refresh_token");
  for (const auto* wider : {"patient/*.rs", "patient/Patient.cruds", "patient/Patient.rs nonsense", "profile"}) {
    const auto answer = app.refresh(first, wider);
    EXPECT_EQ(status_of(answer), 400) << wider;
    EXPECT_EQ(oauth_error_of(answer), "invalid_scope") << wider;
  }
  const auto narrower = parsed(body_of(app.refresh(first, "patient/Patient.r")));
  EXPECT_EQ(string_in(narrower, "scope"), "patient/Patient.r");
  EXPECT_EQ(status_of(app.userinfo(string_in(narrower, "access_token"))), 403);
  // RFC 6749, 6: the refresh token's own scope stays.
  const auto whole = parsed(body_of(app.refresh(string_in(narrower, "refresh_token"))));
  EXPECT_EQ(string_in(whole, "scope"), *find_field(app.ask, "scope"));
}

TEST_F(SmartTokenTest, RefreshesForItsApplicationAlone) {
  const auto token = SmartApp(portal()).token();
  SmartApp other(portal(), "demo-confidential");
  EXPECT_EQ(oauth_error_of(other.refresh(string_in(token, "refresh_token"))), "invalid_grant");
  EXPECT_EQ(oauth_error_of(SmartApp(portal()).refresh("garbage")), "invalid_grant");
  EXPECT_EQ(oauth_error_of(SmartApp(portal()).refresh("")), "invalid_request");
  EXPECT_EQ(status_of(SmartApp(portal()).refresh(string_in(token, "refresh_token"))), 200);
}

TEST_F(SmartTokenTest, RevokesTokens) {
  SmartApp app(portal());
  const auto token = app.token();
  SmartApp other(portal(), "demo-confidential");
  EXPECT_EQ(status_of(other.post("revoke", {{"token", string_in(token, "access_token")}})), 400);
  EXPECT_EQ(status_of(other.post("revoke", {{"token", string_in(token, "refresh_token")}})), 400);
  EXPECT_EQ(status_of(app.post("revoke", {{"token", "garbage"}})), 200);  // RFC 7009, 2.2
  EXPECT_EQ(oauth_error_of(app.post("revoke", {})), "invalid_request");

  EXPECT_EQ(status_of(app.post("revoke", {{"token", string_in(token, "access_token")}})), 200);
  EXPECT_EQ(status_of(app.userinfo(string_in(token, "access_token"))), 401);
  const auto refreshed = parsed(body_of(app.refresh(string_in(token, "refresh_token"))));
  EXPECT_EQ(status_of(app.userinfo(string_in(refreshed, "access_token"))), 200);
  EXPECT_EQ(status_of(app.post(
                "revoke", {{"token", string_in(refreshed, "refresh_token")}, {"token_type_hint", "refresh_token"}})),
            200);
  EXPECT_EQ(status_of(app.userinfo(string_in(refreshed, "access_token"))), 401);
  EXPECT_EQ(oauth_error_of(app.refresh(string_in(refreshed, "refresh_token"))), "invalid_grant");
}

TEST_F(SmartTokenTest, TellsApplicationsThatProveThemselvesAboutTokens) {
  SmartApp app(portal());
  const auto token = app.token();
  const auto answer = smart::read_introspection(to_json(app.introspect(string_in(token, "access_token"))));
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_TRUE(answer->is_active);
  EXPECT_EQ(answer->scope, string_in(token, "scope"));
  EXPECT_EQ(answer->client_id, "demo-public");
  EXPECT_EQ(answer->patient, "alice");
  EXPECT_EQ(answer->issuer, portal().url());
  EXPECT_EQ(answer->subject, "alice");
  EXPECT_EQ(answer->fhir_user, portal().url() + "/fhir/r4/Patient/alice");
  const auto now_s = now_unix_ns() / ns_per_second;
  ASSERT_TRUE(answer->expires_unix_s);
  EXPECT_GT(*answer->expires_unix_s, now_s + 3'500);
  EXPECT_LE(*answer->expires_unix_s, now_s + 3'600);
  EXPECT_TRUE(app.introspect(string_in(token, "refresh_token"))["active"].boolean_or(false));

  EXPECT_EQ(to_json(app.introspect("garbage")), R"({"active":false})");
  EXPECT_EQ(oauth_error_of(app.post("introspect", {{"token", string_in(token, "access_token")}})), "invalid_client");
  // A token that says less is told less of.
  const auto bare = app.set("scope", "patient/Patient.rs").token();
  const auto less = app.introspect(string_in(bare, "access_token"));
  EXPECT_EQ(less.find("sub"), nullptr);
  EXPECT_EQ(less.find("iss"), nullptr);
}

}  // namespace
}  // namespace bb::portal_test
