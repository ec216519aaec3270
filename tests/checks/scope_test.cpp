#include "harness/checks/scope.hpp"

#include <gmock/gmock.h>

#include "checks/fixtures.hpp"

namespace bb::checks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ReferenceTest, SplitsAtDotsAndKeepsInstances) {
  const auto reference = parse_reference("$group.download[ccda-2.1].file");
  ASSERT_TRUE(reference);
  EXPECT_THAT(reference->path, ElementsAre("group", "download[ccda-2.1]", "file"));
  EXPECT_EQ(reference->text, "group.download[ccda-2.1].file");
}

TEST(ReferenceTest, SaysWhatIsWrong) {
  const auto why = [](std::string_view text) {
    const auto reference = parse_reference(text);
    return reference ? "a reference: " + reference->text : reference.error().what;
  };
  EXPECT_THAT(why("a.b"), HasSubstr("begins with '$'"));
  EXPECT_THAT(why("$"), HasSubstr("a name begins with a letter"));
  EXPECT_THAT(why("$1"), HasSubstr("a name begins with a letter"));
  EXPECT_THAT(why("$a."), HasSubstr("a name is missing at the end"));
  EXPECT_THAT(why("$a..b"), HasSubstr("expected a name, got '.b'"));
  EXPECT_THAT(why("$a b"), HasSubstr("expected '.' or the end, got ' b'"));
  EXPECT_THAT(why("$a[b"), HasSubstr("a '[' has no ']'"));
  EXPECT_THAT(why("$a[]"), HasSubstr("an instance is named"));
  EXPECT_THAT(why("$a[b]c"), HasSubstr("expected '.' or the end, got 'c'"));
}

TEST(ReferenceTest, JsonPathsAndPricesAreNone) {
  EXPECT_TRUE(is_reference("$view.page"));
  for (const auto text : {"$", "$.events[*]", "$[0]", "$..a", "$5.00", "view.page", "", "${view.page}"})
    EXPECT_FALSE(is_reference(text)) << text;
}

TEST(ReferenceTest, AreFoundInsideText) {
  const auto found = references_in("from ${a.b} to ${c[x.y].d}");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[1].text, "c[x.y].d");
  EXPECT_THAT(*references_in("plain $ text"), IsEmpty());
  EXPECT_THAT(references_in("a ${b").error().what, HasSubstr("'${' has no '}'"));
  EXPECT_THAT(references_in("a ${}").error().what, HasSubstr("a name begins with a letter"));
}

TEST(ScopeTest, FindsMembersInstancesAndElements) {
  const auto in = scope();
  const auto at = [&](std::string_view text) {
    const Value* found = in.find(*parse_reference(text));
    return found ? to_json(*found) : std::string("none");
  };
  EXPECT_EQ(at("$patient.family_name"), "\"Newman\"");
  EXPECT_EQ(at("$patient.facts.1"), "\"Penicillin\"");
  EXPECT_EQ(at("$patient.facts.2"), "none");
  EXPECT_EQ(at("$patient.facts.x"), "none");
  EXPECT_EQ(at("$download[ccda-2.1].file.media_type"), "\"application/xml\"");
  EXPECT_EQ(at("$download.file"), "none");
  EXPECT_EQ(at("$patient.gone"), "none");
  EXPECT_EQ(at("$from.deeper"), "none");
}

TEST(ScopeTest, ANameWithDotsWins) {
  Scope in(json(R"({"group": {"test": {"a": 1}}})"));
  in.save("group.test", "b", 2);
  EXPECT_EQ(to_json(*in.find(*parse_reference("$group.test.b"))), "2");
  EXPECT_EQ(to_json(*in.find(*parse_reference("$group.test.a"))), "1");
}

TEST(ScopeTest, AWholeReferenceBecomesTheValueItself) {
  const auto resolved = scope().resolve(json(R"({"a": ["$patient.facts", "$from"], "b": 1, "c": "$.x"})"));
  ASSERT_TRUE(resolved);
  EXPECT_EQ(to_json(*resolved), R"({"a":[["Asthma","Penicillin"],"2024-01-01"],"b":1,"c":"$.x"})");
}

TEST(ScopeTest, InsideTextAReferenceBecomesText) {
  const auto text = [](std::string_view given) {
    const auto resolved = scope().resolve(Value(given));
    return resolved ? to_json(*resolved) : resolved.error().what;
  };
  EXPECT_EQ(text("x ${from} y ${patient.encounters}"), R"("x 2024-01-01 y 2")");
  EXPECT_EQ(text("${patient.facts}"), R"("Asthma, Penicillin")");
  EXPECT_EQ(text("${download[ccda-2.1].file}"), R"("<a><b>1</b></a>")");
  EXPECT_EQ(text("a ${patient} b"), "'$patient' is an object and cannot stand inside text");
}

TEST(ScopeTest, NamesAReferenceWithoutValue) {
  EXPECT_EQ(scope().resolve(Value("$patient.nickname")).error().what, "'$patient.nickname' has no value");
  EXPECT_EQ(scope().resolve(json(R"([["a ${until}"]])")).error().what, "'$until' has no value");
  EXPECT_EQ(scope().resolve(Value("$patient.gone")).error().what, "'$patient.gone' has no value");
}

TEST(DocumentTest, ComesBackAsItWasMade) {
  const auto document = as_document(make_document({"text/plain", "a.txt", "body"}));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->media_type, "text/plain");
  EXPECT_EQ(document->filename, "a.txt");
  EXPECT_EQ(document->body, "body");
  EXPECT_FALSE(as_document(Value("body")));
  EXPECT_FALSE(as_document(json(R"({"body": "x"})")));
}

}  // namespace
}  // namespace bb::checks
