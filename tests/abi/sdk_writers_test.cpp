// The writers: what reaches the host's sinks, and how a stop ends a loop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include <bb/sdk/capabilities/download.hpp>
#include <bb/sdk/capabilities/probe.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/delivery.hpp>

#include "support/collectors.hpp"

namespace bb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

// The status with which the body ended.
template <class Body>
bb_status status_of(Body body) {
  return detail::guarded(nullptr, body);
}

// The words of the std::logic_error that the body must throw.
template <class Body>
std::string mistake_of(Body body) {
  try {
    body();
  } catch (const std::logic_error& mistake) {
    return mistake.what();
  }
  return "no mistake";
}

TEST(ItemsTest, SaysUnknownForWhatIsNotSet) {
  ItemCollector host;
  Items out(host.raw());
  out.emit("1", "summary", "Summary");
  ASSERT_THAT(host.items, SizeIs(1));
  EXPECT_EQ(host.items[0].id, "1");
  EXPECT_EQ(host.items[0].kind, "summary");
  EXPECT_EQ(host.items[0].title, "Summary");
  EXPECT_EQ(host.items[0].size, UINT64_MAX);
  EXPECT_EQ(host.items[0].updated_unix_ns, 0);
}

TEST(ItemsTest, EndsTheLoopWithTheStatusOfTheHostsStop) {
  for (int stop_at = 0; stop_at < 3; ++stop_at) {
    ItemCollector host;
    host.stop = {.stop_at = stop_at, .stop_status = BB_E_CANCELLED};
    Items out(host.raw());
    EXPECT_EQ(status_of([&] {
                for (int i = 0; i < 10; ++i) out.emit("x", "note");
              }),
              BB_E_CANCELLED);
    EXPECT_THAT(host.items, SizeIs(stop_at + 1));
  }
}

TEST(ItemsTest, NeverCallsTheHostAgainAfterAStop) {
  ItemCollector host;
  host.stop.stop_at = 0;
  Items out(host.raw());
  EXPECT_THROW(out.emit("1", "note"), Failure);
  EXPECT_THROW(out.emit("2", "note"), Failure);
  EXPECT_THROW(out.cursor("next"), Failure);
  EXPECT_THAT(host.items, SizeIs(1));
  EXPECT_EQ(host.cursor, "");
}

TEST(ContentTest, PassesHeadAttributesAndBytes) {
  ContentCollector host;
  Content out(host.raw());
  out.head({.id = "1", .kind = "document", .media_type = "text/plain"}, {{"content.filename", "a.txt"}});
  out.write("ab");
  out.write("c");
  EXPECT_EQ(host.item.media_type, "text/plain");
  EXPECT_THAT(host.attributes, ElementsAre(Pair("content.filename", "a.txt")));
  EXPECT_EQ(host.body, "abc");
}

TEST(ContentTest, RefusesASecondHead) {
  ContentCollector host;
  Content out(host.raw());
  out.head("1", "note", "text/plain");
  EXPECT_THAT(mistake_of([&] { out.head("2", "note", "text/plain"); }), HasSubstr("a second time"));
  EXPECT_EQ(host.heads, 1);
}

TEST(ContentTest, RefusesBytesBeforeTheHead) {
  ContentCollector host;
  Content out(host.raw());
  EXPECT_THAT(mistake_of([&] { out.write("x"); }), HasSubstr("before head()"));
  EXPECT_EQ(host.body, "");
}

TEST(ContentTest, RefusesAnAttributeThatIsAHeaderField) {
  // Header fields are the host's own, as received; a connector's have a dot.
  for (const char* name : {"content-type", ":status", ":a.b"}) {
    ContentCollector host;
    Content out(host.raw());
    EXPECT_THAT(mistake_of([&] { out.head({.id = "1", .kind = "note"}, {{name, "x"}}); }), HasSubstr("needs a dot"));
    EXPECT_EQ(host.heads, 0);
  }
}

TEST(ContentTest, MustHaveAHeadWhenTheReadReturns) {
  ContentCollector host;
  EXPECT_THAT(mistake_of([&] { detail::with_content(host.raw(), "read()", [](Content&) {}); }),
              HasSubstr("read() returned without calling head()"));
}

TEST(ReceiptsTest, MustCoverEveryDestination) {
  ReceiptCollector host;
  const auto one = [](Receipts& out) {
    out.emit({.delivery = BB_DELIVERY_ACCEPTED, .message_id = "m", .recipient = "r"});
  };
  EXPECT_EQ(status_of([&] { detail::with_receipts(host.raw(), 1, one); }), BB_OK);
  EXPECT_THAT(mistake_of([&] { detail::with_receipts(host.raw(), 2, one); }), HasSubstr("2 destinations, but only 1"));
}

TEST(FormatsTest, StopsWhenTheHostSaysSo) {
  FormatCollector host;
  host.stop = {.stop_at = 1, .stop_status = BB_E_CANCELLED};
  Formats out(host.raw());
  out.emit("ccda-2.1", "application/xml", "C-CDA");
  EXPECT_THROW(out.emit("fhir-bundle", "application/fhir+json", "FHIR"), Failure);
  EXPECT_THAT(host.formats,
              ElementsAre(Pair("ccda-2.1", "application/xml"), Pair("fhir-bundle", "application/fhir+json")));
}

TEST(ProbesTest, PassesNameAndSchema) {
  ProbeCollector host;
  Probes out(host.raw());
  out.emit("read-other-patient", "Reads", R"({"type": "object"})");
  EXPECT_THAT(host.probes, ElementsAre(Pair("read-other-patient", R"({"type": "object"})")));
}

TEST(TermTest, FindsTheValueOrNothing) {
  const bb_pair terms[] = {{to_str("address"), to_str("https://a.example")}, {to_str("empty"), {}}};
  bb_query query{};
  query.terms = terms;
  query.term_count = 2;
  EXPECT_EQ(term(query, "address"), "https://a.example");
  EXPECT_EQ(term(query, "empty"), "");
  EXPECT_EQ(term(query, "other"), "");
}

}  // namespace
}  // namespace bb::test
