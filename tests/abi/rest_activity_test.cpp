// The activity history of a portal.
#include <string>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ActivityTest : public PortalTest {
 protected:
  bb_status list_events(const bb_query& query) {
    return table<bb_activity>(BB_ACTIVITY).list(connector->raw(), call.raw(), &query, items.raw());
  }
  bb_status read_event(std::string_view id) {
    return table<bb_activity>(BB_ACTIVITY).read(connector->raw(), call.raw(), to_str(id), content.raw());
  }
};

constexpr const char* event_2 =
    R"({"id":"2","action":"download","at":"2023-11-14T22:13:20Z","actor":{"name":"Alice","role":"patient"}})";

std::string page(const std::string& events, const std::string& next = {}) {
  return R"({"events": [)" + events + "]" + (next.empty() ? "" : R"(, "next": ")" + next + '"') + "}";
}

TEST_F(ActivityTest, ListsEventsAsItems) {
  sign_in();
  host.answer_json(200, page(event_2, "older"));
  ASSERT_EQ(list_events(everything()), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/activity");
  ASSERT_THAT(items.items, SizeIs(1));
  EXPECT_EQ(items.items[0].id, "2");
  EXPECT_EQ(items.items[0].kind, "activity");
  EXPECT_EQ(items.items[0].media_type, "application/json");
  EXPECT_EQ(items.items[0].title, "download");
  EXPECT_EQ(items.items[0].updated_unix_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(items.cursor, "older");
}

TEST_F(ActivityTest, BoundsTheTime) {
  sign_in();
  host.answer_json(200, page(""));
  auto query = everything();
  query.from_unix_ns = 1'700'000'000'000'000'000;
  query.kind = to_str("ignored");
  ASSERT_EQ(list_events(query), BB_OK);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/activity?from=2023-11-14T22%3A13%3A20.000Z");
}

TEST_F(ActivityTest, ReadsAnEventOfTheLastListingWithoutAsking) {
  sign_in();
  host.answer_json(200, page(event_2));
  ASSERT_EQ(list_events(everything()), BB_OK);
  host.requests.clear();
  ASSERT_EQ(read_event("2"), BB_OK);
  EXPECT_EQ(content.body, event_2);
  EXPECT_EQ(content.item.kind, "activity");
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ActivityTest, KeepsTheEventsOfEarlierPages) {
  sign_in();
  host.answer_json(200, page(event_2, "older"));
  host.answer_json(200, page(R"({"id": "1"})"));
  ASSERT_EQ(list_events(everything()), BB_OK);
  auto query = everything();
  query.cursor = to_str("older");
  ASSERT_EQ(list_events(query), BB_OK);
  EXPECT_EQ(read_event("2"), BB_OK);
  EXPECT_EQ(host.answers_left(), 0u);
}

TEST_F(ActivityTest, AsksForAnEventThatItHasNotListed) {
  sign_in();
  host.answer_json(200, page(R"({"id": "3"})", "older"));
  host.answer_json(200, page(event_2));
  ASSERT_EQ(read_event("2"), BB_OK) << call.error.message;
  EXPECT_THAT(last_url(), HasSubstr("?cursor=older"));
  EXPECT_EQ(content.body, event_2);
}

TEST_F(ActivityTest, SaysThatAnEventIsNotThere) {
  sign_in();
  host.answer_json(200, page(event_2));
  EXPECT_EQ(read_event("9"), BB_E_NOT_FOUND);
  EXPECT_EQ(content.heads, 0);
}

TEST_F(ActivityTest, DoesNotFollowPagesInACircle) {
  sign_in();
  host.answer_json(200, page("", "a"));
  host.answer_json(200, page("", "b"));
  host.answer_json(200, page("", "a"));
  EXPECT_EQ(read_event("9"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("a cursor that was used before"));
}

TEST_F(ActivityTest, TakesNoOtherAnswerForAHistory) {
  sign_in();
  for (const char* body : {"", "{}", "[]", R"({"events": {}})", R"({"events": [{}]})", R"({"events": ["x"]})",
                           R"({"events": [{"id": "1", "at": "soon"}]})", R"({"events": [{"id")"}) {
    host.answer_json(200, body);
    EXPECT_EQ(list_events(everything()), BB_E_PROTOCOL) << body;
  }
}

TEST_F(ActivityTest, KnowsNothingBeforeSignIn) {
  EXPECT_EQ(list_events(everything()), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(read_event("2"), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ActivityTest, ForgetsTheEventsWithTheSession) {
  sign_in();
  host.answer_json(200, page(event_2));
  ASSERT_EQ(list_events(everything()), BB_OK);
  host.answer({.status = 204});
  ASSERT_EQ(table<bb_session>(BB_SESSION).close(connector->raw(), call.raw()), BB_OK);
  host.answer_json(401, "{}");
  EXPECT_EQ(read_event("2"), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(host.answers_left(), 0u);
}

}  // namespace
}  // namespace bb::test
