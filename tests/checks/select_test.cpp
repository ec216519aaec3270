#include <gmock/gmock.h>

#include "checks/fixtures.hpp"

namespace bb::checks {
namespace {

using ::testing::HasSubstr;

std::string selected(std::string kind, const evidence::Message& message, Value argument = {}) {
  const auto values = select({std::move(kind), std::move(argument), {}}, message);
  return values ? to_json(Value(*values)) : values.error().what;
}

TEST(SelectTest, PartsOfAMessage) {
  auto answer = message("application/json", R"({"items": [{"id": 1}], "session": {"patient": "p"}})");
  answer.filename = "a.json";
  answer.item = json(R"({"id": "7"})");
  EXPECT_EQ(selected("result", answer), R"(["ok"])");
  EXPECT_EQ(selected("status", answer), "[200]");
  EXPECT_EQ(selected("header", answer, "cache-control"), R"(["no-store"])");
  EXPECT_EQ(selected("media_type", answer), R"(["application/json"])");
  EXPECT_EQ(selected("filename", answer), R"(["a.json"])");
  EXPECT_EQ(selected("item", answer), R"([{"id":"7"}])");
  EXPECT_EQ(selected("items", answer), R"([[{"id":1}]])");
  EXPECT_EQ(selected("session", answer), R"([{"patient":"p"}])");
  EXPECT_EQ(selected("json", answer, "$.items[*].id"), "[1]");
  EXPECT_EQ(selected("body", message("text/html", "<p>a</p>"), "text"), R"(["a\n"])");
}

TEST(SelectTest, BodiesAndAttachmentsAreDocuments) {
  const auto body = select({"body", {}, {}}, message("text/html", "<p>"));
  ASSERT_TRUE(body);
  EXPECT_EQ(as_document(body->at(0))->media_type, "text/html");
  const auto file = select({"mime", "attachment", {}}, mail());
  ASSERT_TRUE(file);
  EXPECT_EQ(as_document(file->at(0))->filename, "ccd.xml");
  EXPECT_EQ(as_document(file->at(0))->body, "<a>Isabella</a>");
}

TEST(SelectTest, NothingIsAnEmptyList) {
  EXPECT_EQ(selected("receipts", message("application/json", "{}")), "[]");
  EXPECT_EQ(selected("body", message("text/plain", "")), "[]");
  EXPECT_EQ(selected("item", message("text/plain", "")), "[]");
  EXPECT_EQ(selected("xpath", message("application/xml", "<a/>"), "//b"), "[]");
}

TEST(SelectTest, APartThatAMessageCannotHaveIsAnError) {
  EXPECT_THAT(selected("json", message("application/pdf", "%PDF-1.4"), "$.a"), HasSubstr("line 1"));
  EXPECT_THAT(selected("xpath", message("application/pdf", "%PDF-1.4"), "//a"), HasSubstr("not XML"));
  EXPECT_THAT(selected("status", mail()), HasSubstr("no HTTP status"));
  EXPECT_THAT(selected("session", message("text/plain", "x")), HasSubstr("line 1"));
}

}  // namespace
}  // namespace bb::checks
