// The authorization server as a whole, by a clock of the test's own.
#include <gtest/gtest.h>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/jws.hpp>

#include "portal/page_frame.hpp"
#include "portal/smart/smart_server.hpp"

namespace bb::portal {
namespace {

constexpr const char* base = "https://portal.example";
constexpr const char* redirect = "https://app.example/back";
// RFC 7636, appendix B.
constexpr const char* verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

class SmartTimeTest : public testing::Test {
 protected:
  static Patients alice() {
    Patient patient;
    patient.id = "alice";
    return Patients({patient});
  }
  static People people() {
    Person person;
    person.account = "alice";
    return People({person});
  }

  void pass(std::int64_t seconds) { now_ns_ += seconds * ns_per_second; }

  web::HttpResponse post(const std::string& name, const FormFields& fields, const std::string& cookie = "") {
    web::HttpRequest request{.method = "POST",
                             .path = {"oauth", name},
                             .query = {},
                             .query_text = "",
                             .headers = {{"content-type", "application/x-www-form-urlencoded"}, {"cookie", cookie}},
                             .body = write_form(fields)};
    return server_.handle(request);
  }

  std::string code() {
    const auto signed_in = holder_.sign_in("alice", "secret-alice", "", Client::browser);
    EXPECT_EQ(signed_in.outcome, DataHolder::SignIn::done);
    const auto asked = write_form({{"response_type", "code"},
                                   {"client_id", "app"},
                                   {"redirect_uri", redirect},
                                   {"scope", "openid offline_access patient/Patient.rs"},
                                   {"state", "sixteen characters"},
                                   {"aud", std::string(base) + "/fhir/r4"},
                                   {"code_challenge", challenge},
                                   {"code_challenge_method", "S256"}});
    const auto answer = post("consent",
                             {{"csrf", signed_in.opened.session.csrf},
                              {"request", asked},
                              {"decision", "allow"},
                              {"patient", "alice"},
                              {"scope", "openid"},
                              {"scope", "offline_access"},
                              {"scope", "patient/Patient.rs"}},
                             std::string(session_cookie) + "=" + signed_in.opened.token);
    const auto* location = web::find_field(answer.headers, "Location");
    EXPECT_NE(location, nullptr) << answer.body;
    const auto fields = read_form(location == nullptr ? "" : query_of_url(*location));
    const auto* code = fields ? find_field(*fields, "code") : nullptr;
    return code == nullptr ? "" : *code;
  }

  web::HttpResponse redeem(const std::string& code) {
    return post("token", {{"grant_type", "authorization_code"},
                          {"code", code},
                          {"redirect_uri", redirect},
                          {"code_verifier", verifier},
                          {"client_id", "app"}});
  }

  std::int64_t now_ns_ = std::int64_t{1'700'000'000} * ns_per_second;
  Clock clock_ = [this] { return now_ns_; };
  DataHolder holder_{{.defects = {}, .password_base = "secret", .trust_file = "", .clock = clock_}, alice(), people()};
  SmartServer server_{holder_,
                      base,
                      {{.id = "app", .name = "App", .redirect_uris = {redirect}}},
                      [](std::string_view account) { return "fhir-" + std::string(account); },
                      clock_};
};

TEST_F(SmartTimeTest, EndsCodesTokensAndRefreshTokensByTheClock) {
  const auto late = code();
  pass(code_seconds);
  EXPECT_EQ(redeem(late).status, 400);

  const auto in_time = code();
  pass(code_seconds - 1);
  const auto token = *parse_json(redeem(in_time).body);
  const auto access = token["access_token"].string_or("");
  ASSERT_NE(access, "");
  ASSERT_TRUE(server_.access_tokens().find(access));
  EXPECT_EQ(server_.access_tokens().find(access)->patient, "alice");
  EXPECT_EQ(server_.access_tokens().find(access)->expires_unix_ns, now_ns_ + 3'600 * ns_per_second);
  pass(3'599);
  EXPECT_TRUE(server_.access_tokens().find(access));
  pass(1);
  EXPECT_FALSE(server_.access_tokens().find(access));

  // FHIR-SMART-33: three months at least.
  pass(std::int64_t{92} * 86'400);
  const auto refreshed = post(
      "token",
      {{"grant_type", "refresh_token"}, {"refresh_token", token["refresh_token"].string_or("")}, {"client_id", "app"}});
  EXPECT_EQ(refreshed.status, 200) << refreshed.body;
}

TEST_F(SmartTimeTest, DatesIdTokensByTheClockAndNamesPatientsAsTheFhirServerDoes) {
  const auto token = *parse_json(redeem(code()).body);
  EXPECT_EQ(token["patient"].string_or(""), "fhir-alice");
  const auto id_token = smart::read_jws(token["id_token"].string_or(""));
  ASSERT_TRUE(id_token) << id_token.error().what;
  EXPECT_EQ(id_token->claims["iat"].integer_or(0), 1'700'000'000);
  EXPECT_EQ(id_token->claims["exp"].integer_or(0), 1'700'003'600);
}

}  // namespace
}  // namespace bb::portal
