// What a portal received by Direct for a patient.
#include <string>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MessagesTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    connector.emplace(plugin, host, "org.bluebridge.rest.messages",
                      Config{{"/base_url", R"("https://portal.example/")"},
                             {"/account", R"("alice")"},
                             {"/password", R"("password-of-alice")"}});
    ASSERT_EQ(connector->create_status, BB_OK) << connector->create_error.message;
  }
  void answer_session(const std::string& token = canary_token) {
    host.answer_json(200, R"({"access_token": ")" + token +
                              R"(", "token_type": "Bearer", "expires_in": 900, "subject": "alice",
                                 "patient": "alice-1", "scopes": "view"})");
  }
  bb_status poll(std::string_view of = {}, std::string_view cursor = {}) {
    const bb_pair term{to_str("address"), to_str(of)};
    auto query = everything();
    query.terms = &term;
    query.term_count = of.empty() ? 0 : 1;
    query.cursor = to_str(cursor);
    return table<bb_inbox>(BB_INBOX).poll(connector->raw(), call.raw(), &query, items.raw());
  }
  bb_status read(std::string_view id) {
    return table<bb_inbox>(BB_INBOX).read(connector->raw(), call.raw(), to_str(id), content.raw());
  }
  std::vector<std::string> urls() const {
    std::vector<std::string> asked;
    for (const auto& request : host.requests) asked.push_back(request.url);
    return asked;
  }
  std::string token_sent() const {
    for (const auto& [name, value] : host.requests.back().headers)
      if (name == "authorization") return value;
    return "none";
  }

  ItemCollector items;
  ContentCollector content;
};

TEST_F(MessagesTest, SignsInAndListsWithSubjects) {
  answer_session();
  host.answer_json(200, R"({"items": [{"id": "1", "from": "bob@direct.bob.example", "subject": "Visit",
                                       "received": "2023-11-14T22:13:20Z", "size": 42}, {"id": "2"}], "next": "2"})");
  ASSERT_EQ(poll(), BB_OK) << call.error.message;
  EXPECT_THAT(urls(), ElementsAre("https://portal.example/api/session",
                                  "https://portal.example/api/patients/alice-1/messages"));
  EXPECT_EQ(host.requests[0].body, R"({"account":"alice","password":"canary-password-1"})");
  EXPECT_EQ(token_sent(), "Bearer canary-token-1");
  ASSERT_THAT(items.items, SizeIs(2));
  EXPECT_EQ(items.items[0].id, "1");
  EXPECT_EQ(items.items[0].title, "Visit");
  EXPECT_EQ(items.items[0].media_type, "message/rfc822");
  EXPECT_EQ(items.items[0].size, 42u);
  EXPECT_EQ(items.items[0].updated_unix_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(items.items[1].size, UINT64_MAX);

  host.answer_json(200, R"({"items": []})");
  ASSERT_EQ(poll({}, "2"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice-1/messages?cursor=2");
}

TEST_F(MessagesTest, SignsInAnewWhenItsSessionHasEndedAndOnceOnly) {
  answer_session();
  host.answer_json(200, R"({"items": []})");
  ASSERT_EQ(poll(), BB_OK);
  host.requests.clear();
  host.answer_json(401, "{}");
  answer_session("canary-token-2");
  host.answer_json(200, R"({"items": []})");
  ASSERT_EQ(poll(), BB_OK) << call.error.message;
  EXPECT_EQ(token_sent(), "Bearer canary-token-2");
  host.answer_json(401, "{}");
  answer_session("canary-token-3");
  host.answer_json(401, "{}");
  EXPECT_EQ(poll(), BB_E_UNAUTHENTICATED);
}

TEST_F(MessagesTest, SaysThatItCannotSignIn) {
  host.answer_json(401, "{}");
  EXPECT_EQ(poll(), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(call.error.message, HasSubstr("signing in"));
  EXPECT_THAT(host.requests, SizeIs(1));
}

TEST_F(MessagesTest, ListsTheMessagesOfItsAddressAlone) {
  answer_session();
  const std::string listing = R"({"items": [{"id": "1"}], "address": "alice@direct.portal.example"})";
  host.answer_json(200, listing);
  ASSERT_EQ(poll("Alice@direct.portal.example"), BB_OK) << call.error.message;
  EXPECT_THAT(items.items, SizeIs(1));
  items.items.clear();
  host.answer_json(200, listing);
  ASSERT_EQ(poll("bob@direct.portal.example"), BB_OK);
  EXPECT_THAT(items.items, IsEmpty());
}

TEST_F(MessagesTest, ReadsTheMessageByteForByteAndNothingElse) {
  answer_session();
  const std::string raw("Subject: x\r\n\r\n\0\xFF\r\n", 18);
  host.answer_text(200, "message/rfc822", raw);
  ASSERT_EQ(read("7"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice-1/messages/7");
  EXPECT_EQ(content.body, raw);
  host.answer_text(200, "text/html", "<p>");
  EXPECT_EQ(read("7"), BB_E_PROTOCOL);
  host.answer_json(404, "{}");
  EXPECT_EQ(read("8"), BB_E_NOT_FOUND);
}

TEST_F(MessagesTest, AcknowledgesWithoutAskingThePortal) {
  const auto acknowledge = [&](std::string_view id) {
    return table<bb_inbox>(BB_INBOX).acknowledge(connector->raw(), call.raw(), to_str(id), BB_DISPOSITION_PROCESSED);
  };
  EXPECT_EQ(acknowledge("1"), BB_OK);
  EXPECT_EQ(acknowledge("1"), BB_OK);
  EXPECT_EQ(acknowledge(""), BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(host.requests, IsEmpty());
}

}  // namespace
}  // namespace bb::test
