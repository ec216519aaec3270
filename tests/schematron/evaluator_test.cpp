// What XSLT adds to XPath, and expressions that come to nothing.
#include "harness/schematron/evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What one test comes to at each element c.
Outcome check_test(const std::string& test, std::string_view document = "<r><c v='1'/></r>",
                   std::string_view before = {}) {
  return check_rules(
      fmt::format("{}<pattern><rule context='c'><assert id='a' test=\"{}\"/></rule></pattern>", before, test),
      document);
}

TEST(EvaluatorTest, CurrentIsTheNodeOfTheRule) {
  EXPECT_THAT(check_test("../k[@v = current()/@v]", "<r><k v='1'/><c v='1'/><c v='2'/></r>").findings,
              ElementsAre("a at c: "));
}

TEST(EvaluatorTest, AKeyFindsNodesByEachOfItsValues) {
  constexpr const char* key =
      "<xsl:key xmlns:xsl='http://www.w3.org/1999/XSL/Transform' name='k' match='k' use='@v | n'/>";
  constexpr const char* document =
      "<r><k v='1'><n>2</n><n>3</n></k><k v='2'/><c v='1'/><c v='2'/><c v='3'/><c v='4'/></r>";
  EXPECT_THAT(check_test("count(key('k', @v)) = 1", document, key).findings, ElementsAre("a at c: ", "a at c: "));
  EXPECT_THAT(check_test("count(key('k', '2')) = 2", document, key).findings, IsEmpty());
  EXPECT_THAT(check_test("count(key('k', //n)) = 2", document, key).findings, IsEmpty());
  EXPECT_THAT(check_test("key('k', 2)", document, key).findings, IsEmpty());
}

// Wherever the nodes lie in memory: documents of many sizes, made one after the
// other, take each other's places there.
TEST(EvaluatorTest, AKeyFindsNodesInTheOrderOfTheDocument) {
  constexpr const char* key =
      "<xsl:key xmlns:xsl='http://www.w3.org/1999/XSL/Transform' name='k' match='k' use='@v | @w'/>";
  for (std::size_t size = 0; size < 200; ++size) {
    const auto document = fmt::format(
        "<r><c/><k v='1' n='first'/>{0}<k v='1' w='2' n='second'><x a='{1}'/></k>{0}<k w='2' n='third'/></r>",
        std::string(size * 7 % 60, 'x'), std::string(size, 'y'));
    for (const auto* test : {"key('k', '1')[1]/@n = 'first'", "key('k', '2')[1]/@n = 'second'",
                             "key('k', //@v | //@w)[last()]/@n = 'third'", "count(key('k', //@v | //@w)) = 3"})
      ASSERT_THAT(check_test(test, document, key).findings, IsEmpty()) << test << " " << size;
  }
}

TEST(EvaluatorTest, FindsTheFirstNodeOfAKey) {
  constexpr const char* key =
      "<xsl:key xmlns:xsl='http://www.w3.org/1999/XSL/Transform' name='k' match='k' use='@v | @w'/>";
  constexpr const char* document = "<r><c v='1'/><k v='2' n='a'/><k v='1' w='2' n='b'/><k v='1' n='c'/></r>";
  for (const auto* test : {"bb:first-by-key('k', '1')/@n = 'b'", "bb:first-by-key('k', //@w)/@n = 'a'",
                           "count(bb:first-by-key('k', //@v)) = 1", "bb:first-by-key('k', //@v)/@n = 'a'",
                           "not(bb:first-by-key('k', '3'))"})
    EXPECT_THAT(check_test(test, document, key).findings, IsEmpty()) << test;
  EXPECT_THAT(check_test("bb:first-by-key('gone', '1')", document, key).unjudged,
              ElementsAre("a, 1: there is no key 'gone'"));
  EXPECT_THAT(check_test("bb:first-by-key('k')", document, key).unjudged,
              ElementsAre("a, 1: a function has too many or too few arguments"));
}

TEST(EvaluatorTest, AKeyMayFindAttributes) {
  constexpr const char* key =
      "<xsl:key xmlns:xsl='http://www.w3.org/1999/XSL/Transform' name='k' match='k/@id' use='.'/>";
  EXPECT_THAT(check_test("key('k', @v)", "<r><k id='1'/><c v='1'/><c v='2'/></r>", key).findings,
              ElementsAre("a at c: "));
}

TEST(EvaluatorTest, AKeyOfSchematron15IsOfTheRulesContext) {
  const auto outcome = check_rules(
      "<pattern><rule context='k'><key name='k' path='@v'/></rule>"
      "<rule context='c'><assert id='a' test=\"key('k', @v)\"/></rule></pattern>",
      "<r><k v='1'/><c v='1'/><c v='2'/></r>");
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: "));
}

TEST(EvaluatorTest, AKeyThatCannotBeMadeDecidesNothing) {
  constexpr const char* bad_use =
      "<xsl:key xmlns:xsl='http://www.w3.org/1999/XSL/Transform' name='k' match='c' use='soundex(@v)'/>";
  constexpr const char* bad_match =
      "<xsl:key xmlns:xsl='http://www.w3.org/1999/XSL/Transform' name='k' match='c[soundex(@v)]' use='@v'/>";
  EXPECT_THAT(check_test("key('k', '1')", "<c/>", bad_use).unjudged,
              ElementsAre("a, 1: the function soundex() is not known"));
  EXPECT_THAT(check_test("key('k', '1')", "<c/>", bad_match).unjudged,
              ElementsAre("a, 1: the context: the function soundex() is not known"));
  EXPECT_THAT(check_test("key('j', '1')").unjudged, ElementsAre("a, 1: there is no key 'j'"));
}

TEST(EvaluatorTest, ContainsIsThatOfXPath) {
  for (const auto* holds :
       {"contains('abc', 'b')", "contains('abc', '')", "contains('', '')", "contains(@v, 1)", "contains('äö', 'ö')",
        "not(contains('abc', 'ac'))", "not(contains('', 'a'))", "not(contains(none, 'a'))"})
    EXPECT_THAT(check_test(holds).findings, IsEmpty()) << holds;
  EXPECT_THAT(check_test("contains('abc', 'x')").findings, ElementsAre("a at c: "));
  EXPECT_THAT(check_test("contains('abc')").unjudged, testing::SizeIs(1));
}

TEST(EvaluatorTest, ConcatIsThatOfXPathWithinABound) {
  for (const auto* holds : {"concat('a', 'b', 1, true()) = 'ab1true'", "concat('', '') = ''", "concat(@v, 'ä') = '1ä'"})
    EXPECT_THAT(check_test(holds).findings, IsEmpty()) << holds;
  EXPECT_THAT(check_test("concat('a')").unjudged, testing::SizeIs(1));
  std::string rules = "<let name='a0' value=\"'xxxxxxxxxxxxxxxx'\"/>";
  for (int i = 0; i < 16; ++i)
    rules += fmt::format("<let name='a{}' value='concat($a{}, $a{}, $a{}, $a{})'/>", i + 1, i, i, i, i);
  const auto outcome = check_test("$a16 = ''", "<r><c v='1'/></r>", rules);
  ASSERT_THAT(outcome.unjudged, testing::SizeIs(1));
  EXPECT_THAT(outcome.unjudged[0], HasSubstr("concat() gives a text of more than 1048576 bytes"));
}

TEST(EvaluatorTest, NamesAFunctionThatIsNotKnown) {
  const auto outcome = check_test("soundex(@v) = 'x'");
  EXPECT_THAT(outcome.findings, IsEmpty());
  EXPECT_THAT(outcome.unjudged, ElementsAre("a, 1: the function soundex() is not known"));
  EXPECT_THAT(check_test("x:f(@v)").unjudged, ElementsAre("a, 1: the function f() is not known"));
}

TEST(EvaluatorTest, AnUnknownFunctionThatIsNotReachedIsNoMatter) {
  EXPECT_THAT(check_test("@v = 1 or soundex(@v)").unjudged, IsEmpty());
}

TEST(EvaluatorTest, SaysWhatElseIsWrongWithATest) {
  EXPECT_THAT(check_test("$n = 1").unjudged, ElementsAre("a, 1: there is no variable 'n'"));
  EXPECT_THAT(check_test("y:k").unjudged, ElementsAre("a, 1: it uses a prefix that is not declared"));
  EXPECT_THAT(check_test("count('x')").unjudged, ElementsAre("a, 1: a value has the wrong type"));
  EXPECT_THAT(check_test("count()").unjudged, ElementsAre("a, 1: a function has too many or too few arguments"));
  EXPECT_THAT(check_test("current(1)").unjudged, ElementsAre("a, 1: a function has too many or too few arguments"));
  EXPECT_THAT(check_test("key('k')").unjudged, ElementsAre("a, 1: a function has too many or too few arguments"));
}

TEST(EvaluatorTest, StopsADocumentThatTakesTooManySteps) {
  std::string document = "<r>";
  for (int i = 0; i < 200; ++i) document += "<c/>";
  constexpr const char* rules =
      "<pattern><rule context='c'><assert test='count(//c//preceding::c) &gt; 0'/></rule></pattern>";
  EXPECT_EQ(check_rules(rules, document + "</r>").error, "");
  EXPECT_EQ(check_rules(rules, document + "</r>", {.steps_max = 10'000}).error,
            "the document takes more than 10000 steps to check by rules.sch");
}

TEST(EvaluatorTest, AMistakeLeavesNothingBehindForTheNextExpression) {
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(find_mistake("((((a b")) << i;
  EXPECT_FALSE(find_mistake("((((a))))"));
  EXPECT_TRUE(find_mistake(std::string(10'000, '('))) << "its depth is bounded";
}

TEST(EvaluatorTest, FindsLookUpsOfValueSetsInAnExpression) {
  const auto replaced = [](const std::string& xpath) {
    Schema schema;
    return replace_value_sets(xpath, schema);
  };
  EXPECT_EQ(replaced("@c=document('v.xml')/v:systems/v:system[@valueSetOid='1']/v:code/@value or @d"),
            "@c=bb:codes('v.xml','1') or @d");
  EXPECT_EQ(replaced("document('v.xml')/a"), "document('v.xml')/a");
  EXPECT_EQ(replaced("document($f)/a"), "document($f)/a");
  EXPECT_EQ(replaced("document('v.xml')/v:systems/v:system[@valueSetOid=$s]/v:code/@value"),
            "document('v.xml')/v:systems/v:system[@valueSetOid=$s]/v:code/@value");
}

}  // namespace
}  // namespace bb::schematron
