// Listing and reading a portal's record.
#include <string>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(PortalTest, ListsItemsWithWhatThePortalSaysOfThem) {
  sign_in();
  host.answer_json(200, R"({"items": [
    {"id": "summary", "kind": "summary", "media_type": "text/html", "title": "Alice's record",
     "updated": "2023-11-14T22:13:20Z", "version": "7"},
    {"id": "visit-1", "kind": "visit"}]})");
  ASSERT_EQ(list(everything()), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/items");
  EXPECT_TRUE(host.requests[0].is_answer);
  ASSERT_THAT(items.items, SizeIs(2));
  EXPECT_EQ(items.items[0].id, "summary");
  EXPECT_EQ(items.items[0].kind, "summary");
  EXPECT_EQ(items.items[0].media_type, "text/html");
  EXPECT_EQ(items.items[0].title, "Alice's record");
  EXPECT_EQ(items.items[0].subject, "alice");
  EXPECT_EQ(items.items[0].version, "7");
  EXPECT_EQ(items.items[0].updated_unix_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(items.items[1].updated_unix_ns, 0);
  EXPECT_EQ(items.cursor, "");
}

TEST_F(PortalTest, AsksForWhatTheQuerySays) {
  sign_in();
  host.answer_json(200, R"({"items": []})");
  auto query = everything();
  query.limit = 2;
  query.subject = to_str("b/o b");
  query.kind = to_str("visit");
  query.from_unix_ns = 1'700'000'000'000'000'000;
  query.until_unix_ns = 1'700'000'001'000'000'000;
  query.cursor = to_str("a&b=c");
  ASSERT_EQ(list(query), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(),
            "https://portal.example/api/patients/b%2Fo%20b/items?from=2023-11-14T22%3A13%3A20.000Z"
            "&until=2023-11-14T22%3A13%3A21.000Z&limit=2&cursor=a%26b%3Dc&kind=visit");
}

TEST_F(PortalTest, ReadsTheRecordInThePeriodThatItWasListedFor) {
  sign_in();
  host.answer_json(200, R"({"items": [{"id": "summary", "kind": "summary"}, {"id": "visit-1", "kind": "visit"}]})");
  auto query = everything();
  query.from_unix_ns = 1'700'000'000'000'000'000;
  query.until_unix_ns = 1'700'000'001'000'000'000;
  ASSERT_EQ(list(query), BB_OK) << call.error.message;
  ASSERT_THAT(items.items, SizeIs(2));
  EXPECT_EQ(items.items[0].id, "summary?from=2023-11-14T22:13:20.000Z&until=2023-11-14T22:13:21.000Z");
  EXPECT_EQ(items.items[1].id, "visit-1");
  host.answer({.status = 200, .headers = {{"content-type", "text/html"}}, .body = "<p>a part</p>"});
  ASSERT_EQ(read(items.items[0].id), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(),
            "https://portal.example/api/patients/alice/items/summary?from=2023-11-14T22%3A13%3A20.000Z"
            "&until=2023-11-14T22%3A13%3A21.000Z");
}

TEST_F(PortalTest, ContinuesWhereThePageEnded) {
  sign_in();
  host.answer_json(200, R"({"items": [{"id": "1", "kind": "visit"}], "next": "page-2"})");
  host.answer_json(200, R"({"items": [{"id": "2", "kind": "visit"}]})");
  ASSERT_EQ(list(everything()), BB_OK);
  EXPECT_EQ(items.cursor, "page-2");
  auto query = everything();
  const std::string next = items.cursor;
  query.cursor = to_str(next);
  items.cursor.clear();
  ASSERT_EQ(list(query), BB_OK);
  EXPECT_THAT(last_url(), HasSubstr("?cursor=page-2"));
  EXPECT_THAT(items.items, SizeIs(2));
  EXPECT_EQ(items.cursor, "");
}

struct PageSize {
  const char* name;
  const char* configured;
  std::uint32_t limit;
  const char* asked;
};

class PageSizeTest : public PortalTest, public ::testing::WithParamInterface<PageSize> {};

TEST_P(PageSizeTest, IsTheSmallerOfQueryAndConfiguration) {
  make({{"/base_url", R"("https://portal.example")"}, {"/page_size", GetParam().configured}});
  sign_in();
  host.answer_json(200, R"({"items": []})");
  auto query = everything();
  query.limit = GetParam().limit;
  ASSERT_EQ(list(query), BB_OK);
  EXPECT_EQ(last_url(), std::string("https://portal.example/api/patients/alice/items") + GetParam().asked);
}

INSTANTIATE_TEST_SUITE_P(Sizes, PageSizeTest,
                         ::testing::Values(PageSize{"Configured", "50", 0, "?limit=50"},
                                           PageSize{"QueryBelow", "50", 49, "?limit=49"},
                                           PageSize{"QueryEqual", "50", 50, "?limit=50"},
                                           PageSize{"QueryAbove", "50", 51, "?limit=50"}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_F(PortalTest, RefusesAPageThatIsLongerThanItAskedFor) {
  sign_in();
  auto query = everything();
  query.limit = 1;
  host.answer_json(200, R"({"items": [{"id": "1", "kind": "visit"}]})");
  EXPECT_EQ(list(query), BB_OK);
  host.answer_json(200, R"({"items": [{"id": "1", "kind": "visit"}, {"id": "2", "kind": "visit"}]})");
  EXPECT_EQ(list(query), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("asked for at most 1 entries, got 2"));
}

TEST_F(PortalTest, StopsListingWhenTheHostSaysSo) {
  sign_in();
  for (int stop_at = 0; stop_at < 3; ++stop_at) {
    ItemCollector stopping;
    stopping.stop = {.stop_at = stop_at, .stop_status = BB_E_TOO_LARGE};
    host.answer_json(200, R"({"items": [{"id": "1", "kind": "v"}, {"id": "2", "kind": "v"}], "next": "n"})");
    const auto query = everything();
    EXPECT_EQ(table<bb_view>(BB_VIEW).list(connector->raw(), call.raw(), &query, stopping.raw()), BB_E_TOO_LARGE);
    EXPECT_THAT(stopping.items, SizeIs(std::min(stop_at + 1, 2)));
    EXPECT_EQ(stopping.stop.calls, stop_at + 1);
  }
}

struct BadListing {
  const char* name;
  const char* media_type;
  const char* body;
  const char* words;
};

class ListingTest : public PortalTest, public ::testing::WithParamInterface<BadListing> {};

TEST_P(ListingTest, IsNoListing) {
  sign_in();
  host.answer_text(200, GetParam().media_type, GetParam().body);
  EXPECT_EQ(list(everything()), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr(GetParam().words));
}

constexpr const char* json_type = "application/json";
INSTANTIATE_TEST_SUITE_P(
    Bad, ListingTest,
    ::testing::Values(BadListing{"Empty", json_type, "", "got an empty body"},
                      BadListing{"Echo", json_type, R"({"authorization": "Bearer canary-token-1"})", "echo"},
                      BadListing{"Html", "text/html", "<p>sign in", "expected content-type application/json"},
                      BadListing{"Truncated", json_type, R"({"items": [{"id": "1")", "is no JSON"},
                      BadListing{"NoItems", json_type, "{}", "expected an array 'items' in the answer, got none"},
                      BadListing{"ItemsIsObject", json_type, R"({"items": {}})", "got object"},
                      BadListing{"ItemIsText", json_type, R"({"items": ["1"]})", "expected an object as an item"},
                      BadListing{"NoId", json_type, R"({"items": [{"kind": "visit"}]})", "'id' in an item"},
                      BadListing{"IdIsNumber", json_type, R"({"items": [{"id": 1, "kind": "visit"}]})", "got integer"},
                      BadListing{"NoKind", json_type, R"({"items": [{"id": "1"}]})", "'kind' in an item"},
                      BadListing{"TitleIsList", json_type, R"({"items": [{"id": "1", "kind": "v", "title": []}]})",
                                 "'title'"},
                      BadListing{"NoTime", json_type, R"({"items": [{"id": "1", "kind": "v", "updated": "soon"}]})",
                                 "expected an RFC 3339 time in 'updated'"},
                      BadListing{"NextIsNumber", json_type, R"({"items": [], "next": 2})", "'next'"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_F(PortalTest, ReadsThePageOfAnItem) {
  sign_in();
  host.answer_text(200, "Text/HTML; charset=utf-8", "<h1>Alice</h1>");
  ASSERT_EQ(read("a/b"), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/items/a%2Fb");
  EXPECT_EQ(content.heads, 1);
  EXPECT_EQ(content.item.id, "a/b");
  EXPECT_EQ(content.item.media_type, "text/html");
  EXPECT_EQ(content.item.subject, "alice");
  EXPECT_EQ(content.body, "<h1>Alice</h1>");
  EXPECT_TRUE(host.requests[0].is_answer);
}

TEST_F(PortalTest, TakesNoEmptyPageNoOtherTypeAndNoEchoForAnItem) {
  sign_in();
  host.answer_text(200, "text/html", "");
  EXPECT_EQ(read("summary"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("got an empty body"));
  host.answer_text(200, "application/json", "{}");
  EXPECT_EQ(read("summary"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected content-type text/html, got 'application/json'"));
  host.answer({200, {}, "<h1>Alice</h1>"});
  EXPECT_EQ(read("summary"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("got none"));
  host.answer_text(200, "text/html", "GET /api HTTP/1.1\r\nAuthorization: Bearer canary-token-1\r\n");
  EXPECT_EQ(read("summary"), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("echo of the request"));
  EXPECT_EQ(content.heads, 0);
}

TEST_F(PortalTest, ReadsNothingBeforeSignIn) {
  EXPECT_EQ(read("summary"), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(PortalTest, RefusesIdsThatWouldLeadElsewhere) {
  sign_in();
  for (const char* id : {"", ".", ".."}) EXPECT_EQ(read(id), BB_E_INVALID_ARGUMENT) << id;
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(PortalTest, StopsReadingWhenTheHostSaysSo) {
  sign_in();
  host.answer_text(200, "text/html", "<h1>Alice</h1>");
  content.stop = {.stop_at = 0, .stop_status = BB_E_CANCELLED};
  EXPECT_EQ(read("summary"), BB_E_CANCELLED);
  EXPECT_EQ(content.body, "");
}

}  // namespace
}  // namespace bb::test
