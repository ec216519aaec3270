// The inbox that a portal shares to.
#include <string>
#include <vector>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InboxTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    connector.emplace(plugin, host, "org.bluebridge.rest.inbox",
                      Config{{"/inbox_url", R"("https://portal.example/inbox/")"}});
    ASSERT_EQ(connector->create_status, BB_OK) << connector->create_error.message;
  }
  bb_status allocate(std::string_view tag) {
    return table<bb_inbox>(BB_INBOX).allocate(connector->raw(), call.raw(), to_str(tag), address.raw());
  }
  bb_status poll(std::string_view of = {}) {
    const bb_pair term{to_str("address"), to_str(of)};
    auto query = everything();
    query.terms = &term;
    query.term_count = of.empty() ? 0 : 1;
    return table<bb_inbox>(BB_INBOX).poll(connector->raw(), call.raw(), &query, items.raw());
  }
  bb_status read(std::string_view id) {
    return table<bb_inbox>(BB_INBOX).read(connector->raw(), call.raw(), to_str(id), content.raw());
  }
  bb_status acknowledge(std::string_view id) {
    return table<bb_inbox>(BB_INBOX).acknowledge(connector->raw(), call.raw(), to_str(id), BB_DISPOSITION_PROCESSED);
  }
  // Allocates https://portal.example/inbox/abc and forgets how that looked.
  void allocate_abc() {
    host.answer_json(201, R"({"address": "https://portal.example/inbox/abc"})");
    ASSERT_EQ(allocate("run"), BB_OK) << call.error.message;
    host.requests.clear();
  }

  TextCollector address;
  ItemCollector items;
  ContentCollector content;
};

TEST_F(InboxTest, AllocatesAnAddress) {
  host.answer_json(201, R"({"address": "https://portal.example/inbox/abc"})");
  ASSERT_EQ(allocate("run-1"), BB_OK) << call.error.message;
  EXPECT_EQ(address.text, "https://portal.example/inbox/abc");
  EXPECT_EQ(host.requests[0].method, "POST");
  EXPECT_EQ(last_url(), "https://portal.example/inbox");
  EXPECT_EQ(host.requests[0].body, R"({"tag":"run-1"})");
}

TEST_F(InboxTest, GivesTheSameAddressForTheSameTag) {
  host.answer_json(201, R"({"address": "https://portal.example/inbox/a"})");
  host.answer_json(201, R"({"address": "https://portal.example/inbox/b"})");
  for (const char* tag : {"one", "two", "one"}) {
    address.text.clear();
    ASSERT_EQ(allocate(tag), BB_OK);
  }
  EXPECT_EQ(address.text, "https://portal.example/inbox/a");
  EXPECT_THAT(host.requests, SizeIs(2));
}

TEST_F(InboxTest, TakesTagsOfOneTo32Characters) {
  const std::string longest(32, 'a');
  for (const auto& tag : {std::string("a"), longest, std::string("a-9")}) {
    host.answer_json(201, R"({"address": "https://portal.example/inbox/)" + tag + R"("})");
    EXPECT_EQ(allocate(tag), BB_OK) << tag;
  }
  for (const auto& tag : {std::string(), longest + "a", std::string("A"), std::string("a_b"), std::string("a/b")})
    EXPECT_EQ(allocate(tag), BB_E_INVALID_ARGUMENT) << tag;
}

TEST_F(InboxTest, TakesNoOtherAnswerForAnAddress) {
  host.answer_json(200, R"({"address": "https://portal.example/inbox/abc"})");
  EXPECT_EQ(allocate("run"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected status 201, got 200"));
  host.answer({.status = 200});
  EXPECT_EQ(allocate("run"), BB_E_PROTOCOL);
  for (const char* body : {"", R"({"tag":"run"})", R"({"address": ""})", R"({"address": "http://portal.example/x"})",
                           R"({"address": "https://portal.example/x?y"})"}) {
    host.answer_json(201, body);
    EXPECT_EQ(allocate("run"), BB_E_PROTOCOL) << body;
  }
  EXPECT_EQ(address.text, "");
}

TEST_F(InboxTest, PollsTheAllocatedAddress) {
  allocate_abc();
  host.answer_json(200, R"({"items": [{"id": "m 1", "received": "2023-11-14T22:13:20Z", "size": 42}, {"id": "2"}]})");
  ASSERT_EQ(poll(), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/inbox/abc");
  ASSERT_THAT(items.items, SizeIs(2));
  EXPECT_EQ(items.items[0].id, "https://portal.example/inbox/abc/m%201");
  EXPECT_EQ(items.items[0].media_type, "message/rfc822");
  EXPECT_EQ(items.items[0].size, 42u);
  EXPECT_EQ(items.items[0].updated_unix_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(items.items[1].size, UINT64_MAX);
}

TEST_F(InboxTest, PollsTheAddressOfTheTerm) {
  host.answer_json(200, R"({"items": []})");
  ASSERT_EQ(poll("https://portal.example/inbox/xyz"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/inbox/xyz");
}

TEST_F(InboxTest, PollsNothingWithoutAnAddress) {
  EXPECT_EQ(poll(), BB_E_STATE);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(InboxTest, AsksNoAddressThatIsNotItsOwn) {
  for (const char* other :
       {"https://other.example/inbox/abc", "https://portal.example/inbox", "http://portal.example/inbox/a",
        "https://portal.example/inbox/..", "https://portal.example/inbox/a/b", "https://portal.example/inboxes/a",
        "https://portal.example/inbox/a?b"})
    EXPECT_EQ(poll(other), BB_E_INVALID_ARGUMENT) << other;
  for (const char* id : {"m1", "https://other.example/inbox/abc/m1", "https://portal.example/inbox/m1",
                         "https://portal.example/inbox/abc/", "https://portal.example/inbox/abc/m1?x"}) {
    EXPECT_EQ(read(id), BB_E_NOT_FOUND) << id;
    EXPECT_EQ(acknowledge(id), BB_E_NOT_FOUND) << id;
  }
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(InboxTest, TakesAnAllocatedAddressUnderAnotherName) {
  host.answer_json(201, R"({"address": "https://other-name.example/in/abc"})");
  ASSERT_EQ(allocate("run"), BB_OK);
  host.answer_json(200, R"({"items": []})");
  EXPECT_EQ(poll("https://other-name.example/in/abc"), BB_OK) << call.error.message;
}

TEST_F(InboxTest, TakesNoOtherAnswerForAListing) {
  allocate_abc();
  for (const char* body : {"", "{}", "[]", R"({"items": {}})", R"({"items": [{}]})", R"({"items": [{"id": 1}]})",
                           R"({"items": [{"id": "1", "received": "now"}]})", R"({"items": [)"}) {
    host.answer_json(200, body);
    EXPECT_EQ(poll(), BB_E_PROTOCOL) << body;
  }
}

TEST_F(InboxTest, ReadsTheMessageByteForByte) {
  const std::string raw("Subject: x\r\n\r\n\0\xFF\r\n", 18);
  host.answer_text(200, "message/rfc822", raw);
  ASSERT_EQ(read("https://portal.example/inbox/abc/m1"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/inbox/abc/m1");
  EXPECT_EQ(content.body, raw);
  EXPECT_EQ(content.item.media_type, "message/rfc822");
}

TEST_F(InboxTest, TakesNoEmptyAnswerAndNoEchoForAMessage) {
  host.answer_text(200, "message/rfc822", "");
  EXPECT_EQ(read("https://portal.example/inbox/abc/m1"), BB_E_PROTOCOL);
  host.answer_text(200, "text/plain", "GET /inbox/abc/m1 HTTP/1.1\r\n");
  EXPECT_EQ(read("https://portal.example/inbox/abc/m1"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected content-type message/rfc822, got 'text/plain'"));
  host.answer_text(206, "message/rfc822", "Subject: x\r\n");
  EXPECT_EQ(read("https://portal.example/inbox/abc/m1"), BB_E_PROTOCOL);
  host.answer_json(404, "{}");
  EXPECT_EQ(read("https://portal.example/inbox/abc/m1"), BB_E_NOT_FOUND);
  EXPECT_EQ(content.heads, 0);
}

TEST_F(InboxTest, AcknowledgesByDeletingAndMayRepeatIt) {
  host.answer({.status = 204});
  host.answer_json(404, "{}");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(acknowledge("https://portal.example/inbox/abc/m1"), BB_OK);
  EXPECT_EQ(host.requests[0].method, "DELETE");
  EXPECT_EQ(last_url(), "https://portal.example/inbox/abc/m1");
}

TEST_F(InboxTest, TakesNoOtherAnswerForAnAcknowledgement) {
  host.answer({.status = 200});
  EXPECT_EQ(acknowledge("https://portal.example/inbox/abc/m1"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected status 204, got 200"));
  host.answer({.status = 500});
  EXPECT_EQ(acknowledge("https://portal.example/inbox/abc/m1"), BB_E_UNAVAILABLE);
}

TEST_F(InboxTest, StopsPollingWhenTheHostSaysSo) {
  allocate_abc();
  items.stop = {.stop_at = 1, .stop_status = BB_E_CANCELLED};
  host.answer_json(200, R"({"items": [{"id": "1"}, {"id": "2"}, {"id": "3"}]})");
  EXPECT_EQ(poll(), BB_E_CANCELLED);
  EXPECT_THAT(items.items, SizeIs(2));
}

}  // namespace
}  // namespace bb::test
