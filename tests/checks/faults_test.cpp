#include <gmock/gmock.h>

#include "checks/fixtures.hpp"

namespace bb::checks {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = suite::Fault::Kind;

suite::Fault fault(Kind kind, std::string part, Value argument = {}, Value to = {}) {
  suite::Fault fault;
  fault.kind = kind;
  fault.selector = {std::move(part), std::move(argument), {}};
  fault.to = std::move(to);
  return fault;
}

Result<evidence::Message> apply(const suite::Fault& fault, const evidence::Message& message) {
  return apply_fault(fault, message, Value(), Value());
}

std::string body_after(const suite::Fault& fault, std::string_view media_type, std::string_view body) {
  const auto changed = apply(fault, message(media_type, body));
  return changed ? changed->body : changed.error().what;
}

TEST(FaultTest, Json) {
  const auto after = [](Kind kind, std::string path, Value to = {}) {
    return body_after(fault(kind, "json", std::move(path), std::move(to)), "application/json",
                      R"({"events": [{"a": 1}, {"a": 2}, {"b": 3}]})");
  };
  EXPECT_EQ(after(Kind::drop, "$.events[0]"), R"({"events":[{"a":2},{"b":3}]})");
  EXPECT_EQ(after(Kind::drop, "$.events[0, 1, 0]"), R"({"events":[{"b":3}]})");
  EXPECT_EQ(after(Kind::drop, "$.events[*].a"), R"({"events":[{},{},{"b":3}]})");
  EXPECT_EQ(after(Kind::drop, "$..*"), R"({})");
  EXPECT_EQ(after(Kind::drop, "$"), "");
  EXPECT_EQ(after(Kind::set, "$.events[*].a", "x"), R"({"events":[{"a":"x"},{"a":"x"},{"b":3}]})");
  EXPECT_EQ(after(Kind::set, "$", 7), "7");
  EXPECT_EQ(after(Kind::dup, "$.events[1]"), R"({"events":[{"a":1},{"a":2},{"a":2},{"b":3}]})");
  EXPECT_THAT(after(Kind::dup, "$.events"), HasSubstr("cannot be doubled"));
  EXPECT_THAT(after(Kind::drop, "$.none"), HasSubstr("selects nothing here"));
  EXPECT_THAT(after(Kind::drop, "$["), HasSubstr("column 3"));
  EXPECT_THAT(body_after(fault(Kind::drop, "json", "$.a"), "text/html", "<p>"), HasSubstr("the body is not JSON"));
}

TEST(FaultTest, ATextOfTheBodyWhereverItStands) {
  const auto after = [](Kind kind, std::string text, Value to = {}) {
    return body_after(fault(kind, "text", std::move(text), std::move(to)), "text/plain", "Name: A\r\nName: B");
  };
  EXPECT_EQ(after(Kind::drop, "Name: "), "A\r\nB");
  EXPECT_EQ(after(Kind::set, "\r\n", "\n"), "Name: A\nName: B");
  EXPECT_EQ(after(Kind::drop, "name"), "the body holds no 'name'");
  EXPECT_EQ(after(Kind::drop, ""), "the body holds no ''");
  EXPECT_EQ(after(Kind::dup, "Name"), "a text of the body cannot be doubled");
}

TEST(FaultTest, XPath) {
  const auto after = [](Kind kind, std::string xpath, Value to = {}) {
    return body_after(fault(kind, "xpath", std::move(xpath), std::move(to)), "application/xml",
                      R"(<c xmlns="urn:hl7-org:v3"><v code="1">a</v><v code="2"><w/></v></c>)");
  };
  EXPECT_THAT(after(Kind::drop, "//cda:v[1]"), AllOf(Not(HasSubstr("code=\"1\"")), HasSubstr("code=\"2\"")));
  EXPECT_THAT(after(Kind::drop, "//cda:v | //cda:w"), HasSubstr("<c xmlns=\"urn:hl7-org:v3\"/>"));
  EXPECT_THAT(after(Kind::drop, "//cda:v/@code"), HasSubstr("<v>a</v><v><w/></v>"));
  EXPECT_THAT(after(Kind::drop, "//text()"), HasSubstr("<v code=\"1\"/>"));
  EXPECT_THAT(after(Kind::set, "//cda:v/@code", "x&y"), HasSubstr("<v code=\"x&amp;y\">a</v><v code=\"x&amp;y\">"));
  EXPECT_THAT(after(Kind::set, "//cda:v[1]", "<b>"), HasSubstr("<v code=\"1\">&lt;b&gt;</v>"));
  EXPECT_THAT(after(Kind::set, "//cda:v[1]/text()", "b"), HasSubstr("<v code=\"1\">b</v>"));
  const auto doubled = message("application/xml", after(Kind::dup, "//cda:v[1]"));
  EXPECT_EQ(judge_claim(claim(R"({"xpath": "//cda:v[@code = 1]", "count": 2})"), scope(), &doubled).holds, Holds::held);
  EXPECT_THAT(after(Kind::dup, "/cda:c"), HasSubstr("cannot be changed so"));
  EXPECT_THAT(after(Kind::drop, "/"), HasSubstr("cannot be changed so"));
  EXPECT_THAT(after(Kind::drop, "//cda:none"), HasSubstr("selects nothing here"));
  EXPECT_THAT(after(Kind::drop, "count(//cda:v)"), HasSubstr("selects nothing here"));
  EXPECT_THAT(after(Kind::drop, "//["), HasSubstr("does not work"));
  EXPECT_THAT(body_after(fault(Kind::drop, "xpath", "//a"), "application/json", "{}"), HasSubstr("not XML"));
}

TEST(FaultTest, XPathInAPage) {
  const auto page = body_after(fault(Kind::drop, "xpath", "//html:h1"), "text/html",
                               "<!doctype html><body><h1>Isabella</h1><p>b</body>");
  EXPECT_THAT(page, AllOf(Not(HasSubstr("Isabella")), HasSubstr("<p>b</p>")));
}

TEST(FaultTest, Mime) {
  const auto after = [](Kind kind, std::string part, Value to = {}) {
    const auto changed = apply(fault(kind, "mime", std::move(part), std::move(to)), mail());
    if (!changed) ADD_FAILURE() << changed.error().what;
    return changed ? *changed : mail();
  };
  const auto holds = [](const evidence::Message& changed, std::string_view text) {
    return judge_claim(claim(text), scope(), &changed).holds == Holds::held;
  };
  EXPECT_TRUE(holds(after(Kind::drop, "attachment"), R"({"mime": "attachment", "count": 0})"));
  EXPECT_TRUE(holds(after(Kind::drop, "attachment"), R"({"mime": "text", "contains": "Isabella Newman"})"));
  EXPECT_TRUE(holds(after(Kind::dup, "attachment"), R"({"mime": "attachment", "count": 2})"));
  EXPECT_TRUE(holds(after(Kind::set, "attachment", "other"), R"({"mime": "attachment", "contains": "other"})"));
  EXPECT_TRUE(
      holds(after(Kind::set, "attachment.filename", "x.pdf"), R"({"mime": "attachment.filename", "is": "x.pdf"})"));
  EXPECT_TRUE(holds(after(Kind::set, "attachment.media_type", "image/png"),
                    R"({"mime": "attachment.media_type", "is": "image/png"})"));
  EXPECT_TRUE(holds(after(Kind::set, "subject", "Hello"), R"({"mime": "subject", "is": "Hello"})"));
  EXPECT_TRUE(holds(after(Kind::set, "to", "b@example.org"), R"({"mime": "to", "contains": "b@example.org"})"));
  EXPECT_TRUE(holds(after(Kind::set, "from", "c@example.org"), R"({"mime": "from", "contains": "c@example.org"})"));
  EXPECT_TRUE(holds(after(Kind::drop, "text"), R"({"mime": "text", "exists": false})"));
}

TEST(FaultTest, MimeThatCannotBe) {
  const auto why = [](Kind kind, std::string part, const evidence::Message& message) {
    const auto changed = apply(fault(kind, "mime", std::move(part)), message);
    return changed ? std::string("it could") : changed.error().what;
  };
  EXPECT_THAT(why(Kind::dup, "subject", mail()), HasSubstr("cannot be doubled"));
  EXPECT_THAT(why(Kind::drop, "picture", mail()), HasSubstr("'picture' of a mail cannot be changed"));
  const auto without = apply(fault(Kind::drop, "mime", "attachment"), mail());
  ASSERT_TRUE(without);
  EXPECT_THAT(why(Kind::drop, "attachment", *without), HasSubstr("the mail has no attachment"));
}

TEST(FaultTest, PartsOfAMessage) {
  const auto original = message("text/plain", "x");
  const auto after = [&](const suite::Fault& fault) {
    const auto changed = apply(fault, original);
    if (!changed) ADD_FAILURE() << changed.error().what;
    return changed ? *changed : original;
  };
  EXPECT_EQ(after(fault(Kind::set, "result", true, "refused")).result, "refused");
  EXPECT_EQ(*after(fault(Kind::set, "status", true, 404)).attribute(":status"), "404");
  EXPECT_EQ(after(fault(Kind::drop, "status")).attribute(":status"), nullptr);
  EXPECT_EQ(*after(fault(Kind::set, "header", "etag", "e")).attribute("etag"), "e");
  EXPECT_EQ(after(fault(Kind::drop, "header", "Cache-Control")).attribute("cache-control"), nullptr);
  EXPECT_EQ(after(fault(Kind::dup, "header", "cache-control")).attributes.size(), 4U);
  EXPECT_EQ(after(fault(Kind::set, "media_type", true, "image/png")).media_type, "image/png");
  EXPECT_EQ(*after(fault(Kind::set, "media_type", true, "image/png")).attribute("content-type"), "image/png");
  EXPECT_EQ(after(fault(Kind::drop, "media_type")).media_type, "");
  EXPECT_EQ(after(fault(Kind::set, "filename", true, "f")).filename, "f");
  EXPECT_EQ(after(fault(Kind::drop, "body", "text")).body, "");
  EXPECT_EQ(after(fault(Kind::set, "body", true, "y")).body, "y");
  EXPECT_EQ(after(fault(Kind::dup, "body")).body, "xx");
  EXPECT_EQ(body_after(fault(Kind::drop, "items"), "application/json", R"({"items": [1], "cursor": "c"})"),
            R"({"cursor":"c"})");
}

TEST(FaultTest, PartsThatCannotBe) {
  const auto why = [](const suite::Fault& fault) {
    const auto changed = apply(fault, message("text/plain", ""));
    return changed ? std::string("it could") : changed.error().what;
  };
  EXPECT_THAT(why(fault(Kind::drop, "body")), HasSubstr("the body is empty already"));
  EXPECT_THAT(why(fault(Kind::drop, "filename")), HasSubstr("has no 'filename'"));
  EXPECT_THAT(why(fault(Kind::drop, "header", "etag")), HasSubstr("has no 'etag'"));
  EXPECT_THAT(why(fault(Kind::dup, "result")), HasSubstr("'result' cannot be doubled"));
  auto defect = fault(Kind::defect, "");
  defect.defect = "view-empty";
  EXPECT_THAT(why(defect), HasSubstr("'view-empty' is a switch of the sample portal"));
}

TEST(FaultTest, DelayMovesBothTimes) {
  auto late = fault(Kind::delay, "");
  late.delay_ms = 5'000;
  const auto changed = apply(late, message("text/plain", "x"));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->first_byte_ms, 5'120);
  EXPECT_EQ(changed->total_ms, 5'340);
  auto timeless = message("text/plain", "x");
  timeless.first_byte_ms = timeless.total_ms = -1;
  EXPECT_THAT(apply(late, timeless).error().what, HasSubstr("no times to delay"));
}

TEST(FaultTest, LeavesTheOriginalAlone) {
  const auto original = message("text/plain", "x");
  ASSERT_TRUE(apply(fault(Kind::drop, "body"), original));
  EXPECT_EQ(original.body, "x");
}

const Value alice = json(R"({"id": "alice", "family_name": "Newman", "full_name": "Isabella Newman", "gender": "male",
                            "birth_date": "1970-05-01", "motto": "A & \"B\"", "facts": ["Asthma", "Penicillin V", "Flu"],
                            "same": "Boston"})");
const Value bob = json(R"({"id": "bob", "family_name": "Oldman", "full_name": "Bob Oldman", "gender": "other",
                          "birth_date": "1981-12-31", "motto": "C < D", "facts": ["Gout", "Ibuprofen"], "same": "Boston"})");

std::string swapped(std::string_view media_type, std::string_view body) {
  const auto changed = apply_fault(fault(Kind::swap, ""), message(media_type, body), alice, bob);
  return changed ? changed->body : changed.error().what;
}

TEST(SwapTest, ReplacesEveryFactByItsCounterpart) {
  EXPECT_EQ(swapped("text/plain", "Isabella Newman, Newman, born 1970-05-01: Asthma, Penicillin V."),
            "Bob Oldman, Oldman, born 1981-12-31: Gout, Ibuprofen.");
}

TEST(SwapTest, KnowsFactsInMarkupAndJson) {
  EXPECT_EQ(swapped("text/html", "<p>A &amp; &quot;B&quot;</p>"), "<p>C &lt; D</p>");
  EXPECT_EQ(swapped("application/json", R"({"m": "A & \"B\""})"), R"({"m": "C < D"})");
  EXPECT_EQ(swapped("application/xml", R"(<birthTime value="19700501"/>)"), R"(<birthTime value="19811231"/>)");
}

TEST(SwapTest, DropsFactsWithoutCounterpart) { EXPECT_EQ(swapped("text/plain", "Flu; Asthma"), "; Gout"); }

TEST(SwapTest, ReplacesWholeWordsOnly) {
  EXPECT_EQ(swapped("text/plain", "female male Newmans alice"), "female other Newmans bob");
}

TEST(SwapTest, LooksIntoAttributesAndTheFilename) {
  auto answer = message("text/plain", "nothing");
  answer.filename = "Newman.txt";
  answer.attributes.push_back({"content-disposition", "attachment; filename=Newman.txt"});
  answer.item = json(R"({"title": "Record of Isabella Newman"})");
  const auto changed = apply_fault(fault(Kind::swap, ""), answer, alice, bob);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->filename, "Oldman.txt");
  EXPECT_EQ(*changed->attribute("content-disposition"), "attachment; filename=Oldman.txt");
  EXPECT_EQ(changed->item["title"].string_or(""), "Record of Bob Oldman");
}

TEST(SwapTest, LooksIntoEncodedAttachments) {
  const auto named = json(R"({"given_name": "Isabella", "family_name": "Newman"})");
  const auto other = json(R"({"given_name": "Bob", "family_name": "Oldman"})");
  const auto changed = apply_fault(fault(Kind::swap, ""), mail(), named, other);
  ASSERT_TRUE(changed) << changed.error().what;
  const auto asked = claim(R"({"mime": "attachment", "contains": "<a>Bob</a>"})");
  EXPECT_EQ(judge_claim(asked, scope(), &*changed).holds, Holds::held);
}

TEST(SwapTest, SaysWhenNothingStandsThere) {
  EXPECT_THAT(swapped("text/plain", "Boston"), HasSubstr("no fact of the person stands in this message"));
  EXPECT_THAT(apply_fault(fault(Kind::swap, ""), mail(), Value("alice"), bob).error().what,
              HasSubstr("needs two people"));
}

}  // namespace
}  // namespace bb::checks
