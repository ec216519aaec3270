// Signing in and out at a portal.
#include <string>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(PortalTest, SaysWhichWaysOfSigningInItKnows) {
  EXPECT_EQ(table<bb_session>(BB_SESSION).methods, 1u << BB_AUTH_PASSWORD);
}

TEST_F(PortalTest, SignsInWithThePasswordBehindTheName) {
  host.answer_json(200, session_json());
  ASSERT_EQ(open(), BB_OK) << call.error.message;
  EXPECT_THAT(host.secrets_read, ElementsAre("password-of-alice"));
  ASSERT_THAT(host.requests, SizeIs(1));
  EXPECT_EQ(host.requests[0].method, "POST");
  EXPECT_EQ(host.requests[0].url, "https://portal.example/api/session");
  EXPECT_EQ(host.requests[0].body, R"({"account":"alice","password":"canary-password-1"})");
  EXPECT_EQ(host.requests[0].header("content-type"), "application/json");
  EXPECT_EQ(host.requests[0].header("authorization"), "");
  EXPECT_TRUE(host.requests[0].is_answer);
  ASSERT_THAT(session.sessions, SizeIs(1));
  EXPECT_EQ(session.sessions[0].method, BB_AUTH_PASSWORD);
  EXPECT_EQ(session.sessions[0].subject, "alice");
  EXPECT_EQ(session.sessions[0].patient, "alice");
  EXPECT_EQ(session.sessions[0].scopes, "view download");
  EXPECT_EQ(session.sessions[0].expires_unix_ns, host.now_unix_ns + 3'600'000'000'000);
}

TEST_F(PortalTest, SignsInWhoHoldsNoRecord) {
  host.answer_json(200, R"({"access_token": "t-1234", "token_type": "Bearer", "subject": "stranger", "patient": ""})");
  ASSERT_EQ(open(), BB_OK) << call.error.message;
  EXPECT_EQ(session.sessions[0].patient, "");
  // There is no record of their own to list.
  EXPECT_EQ(list(everything()), BB_E_PROTOCOL);
  EXPECT_THAT(host.requests, SizeIs(1));
}

TEST_F(PortalTest, SignsInForSomebodyElse) {
  host.answer_json(200, R"({"access_token": "t-1234", "token_type": "bearer", "subject": "carol", "patient": "alice",
                            "acting_for": "alice"})");
  ASSERT_EQ(open("carol", "password-of-alice", "alice"), BB_OK) << call.error.message;
  EXPECT_THAT(host.requests[0].body, HasSubstr(R"("acting_for":"alice")"));
  EXPECT_EQ(session.sessions[0].subject, "carol");
  EXPECT_EQ(session.sessions[0].acting_for, "alice");
  EXPECT_EQ(session.sessions[0].expires_unix_ns, 0);
}

TEST_F(PortalTest, ATokenThatNoFieldCanCarryIsTheSystemsMistake) {
  for (const auto* token : {R"(a\u001bb)", "a b", R"(a\nb)", R"(zo\u00eb)", R"(\u007f)"}) {
    host.answer_json(200, std::string(R"({"access_token": ")") + token +
                              R"(", "token_type": "Bearer", "subject": "alice", "patient": "alice"})");
    EXPECT_EQ(open(), BB_E_PROTOCOL) << token;
    EXPECT_THAT(call.error.message, HasSubstr("signing in: the access_token cannot stand in a header field"));
    EXPECT_THAT(call.error.message, Not(HasSubstr("\x1b")));
  }
  EXPECT_THAT(session.sessions, IsEmpty());
  host.answer_json(200, R"({"access_token": "aZ09-._~+/=!", "token_type": "Bearer", "subject": "a", "patient": "a"})");
  EXPECT_EQ(open(), BB_OK) << call.error.message;
}

TEST_F(PortalTest, AnAnswerThatIsTooLargeIsTheSystemsMistake) {
  sign_in();
  // Over the host's limit: the service says so.
  host.answer({.service_status = BB_E_TOO_LARGE});
  EXPECT_EQ(list(everything()), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("the answer is larger than any record may be"));
}

TEST_F(PortalTest, KnowsNoExpiryWithoutAClock) {
  host.take_away(BB_HOST_CLOCK);
  make({{"/base_url", R"("https://portal.example")"}});
  host.answer_json(200, session_json());
  ASSERT_EQ(open(), BB_OK);
  EXPECT_EQ(session.sessions[0].expires_unix_ns, 0);
}

TEST_F(PortalTest, SendsTheTokenOnlyAfterSignIn) {
  sign_in();
  host.answer_json(200, R"({"items": []})");
  EXPECT_EQ(list(everything()), BB_OK);
  EXPECT_EQ(host.requests[0].header("authorization"), "Bearer canary-token-1");
}

TEST_F(PortalTest, RefusesOtherMethodsWithoutAsking) {
  for (const bb_auth_method method :
       std::initializer_list<bb_auth_method>{BB_AUTH_NONE, BB_AUTH_USER_REDIRECT, BB_AUTH_SIGNED_REQUEST, 31, 32, -1})
    EXPECT_EQ(open("alice", "password-of-alice", {}, method), BB_E_UNSUPPORTED) << method;
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(PortalTest, NeedsAnAccountAndTheNameOfAPassword) {
  EXPECT_EQ(open("", "password-of-alice"), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(open("alice", ""), BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(PortalTest, PassesOnThatASecretIsMissing) {
  EXPECT_EQ(open("alice", "no-such-secret"), BB_E_NOT_FOUND);
  EXPECT_THAT(call.error.message, HasSubstr("'no-such-secret'"));
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(PortalTest, DoesNotSignInTwice) {
  sign_in();
  EXPECT_EQ(open(), BB_E_STATE);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(PortalTest, StaysSignedOutAfterARefusal) {
  host.answer_json(401, R"({"error": {"code": "wrong-pair", "message": "account or password is wrong"}})");
  EXPECT_EQ(open(), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(call.error.domain_code, 401);
  EXPECT_THAT(call.error.remote_detail, HasSubstr("account or password is wrong"));
  EXPECT_THAT(call.error.message, Not(HasSubstr(canary_password)));
  EXPECT_THAT(session.sessions, IsEmpty());
  EXPECT_EQ(list(everything()), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(host.requests, SizeIs(1));
}

struct BadAnswer {
  const char* name;
  int status;
  const char* media_type;
  const char* body;
  const char* words;
};

class SignInAnswerTest : public PortalTest, public ::testing::WithParamInterface<BadAnswer> {};

TEST_P(SignInAnswerTest, IsNoSession) {
  host.answer_text(GetParam().status, GetParam().media_type, GetParam().body);
  EXPECT_EQ(open(), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr(GetParam().words));
  EXPECT_THAT(session.sessions, IsEmpty());
  EXPECT_EQ(list(everything()), BB_E_UNAUTHENTICATED);
}

constexpr const char* json_type = "application/json";
INSTANTIATE_TEST_SUITE_P(
    Bad, SignInAnswerTest,
    ::testing::Values(
        BadAnswer{"Empty", 200, json_type, "", "got an empty body"},
        BadAnswer{"EmptyWithoutType", 200, "", "", "got an empty body"},
        BadAnswer{"Echo", 200, json_type, R"({"account":"alice","password":"x"})", "expected a text 'access_token'"},
        BadAnswer{"EchoOfHead", 200, "text/plain", "POST /api/session HTTP/1.1", "got 'text/plain'"},
        BadAnswer{"NoType", 200, "", "{}", "got none"},
        BadAnswer{"Truncated", 200, json_type, R"({"access_token": "t)", "is no JSON"},
        BadAnswer{"Array", 200, json_type, "[]", "expected a JSON object, got array"},
        BadAnswer{"TokenIsNumber", 200, json_type, R"({"access_token": 17})",
                  "'access_token' in the answer, got integer"},
        BadAnswer{"TokenIsEmpty", 200, json_type, R"({"access_token": ""})", "'access_token' in the answer, got none"},
        BadAnswer{"NoTokenType", 200, json_type, R"({"access_token": "t-1234"})", "'token_type'"},
        BadAnswer{"OtherTokenType", 200, json_type, R"({"access_token": "t-1234", "token_type": "mac"})",
                  "expected token_type 'Bearer', got 'mac'"},
        BadAnswer{"NoSubject", 200, json_type, R"({"access_token": "t-1234", "token_type": "Bearer"})", "'subject'"},
        BadAnswer{"NoPatient", 200, json_type,
                  R"({"access_token": "t-1234", "token_type": "Bearer", "subject": "alice"})", "'patient'"},
        BadAnswer{"Created", 201, json_type, "{}", "expected status 200, got 201"},
        BadAnswer{"Redirect", 302, json_type, "{}", "the system answered 302"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_F(PortalTest, DescribesTheSessionAsThePortalSeesIt) {
  sign_in();
  host.answer_json(200, R"({"token_type": "Bearer", "expires_in": 60, "subject": "alice", "patient": "alice"})");
  ASSERT_EQ(table<bb_session>(BB_SESSION).describe(connector->raw(), call.raw(), session.raw()), BB_OK)
      << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/session");
  EXPECT_EQ(host.requests[0].method, "GET");
  EXPECT_EQ(session.sessions.back().expires_unix_ns, host.now_unix_ns + 60'000'000'000);
}

TEST_F(PortalTest, DescribesNothingBeforeSignIn) {
  EXPECT_EQ(table<bb_session>(BB_SESSION).describe(connector->raw(), call.raw(), session.raw()), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(PortalTest, HasNothingToResume) {
  bb_auth_request request{};
  request.struct_size = sizeof request;
  request.method = BB_AUTH_PASSWORD;
  EXPECT_EQ(table<bb_session>(BB_SESSION).resume(connector->raw(), call.raw(), &request, {}, {}, session.raw()),
            BB_E_UNSUPPORTED);
}

class CloseTest : public PortalTest {
 protected:
  bb_status close() { return table<bb_session>(BB_SESSION).close(connector->raw(), call.raw()); }
};

TEST_F(CloseTest, RevokesTheToken) {
  sign_in();
  host.answer({.status = 204});
  ASSERT_EQ(close(), BB_OK) << call.error.message;
  EXPECT_EQ(host.requests[0].method, "DELETE");
  EXPECT_EQ(host.requests[0].header("authorization"), "Bearer canary-token-1");
}

TEST_F(CloseTest, LeavesItToThePortalToRefuseTheRevokedToken) {
  // A portal that goes on serving after sign-out must be seen to do so.
  sign_in();
  host.answer({.status = 204});
  ASSERT_EQ(close(), BB_OK);
  host.answer_json(401, "{}");
  EXPECT_EQ(list(everything()), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(host.requests.back().header("authorization"), "Bearer canary-token-1");
  host.answer_json(200, R"({"items": []})");
  EXPECT_EQ(list(everything()), BB_OK);
}

TEST_F(CloseTest, MayBeRepeatedAndMayComeFirst) {
  EXPECT_EQ(close(), BB_OK);
  sign_in();
  host.answer({.status = 204});
  EXPECT_EQ(close(), BB_OK);
  EXPECT_EQ(close(), BB_OK);
  EXPECT_THAT(host.requests, SizeIs(1));
}

TEST_F(CloseTest, TakesADeadTokenForClosed) {
  sign_in();
  host.answer_json(401, "{}");
  EXPECT_EQ(close(), BB_OK);
}

TEST_F(CloseTest, DoesNotTakeAnEmpty200ForAnAnswer) {
  sign_in();
  host.answer({.status = 200});
  EXPECT_EQ(close(), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected status 204, got 200"));
}

TEST_F(CloseTest, SignsInAgainAfterwards) {
  sign_in();
  host.answer({.status = 204});
  ASSERT_EQ(close(), BB_OK);
  sign_in();
}

TEST_F(RestTest, NamesTheServiceThatItCannotDoWithout) {
  host.take_away(BB_HOST_HTTP);
  LoadedConnector made(plugin, host, "org.bluebridge.rest.portal", {{"/base_url", R"("https://portal.example")"}});
  EXPECT_EQ(made.create_status, BB_E_UNSUPPORTED);
  EXPECT_THAT(made.create_error.message, HasSubstr("bb.host.http/1"));
}

TEST_F(RestTest, AsksNobodyWhileItIsMade) {
  LoadedConnector made(plugin, host, "org.bluebridge.rest.portal", {{"/base_url", R"("https://portal.example")"}});
  EXPECT_EQ(made.create_status, BB_OK);
  EXPECT_THAT(host.requests, IsEmpty());
  EXPECT_THAT(host.secrets_read, IsEmpty());
}

}  // namespace
}  // namespace bb::test
