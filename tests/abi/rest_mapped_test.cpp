// What a mapped API is sent, and what of its answers is believed.
#include <string>

#include "rest_mapped_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(MappedTest, SignsInWithTheMappedBodyAndLeavesOutWhatIsEmpty) {
  make(good_mapping());
  host.secrets["password-of-alice"] = "a\"b\\c\n";
  host.answer_json(200, R"({"session": {"token": "canary-token-1", "chart": 17, "seconds": "60"}})");
  ASSERT_EQ(open("o'neill\""), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://vendor.example/v2/login");
  EXPECT_EQ(host.requests[0].method, "POST");
  EXPECT_EQ(host.requests[0].body, R"({"user":{"name":"o'neill\"","secret":"a\"b\\c\n"}})");
  EXPECT_EQ(host.requests[0].header("authorization"), "");
  EXPECT_EQ(session.sessions[0].subject, "o'neill\"");
  EXPECT_EQ(session.sessions[0].patient, "17");
  EXPECT_EQ(session.sessions[0].expires_unix_ns, host.now_unix_ns + 60'000'000'000);
}

TEST_F(MappedTest, EncodesWhatGoesIntoPathsAndQueries) {
  sign_in();
  host.answer_json(200, R"({"parts": []})");
  auto query = everything();
  query.kind = to_str("summary");
  query.cursor = to_str("a&b=c/../");
  ASSERT_EQ(list(query), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://vendor.example/v2/charts/c%201/parts?type=FULL&after=a%26b%3Dc%2F..%2F");
  EXPECT_EQ(host.requests[0].header("authorization"), "Bearer canary-token-1");
}

TEST_F(MappedTest, AnIdCannotLeadElsewhere) {
  sign_in();
  for (const auto* id : {".", ".."}) EXPECT_EQ(read(id), BB_E_INVALID_ARGUMENT) << id;
  EXPECT_THAT(host.requests, IsEmpty());
  host.answer_text(200, "text/html", "<p>Newman</p>");
  ASSERT_EQ(read("../../x?y#z"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://vendor.example/v2/parts/..%2F..%2Fx%3Fy%23z");
}

TEST_F(MappedTest, APatientThatNoHeaderCanCarryIsNotSent) {
  make(good_mapping());
  host.answer_json(200, R"({"session": {"token": "canary-token-1", "chart": "c\r\nX-Evil: 1"}})");
  ASSERT_EQ(open(), BB_OK) << call.error.message;
  host.requests.clear();
  EXPECT_EQ(read("1"), BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(call.error.message, HasSubstr("/view/read/request/headers/X-Chart"));
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(MappedTest, ATokenThatNoHeaderCanCarryIsTheSystemsMistake) {
  for (const auto* token : {R"("a\nb")", R"("zo\u00eb")", R"("a b")", R"("")", "17.5", "123456", "null", "{}"}) {
    make(good_mapping());
    host.answer_json(200, R"({"session": {"chart": "c", "token": )" + std::string(token) + "}}");
    EXPECT_EQ(open(), BB_E_PROTOCOL) << token;
    EXPECT_EQ(list(everything()), BB_E_UNAUTHENTICATED) << token;
  }
}

TEST_F(MappedTest, AnEchoOfTheTokenIsNoAnswer) {
  sign_in();
  host.answer_text(200, "text/html", "<p>authorization: Bearer canary-token-1</p>");
  EXPECT_EQ(read("1"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("an echo of the request"));
  EXPECT_THAT(call.error.message, Not(HasSubstr(canary_token)));
}

TEST_F(MappedTest, WhatIsNotAsTheMappingSaysNamesTheKey) {
  sign_in();
  struct Case {
    const char* answer;
    const char* says;
  };
  for (const auto& [answer, says] : {
           Case{R"({"items": []})", "expected an array at $.parts (/view/list/entries), got none"},
           Case{R"({"parts": {}})", "expected an array at $.parts (/view/list/entries), got object"},
           Case{R"({"parts": [{"type": "FULL"}]})", "expected a text at $.key (/view/list/id), got none"},
           Case{R"({"parts": [{"type": "FULL", "key": true}]})",
                "expected a text at $.key (/view/list/id), got boolean"},
           Case{R"({"parts": [)", "the answer is no JSON"},
       }) {
    host.answer_json(200, answer);
    EXPECT_EQ(list(everything()), BB_E_PROTOCOL) << answer;
    EXPECT_THAT(call.error.message, HasSubstr(says));
  }
  host.answer_text(200, "text/html", "<p>Sign in</p>");
  EXPECT_EQ(list(everything()), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected content-type application/json, got 'text/html'"));
  host.answer({.status = 302, .headers = {{"location", "https://evil.example/"}}});
  EXPECT_EQ(list(everything()), BB_E_PROTOCOL);
}

TEST_F(MappedTest, APageThatIsLongerThanAskedForIsNone) {
  sign_in();
  auto query = everything();
  query.limit = 1;
  host.answer_json(200, R"({"parts": [{"key": 1, "type": "a"}, {"key": 2, "type": "a"}]})");
  EXPECT_EQ(list(query), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("asked for at most 1 entries, got 2"));
}

TEST_F(MappedTest, TextsAndPagesAreBounded) {
  sign_in();
  const auto page = [](std::size_t id_bytes, std::size_t count) {
    std::string entries;
    for (std::size_t i = 0; i < count; ++i)
      entries += (i == 0 ? "" : ",") + std::string(R"({"type": "a", "key": ")") + std::string(id_bytes, 'x') + "\"}";
    return R"({"parts": [)" + entries + "]}";
  };
  host.answer_json(200, page(4096, 1));
  EXPECT_EQ(list(everything()), BB_OK) << call.error.message;
  host.answer_json(200, page(4097, 1));
  EXPECT_EQ(list(everything()), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected at most 4096 bytes at $.key (/view/list/id), got 4097"));
  host.answer_json(200, page(1, 10'000));
  EXPECT_EQ(list(everything()), BB_OK) << call.error.message;
  host.answer_json(200, page(1, 10'001));
  EXPECT_EQ(list(everything()), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message,
              HasSubstr("expected at most 10000 entries at $.parts (/view/list/entries), got 10001"));
}

TEST_F(MappedTest, WhatTheMappingLeavesOutIsUnsupportedByItsKey) {
  auto config = good_mapping();
  for (const auto* key : {"view", "share", "activity", "download"}) config.erase(key);
  sign_in(config);
  EXPECT_EQ(list(everything()), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("the mapping has no /view/list"));
  EXPECT_EQ(read("1"), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("/view/read"));
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("/download/ccda-2.1"));
  const auto query = everything();
  EXPECT_EQ(table<bb_activity>(BB_ACTIVITY).list(connector->raw(), call.raw(), &query, items.raw()), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("/activity"));
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(MappedTest, ATimeThatTheRequestCannotSayIsRefusedAndNotIgnored) {
  sign_in();
  auto query = everything();
  query.from_unix_ns = 1;
  EXPECT_EQ(list(query), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("the mapping has no {from} at /view/list/request"));
  EXPECT_THAT(host.requests, IsEmpty());
}

class MappedPagesTest : public MappedTest {
 protected:
  void make_by(const char* key, Value value) {
    auto config = good_mapping();
    auto* const list_map = config.find("view")->find("list");
    list_map->erase("next_cursor");
    list_map->find("request")->erase("query");
    list_map->set(key, std::move(value));
    sign_in(config);
  }
  // The cursor after a page that continues at `url`, or the refusal.
  bb_status page(const std::string& url) {
    host.answer({.status = 200,
                 .headers = {{"content-type", "application/json"}, {"link", "<" + url + ">; rel=\"prev next\""}},
                 .body = R"({"parts": [], "links": {"next": ")" + url + R"("}})"});
    return list(everything());
  }
};

TEST_F(MappedPagesTest, FollowNoAddressAtAnotherHost) {
  for (const bool is_link : {true, false}) {
    if (is_link)
      make_by("next_link", true);
    else
      make_by("next_url", "$.links.next");
    for (const auto* url : {"https://evil.example/v2/parts", "//evil.example/", "http://vendor.example/v2",
                            "parts?page=2", "https://vendor.example@evil.example/", "https://vendor.example:444/"}) {
      EXPECT_EQ(page(url), BB_E_PROTOCOL) << url;
      EXPECT_THAT(call.error.message, HasSubstr("at another host")) << url;
    }
    ASSERT_EQ(page("https://vendor.example/v2/parts?page=2"), BB_OK) << call.error.message;
    EXPECT_EQ(items.cursor, "/v2/parts?page=2");
    ASSERT_EQ(page("/v2/parts?page=2"), BB_OK) << call.error.message;
    const auto cursor = items.cursor;
    auto query = everything();
    query.cursor = to_str(cursor);
    host.answer_json(200, R"({"parts": []})");
    ASSERT_EQ(list(query), BB_OK) << call.error.message;
    EXPECT_EQ(last_url(), "https://vendor.example/v2/parts?page=2");
    host.requests.clear();
    for (const auto* made_up : {"kit", "//evil.example/", "https://vendor.example/v2/parts", "/a b"}) {
      query.cursor = to_str(made_up);
      EXPECT_EQ(list(query), BB_E_INVALID_ARGUMENT) << made_up;
    }
    EXPECT_THAT(host.requests, IsEmpty());
  }
}

class MappedWaitTest : public MappedTest {};

TEST_F(MappedWaitTest, IsPendingUntilTheJobIsDone) {
  sign_in();
  host.answer_json(202, R"({"job": {"id": "j/1"}})");
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
  EXPECT_EQ(host.requests.back().body, R"({"as":"CCDA"})");
  host.answer_json(200, R"({"job": {"state": "RUNNING"}})");
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
  EXPECT_EQ(last_url(), "https://vendor.example/v2/exports/j%2F1");
  EXPECT_FALSE(host.requests.back().is_answer);
  host.answer_json(200, R"({"job": {"state": "DONE"}})");
  host.answer_text(200, "application/xml", "<ClinicalDocument/>");
  ASSERT_EQ(fetch("ccda-2.1"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://vendor.example/v2/exports/j%2F1/file");
  EXPECT_TRUE(host.requests.back().is_answer);
  EXPECT_EQ(content.body, "<ClinicalDocument/>");
}

TEST_F(MappedWaitTest, SaysThatTheSystemFailedAndBeginsAnew) {
  sign_in();
  for (const auto& [state, status] : {std::pair("FAILED", BB_E_REJECTED), std::pair("SLEEPING", BB_E_PROTOCOL)}) {
    host.answer_json(202, R"({"job": {"id": "j1"}})");
    EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
    host.answer_json(200, R"({"job": {"state": ")" + std::string(state) + R"("}})");
    EXPECT_EQ(fetch("ccda-2.1"), status) << state;
  }
  host.requests.clear();
  host.answer_text(200, "application/xml", "<a/>");
  EXPECT_EQ(fetch("ccda-2.1"), BB_OK) << call.error.message;
  EXPECT_THAT(host.requests, SizeIs(1));
  host.answer_json(202, "{}");
  EXPECT_EQ(fetch("blue-button-text"), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("/download/blue-button-text/wait"));
}

TEST_F(MappedWaitTest, GoesOnWithTheJobAfterWhatPasses) {
  sign_in();
  host.answer_json(202, R"({"job": {"id": "j1"}})");
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
  host.answer({.status = 503});
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_UNAVAILABLE);
  host.answer_json(200, R"({"job": {"state": "RUNNING"}})");
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
  EXPECT_EQ(last_url(), "https://vendor.example/v2/exports/j1");
  host.answer({.status = 404});
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_NOT_FOUND);
  host.answer_json(202, R"({"job": {"id": "j2"}})");
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
  EXPECT_EQ(last_url(), "https://vendor.example/v2/charts/c%201/exports");
}

TEST_F(MappedWaitTest, AsksAtTheLocationOfItsOwnHostAlone) {
  auto config = good_mapping();
  config.find("download")->find("ccda-2.1")->set("wait", Value::object());
  sign_in(config);
  host.answer({.status = 202, .headers = {{"location", "https://evil.example/job"}}});
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PROTOCOL);
  host.answer({.status = 202, .headers = {{"location", "/v2/jobs/7"}}});
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
  host.answer({.status = 202});
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PENDING);
  EXPECT_EQ(last_url(), "https://vendor.example/v2/jobs/7");
  host.answer_text(200, "text/html", "<p>Sign in</p>");
  EXPECT_EQ(fetch("ccda-2.1"), BB_E_PROTOCOL);
}

class MappedWaysInTest : public MappedTest {
 protected:
  // Of a mapping that signs in so: the header field that a reading sends.
  std::string sent(const Value& way, const char* field) {
    auto config = good_mapping();
    config.set("sign_in", way);
    make(config);
    if (way.find("request"))
      host.answer(
          {.status = 204, .headers = {{"set-cookie", "other=1"}, {"Set-Cookie", " SID = abcd ; Path=/; Secure"}}});
    EXPECT_EQ(open(), BB_OK) << call.error.message;
    host.answer_text(200, "text/html", "<p>x</p>");
    EXPECT_EQ(read("1"), BB_OK) << call.error.message;
    return host.requests.back().header(field);
  }
};

TEST_F(MappedWaysInTest, BasicAuthentication) {
  // RFC 7617, 2: base64 of alice:canary-password-1, by `printf | base64`.
  EXPECT_EQ(sent(*parse_json(R"({"by": "basic"})"), "authorization"), "Basic YWxpY2U6Y2FuYXJ5LXBhc3N3b3JkLTE=");
}

TEST_F(MappedWaysInTest, AKeyOfTheApi) {
  EXPECT_EQ(sent(*parse_json(R"({"by": "api_key", "send": {"header": "x-api-key"}, "patient": "c1"})"), "x-api-key"),
            canary_password);
  EXPECT_EQ(host.requests.back().header("authorization"), "");
  EXPECT_EQ(session.sessions.back().patient, "c1");
}

TEST_F(MappedWaysInTest, ACookie) {
  const auto way =
      *parse_json(R"({"request": {"path": "/in", "form": {"u": "{account}", "p": "{password}"}}, "cookie": "SID"})");
  EXPECT_EQ(sent(way, "cookie"), "SID=abcd");
  EXPECT_EQ(host.requests[0].body, "u=alice&p=canary-password-1");
  EXPECT_EQ(host.requests[0].header("content-type"), "application/x-www-form-urlencoded");
}

TEST_F(MappedWaysInTest, ACookieThatDoesNotCome) {
  auto config = good_mapping();
  config.set("sign_in", *parse_json(R"({"request": {"path": "/in", "form": {"p": "{password}"}}, "cookie": "SID"})"));
  make(config);
  host.answer({.status = 204, .headers = {{"set-cookie", "XSID=abcd"}}});
  EXPECT_EQ(open(), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected the cookie 'SID'"));
}

TEST_F(MappedWaysInTest, WithoutASignOutTheSessionEndsHere) {
  auto config = good_mapping();
  config.erase("sign_out");
  sign_in(config);
  EXPECT_EQ(table<bb_session>(BB_SESSION).close(connector->raw(), call.raw()), BB_OK);
  EXPECT_EQ(read("1"), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(host.requests, IsEmpty());
}

}  // namespace
}  // namespace bb::test
