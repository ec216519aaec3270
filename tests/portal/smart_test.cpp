// The portal's authorization server as applications find it, ask it, and as people meet them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/smart/authorization.hpp>
#include <bb/smart/configuration.hpp>
#include <bb/smart/registration.hpp>

#include "portal/sample_ccda.hpp"
#include "portal/shared_portal.hpp"
#include "portal/smart_app.hpp"

namespace bb::portal_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SmartTest : public SharedPortalTest {};

const std::string smart_configuration_path = "/fhir/r4/.well-known/smart-configuration";

std::string header_of(const httplib::Result& answer, const char* name) {
  return answer ? answer->get_header_value(name) : "";
}

// A portal on which dora has a record and cares for alice, too.
void write_records_of_dora(const TemporaryFolder& folder) {
  folder.write("alice.xml", ccda({"Alice", "Newman"}));
  folder.write("dora.xml", ccda({"Dora", "Smith"}));
  folder.write("people.yaml",
               "people:\n  alice: {record: alice.xml}\n  dora: {record: dora.xml, caregiver_of: [alice]}\n");
}

TEST_F(SmartTest, TellsItsConfigurationWhateverIsAccepted) {
  auto client = portal().client();
  for (const auto* accepted : {"*/*", "application/fhir+json", "text/html", "application/json"}) {
    const auto answer = client.Get(smart_configuration_path, {{"Accept", accepted}});
    ASSERT_EQ(status_of(answer), 200) << accepted;
    EXPECT_EQ(header_of(answer, "Content-Type"), "application/json");
    EXPECT_EQ(header_of(answer, "Access-Control-Allow-Origin"), "*");
  }
}

TEST_F(SmartTest, SaysInItsConfigurationWhatSmartAsksFor) {
  auto client = portal().client();
  const auto read = smart::read_configuration(body_of(client.Get(smart_configuration_path)));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->issuer, portal().url());
  EXPECT_EQ(read->code_challenge_methods, std::vector<std::string>{"S256"});
  for (const auto& endpoint :
       {read->authorization_endpoint, read->token_endpoint, read->jwks_uri, read->registration_endpoint,
        read->introspection_endpoint, read->revocation_endpoint, read->management_endpoint, read->userinfo_endpoint})
    EXPECT_THAT(endpoint, StartsWith(portal().url() + "/oauth/"));
  for (const auto& capability : read->capabilities) EXPECT_TRUE(smart::is_known_capability(capability)) << capability;
  // FHIR-SMART-07: patient access for standalone apps.
  for (const auto* capability :
       {"launch-standalone", "client-public", "context-standalone-patient", "permission-patient"})
    EXPECT_TRUE(read->can(capability)) << capability;
  EXPECT_THAT(read->grant_types, AllOf(Contains("authorization_code"), Contains("client_credentials")));
  const auto openid = smart::read_configuration(body_of(client.Get("/.well-known/openid-configuration")));
  ASSERT_TRUE(openid);
  EXPECT_EQ(openid->issuer, portal().url());
}

TEST_F(SmartTest, LetsPagesOfOtherSitesAskFirst) {
  auto client = portal().client();
  for (const auto& path : {smart_configuration_path, std::string("/oauth/token"), std::string("/oauth/register")}) {
    const auto answer = client.Options(path);
    EXPECT_EQ(status_of(answer), 204) << path;
    EXPECT_EQ(header_of(answer, "Access-Control-Allow-Origin"), "*");
    EXPECT_THAT(header_of(answer, "Access-Control-Allow-Headers"), HasSubstr("Authorization"));
  }
  // Pages for people are no part of it.
  EXPECT_EQ(header_of(SmartApp(portal()).authorize(), "Access-Control-Allow-Origin"), "");
}

TEST_F(SmartTest, LeadsThroughTheSignInToTheConsentAndBack) {
  SmartApp app(portal());
  Browser browser(portal());
  const auto asked = "/oauth/authorize?" + write_form(app.ask);
  const auto sign_in = browser.get(asked);
  EXPECT_EQ(status_of(sign_in), 200);
  EXPECT_THAT(body_of(sign_in), HasSubstr("<h1>Sign in</h1>"));
  const auto signed_in = browser.post(
      "/sign-in",
      {{"csrf", browser.token()}, {"account", "alice"}, {"password", password_of("alice")}, {"next", asked}});
  EXPECT_EQ(status_of(signed_in), 303);
  EXPECT_EQ(header_of(signed_in, "Location"), *percent_decode(asked));  // the client library decodes it
  const auto page = browser.get(asked);
  EXPECT_THAT(body_of(page), AllOf(HasSubstr("Demo app"), HasSubstr("Alice Newman"), HasSubstr("http://127.0.0.1:9"),
                                   HasSubstr("See test results, vital signs and other observations")));
  // The browser must follow the answer's redirect, and no other page may show this one.
  EXPECT_THAT(header_of(page, "Content-Security-Policy"),
              AllOf(HasSubstr("form-action 'self' http://127.0.0.1:9;"), HasSubstr("frame-ancestors 'none'")));
  EXPECT_EQ(page->get_header_value_count("Content-Security-Policy"), 1u);

  const auto back = smart::read_authorization_return(app.sent_back());
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_TRUE(smart::is_own_return(*back, *find_field(app.ask, "state")));
  EXPECT_EQ(back->issuer, portal().url());
  EXPECT_FALSE(back->code.is_empty());
}

TEST_F(SmartTest, LeadsFromASignInToNoOtherPage) {
  for (const auto* next : {"https://elsewhere.example/", "//elsewhere.example", "/oauth/authorize", "/patients/bob",
                           "/oauth/authorize?a\r\nSet-Cookie: b=c"}) {
    Browser browser(portal());
    browser.get("/sign-in");
    const auto answer = browser.post(
        "/sign-in",
        {{"csrf", browser.token()}, {"account", "alice"}, {"password", password_of("alice")}, {"next", next}});
    EXPECT_EQ(header_of(answer, "Location"), "/") << next;
  }
}

TEST_F(SmartTest, TakesTheRequestAsAFormToo) {
  SmartApp app(portal());
  const auto form = write_form(app.ask);
  const auto answer = app.client().Post("/oauth/authorize", form, "application/x-www-form-urlencoded");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(body_of(answer), AllOf(HasSubstr("<h1>Sign in</h1>"), HasSubstr("name=\"next\"")));
}

TEST_F(SmartTest, SendsNobodyBackWhereItIsNotKnownWhereTo) {
  const auto refused = [&](SmartApp& app) {
    const auto answer = app.authorize();
    EXPECT_EQ(status_of(answer), 400) << write_form(app.ask);
    EXPECT_EQ(header_of(answer, "Location"), "");
    EXPECT_EQ(header_of(answer, "Content-Type"), "text/html; charset=utf-8");
  };
  const auto with = [&](const std::string& name, const std::string& value) {
    SmartApp app(portal());
    refused(app.set(name, value));
  };
  with("client_id", "nobody");
  with("redirect_uri", "https://elsewhere.example/callback");
  with("redirect_uri", "http://127.0.0.1:9/callback/more");
  with("redirect_uri", "http://127.0.0.1:9/callback?more=1");
  with("redirect_uri", "http://127.0.0.1@elsewhere.example/callback");
  with("state", "15 characters..");
  for (const auto* name : {"client_id", "redirect_uri", "state"}) {
    SmartApp app(portal());
    refused(app.drop(name));
    SmartApp twice(portal());
    twice.ask.emplace_back(name, *find_field(twice.ask, name));
    refused(twice);
  }
}

TEST_F(SmartTest, TakesAStateOfSixteenCharacters) {
  EXPECT_EQ(status_of(SmartApp(portal()).set("state", "16 characters...").authorize()), 200);
}

TEST_F(SmartTest, SendsBackWithWhatIsWrong) {
  struct Row {
    std::string name, value, error;
  };
  for (const auto& row : std::vector<Row>{
           {"response_type", "token", "unsupported_response_type"},
           {"response_type", "", "invalid_request"},
           {"aud", "https://other.example/fhir", "invalid_request"},
           {"aud", "", "invalid_request"},
           {"launch", "xyz", "invalid_request"},
           {"code_challenge", "", "invalid_request"},
           {"code_challenge", "short", "invalid_request"},
           {"code_challenge_method", "plain", "invalid_request"},
           {"code_challenge_method", "", "invalid_request"},
           {"scope", "", "invalid_scope"},
           {"scope", "patient/Nothing.rs patient/Group.rs system/*.rs patient/Observation.cud patient/Patient.sr",
            "invalid_scope"},
           {"nonce", std::string(1'001, 'n'), "invalid_request"},
           {"prompt", "none", "login_required"},
           {"request", "a.b.c", "request_not_supported"},
       }) {
    SmartApp app(portal());
    const auto location = header_of(app.set(row.name, row.value).authorize(), "Location");
    EXPECT_THAT(location, StartsWith("http://127.0.0.1:9/callback?")) << row.name << "=" << row.value;
    const auto back = smart::read_authorization_return(location);
    ASSERT_TRUE(back) << back.error().what;
    ASSERT_TRUE(back->error) << row.name;
    EXPECT_EQ(back->error->code, row.error) << row.name << "=" << row.value;
    EXPECT_TRUE(smart::is_own_return(*back, *find_field(app.ask, "state")));
  }
  SmartApp twice(portal());
  twice.ask.emplace_back("scope", "patient/*.rs");
  EXPECT_EQ(parameter(header_of(twice.authorize(), "Location"), "error"), "invalid_request");
}

TEST_F(SmartTest, SendsBackWhoDenies) {
  for (const auto& choice :
       {Choice{.decision = "deny"}, Choice{.refused = {"launch/patient", "openid", "fhirUser", "offline_access",
                                                       "patient/Patient.rs", "patient/Observation.rs"}}}) {
    SmartApp app(portal());
    const auto location = app.sent_back(choice);
    EXPECT_EQ(parameter(location, "error"), "access_denied");
    EXPECT_EQ(parameter(location, "code"), "");
    EXPECT_EQ(parameter(location, "state"), *find_field(app.ask, "state"));
  }
}

TEST_F(SmartTest, TakesNoConsentThatWasForged) {
  SmartApp app(portal());
  Browser alice(portal());
  Browser bob(portal());
  alice.sign_in("alice", password_of("alice"));
  bob.sign_in("bob", password_of("bob"));
  alice.get("/oauth/authorize?" + write_form(app.ask));
  bob.get("/oauth/authorize?" + write_form(app.ask));
  const auto form = [&](const std::string& token) {
    return httplib::Params{{"csrf", token},
                           {"request", write_form(app.ask)},
                           {"decision", "allow"},
                           {"patient", "alice"},
                           {"scope", "patient/Patient.rs"}};
  };
  EXPECT_EQ(status_of(alice.post("/oauth/consent", form(""))), 403);
  EXPECT_EQ(status_of(alice.post("/oauth/consent", form(bob.token()))), 403);
  Browser nobody(portal());
  const auto answer = nobody.post("/oauth/consent", form(alice.token()));
  EXPECT_EQ(header_of(answer, "Location"), "");
  EXPECT_THAT(body_of(answer), HasSubstr("<h1>Sign in</h1>"));
  EXPECT_EQ(status_of(alice.post("/oauth/consent", form(alice.token()))), 303);
}

TEST_F(SmartTest, GivesNoScopeThatWasNotAskedForAndNoOtherPersonsRecord) {
  SmartApp app(portal());
  Browser alice(portal());
  alice.sign_in("alice", password_of("alice"));
  alice.get("/oauth/authorize?" + write_form(app.ask));
  httplib::Params form = {{"csrf", alice.token()},         {"request", write_form(app.ask)}, {"decision", "allow"},
                          {"scope", "patient/Patient.rs"}, {"scope", "patient/*.rs"},        {"patient", "alice"}};
  const auto answer = alice.post("/oauth/consent", form);
  const auto token = parsed(body_of(app.redeem(parameter(header_of(answer, "Location"), "code"))));
  EXPECT_EQ(token["scope"].string_or(""), "patient/Patient.rs");
  form.erase("patient");
  form.emplace("patient", "bob");
  EXPECT_EQ(status_of(alice.post("/oauth/consent", form)), 422);
}

TEST_F(SmartTest, LetsACaregiverChooseWhoseRecord) {
  TemporaryFolder folder;
  write_records_of_dora(folder);
  RunningPortal dora(folder.path(), {});
  SmartApp app(dora);
  Browser browser(dora);
  browser.sign_in("dora", password_of("dora"));
  const auto page = body_of(browser.get("/oauth/authorize?" + write_form(app.ask)));
  EXPECT_THAT(page, AllOf(HasSubstr("Whose health record?"), HasSubstr("Dora Smith (you)"), HasSubstr("Alice Newman")));
  const auto token = app.token({.account = "dora", .patient = "alice"});
  EXPECT_EQ(token["patient"].string_or(""), "alice");
  EXPECT_EQ(parsed(body_of(app.userinfo(token["access_token"].string_or(""))))["sub"].string_or(""), "dora");
  EXPECT_EQ(app.sent_back({.account = "dora", .patient = "nobody"}), "");
  // Without a scope that is about a patient there is none to choose.
  const auto identity = app.set("scope", "openid").token({.account = "dora"});
  EXPECT_EQ(identity.find("patient"), nullptr);
}

TEST_F(SmartTest, ShowsApplicationsAndEndsTheirAccess) {
  SmartApp app(portal());
  const auto token = app.token({.account = "bob"});
  Browser bob(portal());
  bob.sign_in("bob", password_of("bob"));
  const auto page = body_of(bob.get("/oauth/manage"));
  EXPECT_THAT(page, AllOf(HasSubstr("Demo app"), HasSubstr("since 20")));
  const auto begin = page.find("name=\"grant\" value=\"") + 20;
  const auto grant = page.substr(begin, page.find('"', begin) - begin);
  EXPECT_THAT(page, HasSubstr("name=\"csrf\" value=\"" + bob.token() + "\">\n<input type=\"hidden\" name=\"grant\""));
  EXPECT_EQ(status_of(bob.post("/oauth/manage", {{"csrf", "forged"}, {"grant", grant}})), 403);

  Browser alice(portal());
  alice.sign_in("alice", password_of("alice"));
  alice.get("/oauth/manage");
  alice.post("/oauth/manage", {{"csrf", alice.token()}, {"grant", grant}});  // not hers
  EXPECT_EQ(status_of(app.userinfo(token["access_token"].string_or(""))), 200);

  EXPECT_EQ(status_of(bob.post("/oauth/manage", {{"csrf", bob.token()}, {"grant", grant}})), 303);
  EXPECT_EQ(status_of(app.userinfo(token["access_token"].string_or(""))), 401);
  EXPECT_EQ(oauth_error_of(app.refresh(token["refresh_token"].string_or(""))), "invalid_grant");
  EXPECT_THAT(body_of(bob.get("/oauth/manage")), HasSubstr("No application has access."));
  Browser nobody(portal());
  EXPECT_THAT(body_of(nobody.get("/oauth/manage")), HasSubstr("<h1>Sign in</h1>"));
}

TEST_F(SmartTest, RegistersApplications) {
  auto client = portal().client();
  const auto post = [&](const std::string& json) { return client.Post("/oauth/register", json, "application/json"); };
  const auto answer = post(smart::write_registration({.client_name = "Mine & <yours>",
                                                      .redirect_uris = {"https://mine.example/back"},
                                                      .authentication = smart::ClientAuthentication::none}));
  ASSERT_EQ(status_of(answer), 201) << body_of(answer);
  const auto registered = smart::read_registered_client(body_of(answer));
  ASSERT_TRUE(registered) << registered.error().what;
  SmartApp app(portal(), registered->client_id);
  app.set("redirect_uri", "https://mine.example/back");
  EXPECT_EQ(status_of(app.redeem(app.code())), 200);
  Browser alice(portal());
  alice.sign_in("alice", password_of("alice"));
  EXPECT_THAT(body_of(alice.get("/oauth/authorize?" + write_form(app.ask))),
              AllOf(HasSubstr("Mine &amp; &lt;yours&gt;"), Not(HasSubstr("<yours>"))));

  for (const auto* uri : {"http://mine.example/back", "https://mine.example/back#x", "javascript:alert(1)",
                          "https://user@mine.example/", "https://mine.example;script-src/", "https://", "back"})
    EXPECT_EQ(
        oauth_error_of(post(R"({"token_endpoint_auth_method":"none","redirect_uris":[")" + std::string(uri) + "\"]}")),
        "invalid_redirect_uri")
        << uri;
  for (const auto* json :
       {"[]", "{", R"({"redirect_uris":["https://a.example/"],"grant_types":["password"]})",
        R"({"grant_types":["client_credentials"]})", R"({"token_endpoint_auth_method":"none"})",
        R"({"redirect_uris":["https://a.example/"],"token_endpoint_auth_method":"private_key_jwt"})",
        R"({"redirect_uris":["https://a.example/"],"token_endpoint_auth_method":"tls_client_auth"})"})
    EXPECT_EQ(oauth_error_of(post(json)), "invalid_client_metadata") << json;
}

TEST_F(SmartTest, GivesARegisteredApplicationASecretUnlessItSaysOtherwise) {
  // RFC 7591, 2: "If unspecified or omitted, the default is client_secret_basic".
  auto client = portal().client();
  const auto answer = client.Post("/oauth/register", R"({"redirect_uris":["http://127.0.0.1/x"]})", "application/json");
  ASSERT_EQ(status_of(answer), 201);
  const auto body = parsed(body_of(answer));
  EXPECT_EQ(body["token_endpoint_auth_method"].string_or(""), "client_secret_basic");
  EXPECT_GE(body["client_secret"].string_or("").size(), 32u);
  EXPECT_EQ(body["client_secret_expires_at"].integer_or(-1), 0);
}

TEST_F(SmartTest, KnowsTheApplicationsOfAFile) {
  TemporaryFolder folder;
  write_sample_records(folder);
  folder.write("clients.yaml",
               "clients:\n"
               "  heart: {name: Heart app, redirect_uris: ['https://heart.example/back'], secret: 0123456789abcdef}\n");
  RunningPortal with_file(folder.path(), {"--clients", (folder.path() / "clients.yaml").string()});
  EXPECT_EQ(to_json(with_file.ready()["smart"]["clients"]), R"([{"client_id":"heart"}])");
  SmartApp app(with_file, "heart");
  app.set("redirect_uri", "https://heart.example/back");
  const FormFields fields = {
      {"grant_type", "authorization_code"}, {"code", app.code()},   {"redirect_uri", "https://heart.example/back"},
      {"code_verifier", verifier},          {"client_id", "heart"}, {"client_secret", "0123456789abcdef"}};
  EXPECT_EQ(status_of(app.post_as("token", fields, {})), 200);
  EXPECT_EQ(status_of(SmartApp(with_file, "demo-public").authorize()), 400);
}

}  // namespace
}  // namespace bb::portal_test
