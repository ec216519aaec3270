// Which rules fire, and what comes of their assertions.
// Expected: ISO/IEC 19757-3, clause 6.5.
#include "harness/schematron/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CheckerTest, OfAPatternTheFirstRuleThatMatchesFires) {
  const auto outcome = check_rules(
      "<pattern><rule context='c[@k]'><assert id='one' test='false()'/></rule>"
      "<rule context='c | d'><assert id='two' test='false()'/></rule>"
      "<rule context='*'><assert id='three' test='false()'/></rule></pattern>",
      "<r><c k='1'/><c/><d/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("three at r: ", "one at c: ", "two at c: ", "two at d: "));
}

TEST(CheckerTest, TheFirstRuleWinsWhicheverWayItIsFound) {
  // One rule is found by template, one by name, one by neither.
  constexpr const char* rules =
      "<pattern><rule context='*[@k]'><assert id='any' test='false()'/></rule>"
      "<rule context=\"cda:o[cda:templateId[@root='2']]\"><assert id='two' test='false()'/></rule>"
      "<rule context=\"cda:o[cda:templateId[@root='1']]\"><assert id='one' test='false()'/></rule>"
      "<rule context='cda:o'><assert id='name' test='false()'/></rule></pattern>";
  constexpr const char* document =
      "<r xmlns:c='urn:hl7-org:v3'><c:o k='1'><c:templateId root='1'/></c:o>"
      "<c:o><c:templateId root='1'/><c:templateId root='2'/><c:templateId root='1'/></c:o>"
      "<c:o><c:templateId root='1'/></c:o><c:o/></r>";
  EXPECT_THAT(check_rules(rules, document).findings,
              ElementsAre("any at o: ", "two at o: ", "one at o: ", "name at o: "));
}

TEST(CheckerTest, EveryPatternFires) {
  const auto outcome = check_rules(
      "<pattern><rule context='c'><assert id='one' test='false()'/></rule></pattern>"
      "<pattern><rule context='c'><assert id='two' test='@k'/><report id='three' test='true()'/></rule></pattern>",
      "<r><c/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("one at c: ", "two at c: ", "three at c: "));
  EXPECT_THAT(outcome.fired, ElementsAre("c at c", "c at c"));
}

TEST(CheckerTest, AnAssertFailsWhereItIsFalseAndAReportWhereItIsTrue) {
  const auto outcome =
      check_rules("<pattern><rule context='c'><assert id='a' test='@k'/><report id='b' test='@k'/></rule></pattern>",
                  "<r><c/><c k=''/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: ", "b at c: "));
}

TEST(CheckerTest, TheValueOfATestIsTakenAsABoolean) {
  const auto outcome = check_rules(
      "<pattern><rule context='c'><assert id='number' test='count(k)'/><assert id='text' test=\"''\"/>"
      "<assert id='nodes' test='k'/></rule></pattern>",
      "<c/>");
  EXPECT_THAT(outcome.findings, ElementsAre("number at c: ", "text at c: ", "nodes at c: "));
}

TEST(CheckerTest, ContextsMayBeTheDocumentAttributesTextAndComments) {
  const auto outcome = check_rules(
      "<pattern><rule context='/'><assert id='document' test='q'/></rule>"
      "<rule context='@k'><assert id='attribute' test=\". = '2'\"/></rule>"
      "<rule context='text()'><assert id='text' test='false()'/></rule>"
      "<rule context='comment()'><assert id='comment' test='false()'/></rule></pattern>",
      "<r k='1'>x<!--y--><s k='2'/></r>");
  EXPECT_THAT(outcome.findings,
              ElementsAre("document at /: ", "attribute at @k: ", "text at text: ", "comment at comment: "));
}

TEST(CheckerTest, ACdataSectionIsPartOfTheTextAroundIt) {
  // XPath 1.0, 5.7.
  const auto outcome = check_rules(
      "<pattern><rule context='text()'><report id='a' test='true()'><value-of select='.'/></report></rule></pattern>",
      "<r>x<![CDATA[<y>]]>z</r>");
  EXPECT_THAT(outcome.findings, ElementsAre("a at text: x<y>z"));
}

TEST(CheckerTest, AMessageHasValuesAndNames) {
  const auto outcome = check_rules(
      "<pattern><rule context='x:c'><assert id='a' test='false()'>  <name/>\n has <value-of select='@k'/>,"
      " <emph>not</emph> <value-of select='1+1'/> as <name path='..'/>&lt;</assert></rule></pattern>",
      "<r><y:c xmlns:y='urn:x' k='7'/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: y:c has 7, not 2 as r<"));
}

TEST(CheckerTest, DiagnosticsGoWithTheAssertionThatNamesThem) {
  const auto outcome = check_rules(
      "<pattern><rule context='c'><assert id='a' test='false()' diagnostics='d1  d2 gone'/></rule></pattern>"
      "<diagnostics><diagnostic id='d1'>k is <value-of select='@k'/></diagnostic><diagnostic id='d2'>two</diagnostic>"
      "</diagnostics>",
      "<c k='7'/>");
  ASSERT_EQ(outcome.diagnostics.size(), 1u);
  EXPECT_THAT(outcome.diagnostics[0], ElementsAre("d1: k is 7", "d2: two"));
}

TEST(CheckerTest, VariablesOfARuleAreEvaluatedAtItsNode) {
  const auto outcome = check_rules(
      "<let name='n' value='count(//c)'/><pattern><let name='k' value='//c[1]/@k'/><rule context='c'>"
      "<let name='own' value='@k'/><let name='more' value='$own + 1'/>"
      "<assert id='a' test='false()'><value-of select='$n'/> <value-of select='$k'/> <value-of select='$own'/> "
      "<value-of select='$more'/></assert></rule></pattern>",
      "<r><c k='1'/><c k='2'/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: 2 1 1 2", "a at c: 2 1 2 3"));
}

TEST(CheckerTest, AnInnerVariableHidesAnOuterOneAndDoesNotLeak) {
  const auto outcome = check_rules(
      "<let name='v' value=\"'schema'\"/>"
      "<pattern><let name='v' value=\"'pattern'\"/><rule context='c'><let name='v' value=\"'rule'\"/>"
      "<report id='a' test='1'><value-of select='$v'/></report></rule>"
      "<rule context='d'><report id='b' test='1'><value-of select='$v'/></report></rule></pattern>"
      "<pattern><rule context='d'><report id='c' test='1'><value-of select='$v'/></report></rule></pattern>",
      "<r><c/><d/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: rule", "b at d: pattern", "c at d: schema"));
}

TEST(CheckerTest, AVariableOfOneRuleIsNotThereInAnother) {
  const auto outcome = check_rules(
      "<pattern><let name='p' value='1'/><rule context='c'><let name='v' value='1'/><assert id='a' "
      "test='$v'/></rule></pattern>"
      "<pattern><rule context='c'><assert id='b' test='$v'/><assert id='c' test='$p'/></rule></pattern>",
      "<r><c/></r>");
  EXPECT_THAT(outcome.unjudged, ElementsAre("b, 1: there is no variable 'v'", "c, 1: there is no variable 'p'"));
}

TEST(CheckerTest, AVariableWithoutAValueDecidesNothing) {
  const auto outcome = check_rules(
      "<let name='v' value='soundex(/)'/><pattern><rule context='c'><assert id='a' test=\"$v = ''\"/></rule></pattern>",
      "<c/>");
  EXPECT_THAT(outcome.unjudged, ElementsAre("a, 1: the variable v has no value: the function soundex() is not known"));
}

TEST(CheckerTest, AContextMayUseTheVariablesAroundIt) {
  const auto outcome = check_rules(
      "<let name='v' value='2'/><pattern><let name='w' value='3'/>"
      "<rule context='c[@k = $v or @k = $w]'><report id='a' test='1'><value-of select='@k'/></report></rule></pattern>",
      "<r><c k='1'/><c k='2'/><c k='3'/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: 2", "a at c: 3"));
}

TEST(CheckerTest, APhaseHasItsPatternsAndVariables) {
  constexpr const char* rules =
      "<phase id='p'><let name='v' value=\"'phase'\"/><active pattern='two'/></phase>"
      "<pattern id='one'><rule context='c'><assert id='a' test='false()'/></rule></pattern>"
      "<pattern id='two'><rule context='c'><assert id='b' test='false()'><value-of "
      "select='$v'/></assert></rule></pattern>";
  EXPECT_THAT(check_rules(rules, "<c/>", {.phase = "p"}).findings, ElementsAre("b at c: phase"));
  EXPECT_THAT(check_rules(rules, "<c/>", {.phase = "#ALL"}).findings, ElementsAre("a at c: ", "b at c: "));
  EXPECT_EQ(check_rules(rules, "<c/>", {.phase = "q"}).error,
            "rules.sch: there is no phase 'q'; phases there: #ALL, p");
}

TEST(CheckerTest, AContextThatCannotBeJudgedDecidesNothingOfItsRule) {
  // Whether the first rule matches is not known, so neither is whether the
  // second one fires; where the first cannot match, the second does.
  const auto outcome = check_rules(
      "<pattern><rule context='c[soundex(@k)]'><assert id='a' test='true()'/><assert id='b' test='false()'/></rule>"
      "<rule context='*'><assert id='c' test='false()'/></rule></pattern>",
      "<r><c/></r>");
  EXPECT_THAT(outcome.findings, ElementsAre("c at r: "));
  EXPECT_THAT(outcome.unjudged, ElementsAre("a, 1: the context: the function soundex() is not known",
                                            "b, 1: the context: the function soundex() is not known"));
}

TEST(CheckerTest, AnEarlierRuleThatMatchesMakesALaterContextNoMatter) {
  const auto outcome = check_rules(
      "<pattern><rule context='*[@k]'><assert id='a' test='false()'/></rule>"
      "<rule context='c[soundex(@k)]'><assert id='b' test='false()'/></rule></pattern>",
      "<c k='1'/>");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: "));
  EXPECT_THAT(outcome.unjudged, IsEmpty());
}

TEST(CheckerTest, WhatIsNotJudgedIsCountedInSchemaOrder) {
  const auto outcome = check_rules(
      "<pattern><rule context='d'><assert id='a' test='f()'/></rule></pattern>"
      "<pattern><rule context='*'><assert id='b' test='g()'/><assert id='c' test='h()'/></rule></pattern>",
      "<r><d/><d/></r>");
  EXPECT_THAT(outcome.unjudged,
              ElementsAre("a, 2: the function f() is not known", "b, 3: the function g() is not known",
                          "c, 3: the function h() is not known"));
}

TEST(CheckerTest, ACheckerChecksManyDocuments) {
  const auto schema = read_rules(
      "<let name='n' value='count(//c)'/><pattern><rule context='c'>"
      "<assert test='$n = 1'/></rule></pattern>");
  ASSERT_TRUE(schema);
  const auto vocabulary = Vocabulary::read(**schema, resolver_of({}));
  ASSERT_TRUE(vocabulary);
  const auto ruleset = Ruleset::create(*schema, *vocabulary, "#ALL");
  ASSERT_TRUE(ruleset);
  Checker checker(*ruleset);
  for (const auto& [text, count] : {std::pair{"<r><c/><c/></r>", 2u}, {"<r><c/></r>", 0u}, {"<r><c/><c/></r>", 2u}}) {
    const auto document = xml::read(text);
    const auto report = checker.check(std::get<xml::Document>(document));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->findings.size(), count);
  }
}

TEST(CheckerTest, ADocumentThatFailsEverywhereIsStopped) {
  std::string document = "<r>";
  for (int i = 0; i < 100'001; ++i) document += "<c/>";
  EXPECT_EQ(
      check_rules("<pattern><rule context='c'><assert test='false()'/></rule></pattern>", document + "</r>").error,
      "more than 100000 assertions do not hold");
}

}  // namespace
}  // namespace bb::schematron
