// The CMS interface as a whole, by a clock of the test's own (FHIR-BB2-12).
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <latch>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "portal/cms/server.hpp"
#include "portal/page_frame.hpp"

namespace bb::portal::cms {
namespace {

constexpr const char* redirect = "https://app.example/back";
// RFC 7636, appendix B.
constexpr const char* verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr std::int64_t day_seconds = 86'400;

class CmsTimeTest : public testing::Test {
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
  static SmartClient app() {
    return {.id = "app",
            .name = "App",
            .redirect_uris = {redirect},
            .authentication = smart::ClientAuthentication::client_secret_basic,
            .secret_hash = sha256_hex("secret of the app")};
  }

  void pass(std::int64_t seconds) { now_ns_ += seconds * ns_per_second; }

  web::HttpResponse post(const std::string& name, const FormFields& fields, const std::string& cookie = "") {
    return server_.handle({.method = "POST",
                           .path = {version_, "o", name, ""},
                           .query = {},
                           .query_text = "",
                           .headers = {{"content-type", "application/x-www-form-urlencoded"}, {"cookie", cookie}},
                           .body = write_form(fields)});
  }

  Value token(FormFields fields) {
    fields.emplace_back("client_id", "app");
    fields.emplace_back("client_secret", "secret of the app");
    const auto answer = parse_json(post("token", fields).body);
    EXPECT_TRUE(answer);
    return answer ? *answer : Value();
  }

  // What the browser is sent back with.
  std::string allowed(const std::string& share = "True") {
    const auto person = holder_.sign_in("alice", "secret-alice", "", Client::browser);
    EXPECT_EQ(person.outcome, DataHolder::SignIn::done);
    const auto asked = write_form({{"response_type", "code"},
                                   {"client_id", "app"},
                                   {"redirect_uri", redirect},
                                   {"state", "sixteen characters"},
                                   {"scope", "patient/Patient.read patient/Coverage.read"},
                                   {"code_challenge", challenge},
                                   {"code_challenge_method", "S256"}});
    const auto answer = post("consent",
                             {{"csrf", person.opened.session.csrf},
                              {"request", asked},
                              {"share_demographic_scopes", share},
                              {"decision", "allow"}},
                             std::string(session_cookie) + "=" + person.opened.token);
    const auto* location = web::find_field(answer.headers, "Location");
    EXPECT_NE(location, nullptr) << answer.body;
    const auto back = read_form(location == nullptr ? "" : query_of_url(*location));
    const auto* code = back ? find_field(*back, "code") : nullptr;
    return code == nullptr ? "" : *code;
  }

  Value redeemed(const std::string& code) {
    return token({{"grant_type", "authorization_code"},
                  {"code", code},
                  {"redirect_uri", redirect},
                  {"code_verifier", verifier}});
  }

  Value signed_in(const std::string& share = "True") { return redeemed(allowed(share)); }

  Value refreshed(const Value& by) {
    return token({{"grant_type", "refresh_token"}, {"refresh_token", by["refresh_token"].string_or("")}});
  }

  int status_of_reading(const Value& by) {
    return server_
        .handle({.method = "GET",
                 .path = {version_, "fhir", "Coverage"},
                 .query = {},
                 .query_text = "",
                 .headers = {{"authorization", "Bearer " + by["access_token"].string_or("")}},
                 .body = ""})
        .status;
  }

  // `ask` by two threads at once: no access token of the answers opens anything.
  void expect_nothing_good_of_two(const std::function<Value()>& ask) {
    std::array<Value, 2> answers;
    std::latch both(2);
    const auto wait_and_ask = [&](Value& answer) {
      both.arrive_and_wait();
      answer = ask();
    };
    std::thread other(wait_and_ask, std::ref(answers[1]));
    wait_and_ask(answers[0]);
    other.join();
    for (const auto& answer : answers)
      EXPECT_TRUE(answer.find("access_token") == nullptr || status_of_reading(answer) == 401);
  }

  std::string version_ = "v2";
  std::int64_t now_ns_ = std::int64_t{1'700'000'000} * ns_per_second;
  Clock clock_ = [this] { return now_ns_; };
  DataHolder holder_{{.defects = {}, .password_base = "secret", .trust_file = "", .clock = clock_}, alice(), people()};
  Server server_{holder_, "https://portal.example", {app()}, Server::Demos::none, clock_};
};

TEST_F(CmsTimeTest, EndsATokenAfterAnHour) {
  const auto given = signed_in();
  pass(3'599);
  EXPECT_EQ(status_of_reading(given), 200);
  pass(1);
  EXPECT_EQ(status_of_reading(given), 401);
  EXPECT_EQ(status_of_reading(refreshed(given)), 200);
}

TEST_F(CmsTimeTest, AsksForConsentAnewAfterThirteenMonthsHoweverOftenItWasRenewed) {
  auto given = signed_in();
  EXPECT_EQ(given["access_grant_expiration"].string_or(""),
            "2024-12-11T22:13:20.000Z");  // date -d '@1700000000 +393 days'
  for (int i = 0; i < 4; ++i) {
    pass(98 * day_seconds);
    given = refreshed(given);
    ASSERT_EQ(given["access_grant_expiration"].string_or(""), "2024-12-11T22:13:20.000Z") << i;
  }
  pass(day_seconds);
  EXPECT_EQ(refreshed(given)["error"].string_or(""), "invalid_grant");
}

TEST_F(CmsTimeTest, EndsATokenWithTheConsentThatItIsOf) {
  auto given = signed_in();
  EXPECT_EQ(given["expires_in"].integer_or(0), 3'600);
  pass(393 * day_seconds - 60);
  given = refreshed(given);
  EXPECT_EQ(given["expires_in"].integer_or(0), 60);
  pass(59);
  EXPECT_EQ(status_of_reading(given), 200);
  pass(1);
  EXPECT_EQ(status_of_reading(given), 401);
}

TEST_F(CmsTimeTest, EndsWhatWasAllowedBeforeInEachVersionWhereDemographicsAreWithheld) {
  const auto given = signed_in();
  version_ = "v3";
  EXPECT_EQ(signed_in("False")["scope"].string_or(""), "patient/Coverage.read");
  version_ = "v2";
  EXPECT_EQ(status_of_reading(given), 401);
  EXPECT_EQ(refreshed(given)["error"].string_or(""), "invalid_grant");
}

TEST_F(CmsTimeTest, SharesNoDemographicsThatNobodySaidToShare) {
  for (const auto* share : {"", "true", "yes"})
    EXPECT_EQ(signed_in(share)["scope"].string_or(""), "patient/Coverage.read") << share;
  EXPECT_EQ(signed_in("True")["scope"].string_or(""), "patient/Patient.read patient/Coverage.read");
}

TEST_F(CmsTimeTest, EndsACodeThatWasAllowedBeforeDemographicsWereWithheld) {
  const auto code = allowed();
  const auto given = signed_in("False");
  EXPECT_EQ(redeemed(code)["error"].string_or(""), "invalid_grant");
  EXPECT_EQ(status_of_reading(given), 200);
}

TEST_F(CmsTimeTest, EndsWhatACodeGaveWhereTwoUseItAtOnce) {
  for (int i = 0; i < 300; ++i) {
    const auto code = allowed();
    expect_nothing_good_of_two([&] { return redeemed(code); });
  }
}

TEST_F(CmsTimeTest, EndsWhatARefreshTokenGaveWhereTwoUseItAtOnce) {
  for (int i = 0; i < 300; ++i) {
    const auto given = signed_in();
    expect_nothing_good_of_two([&] { return refreshed(given); });
  }
}

}  // namespace
}  // namespace bb::portal::cms
