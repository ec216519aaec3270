// The context of a rule: which nodes it matches, and what of it is refused.
// Expected: XSLT 1.0, section 5.2 and 5.3.
#include "harness/schematron/match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/text.hpp>
#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* document =
    "<a n='1' xmlns:y='urn:x'><b i='1'><c/></b><!--note--><?go now?>"
    "<b i='2'>text<y:c y:k='2'/></b><d><b i='3'><e><c/></e></b></d></a>";

// The nodes that a context matches, in document order; an attribute i is said too.
std::vector<std::string> matched(const std::string& context, std::string_view in = document) {
  const auto outcome =
      check_rules("<pattern><rule context=\"" + replace_all(context, "\"", "&quot;") +
                      "\"><assert test='false()'><name/><value-of select='@i'/></assert></rule></pattern>",
                  in);
  if (!outcome.error.empty()) return {"error: " + outcome.error};
  std::vector<std::string> nodes;
  for (const auto& finding : outcome.findings) {
    const auto text = finding.substr(finding.find(": ") + 2);
    nodes.push_back(text.empty() ? finding.substr(4, finding.find(':') - 4) : text);
  }
  return nodes;
}

Result<std::vector<Branch>> branches_of(const std::string& context) {
  const auto schema = read_rules("");
  EXPECT_TRUE(schema);
  return read_context(**schema, context);
}

std::string refusal(const std::string& context) {
  const auto branches = branches_of(context);
  return branches ? "" : branches.error().what;
}

TEST(MatchTest, TakesANameAnywhere) { EXPECT_THAT(matched("b"), ElementsAre("b1", "b2", "b3")); }

TEST(MatchTest, ANameWithoutPrefixHasNoNamespace) { EXPECT_THAT(matched("c"), ElementsAre("c", "c")); }

TEST(MatchTest, APrefixStandsForItsNamespace) { EXPECT_THAT(matched("x:c"), ElementsAre("y:c")); }

TEST(MatchTest, TakesAnyNameOfANamespace) {
  EXPECT_THAT(matched("x:*"), ElementsAre("y:c"));
  EXPECT_THAT(matched("*"), SizeIs(9));
}

TEST(MatchTest, ASlashIsAChildAndTwoAreADescendant) {
  EXPECT_THAT(matched("d/b"), ElementsAre("b3"));
  EXPECT_THAT(matched("d/c"), IsEmpty());
  EXPECT_THAT(matched("d//c"), ElementsAre("c"));
  EXPECT_THAT(matched("a//b/e"), ElementsAre("e"));
  EXPECT_THAT(matched("//b"), ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(matched(" d / b "), ElementsAre("b3"));
  EXPECT_THAT(matched("child::d/child::b"), ElementsAre("b3"));
}

TEST(MatchTest, GoesBackWhereTheNearestAncestorDoesNotFit) {
  EXPECT_THAT(matched("r/m//k", "<r><m><q><m><k/></m></q></m></r>"), ElementsAre("k"));
}

TEST(MatchTest, AnAbsolutePathBeginsAtTheDocument) {
  EXPECT_THAT(matched("/a/b"), ElementsAre("b1", "b2"));
  EXPECT_THAT(matched("/b"), IsEmpty());
  EXPECT_THAT(matched("/a//b"), ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(matched("/"), ElementsAre("/"));
}

TEST(MatchTest, TakesEveryAlternativeOnce) {
  EXPECT_THAT(matched("d | e|d"), ElementsAre("d", "e"));
  EXPECT_THAT(matched("b[@i='2|3'] | d"), ElementsAre("d"));
}

TEST(MatchTest, AsksForAttributes) {
  constexpr const char* marked =
      "<r xmlns:y='urn:x'><m i='1' n=''/><m i='2' n='v'/><m i='3'/><m i='4' y:n='v'/><m i='5' n=\"a'b\"/></r>";
  EXPECT_THAT(matched("m[@n]", marked), ElementsAre("m1", "m2", "m5"));
  EXPECT_THAT(matched("m[not(@n)]", marked), ElementsAre("m3", "m4"));
  EXPECT_THAT(matched("m[ @n = 'v' ]", marked), ElementsAre("m2"));
  EXPECT_THAT(matched("m[@n='']", marked), ElementsAre("m1"));
  EXPECT_THAT(matched("m[@n=\"a'b\"]", marked), ElementsAre("m5"));
  EXPECT_THAT(matched("m[not ( @n='v' )]", marked), ElementsAre("m1", "m3", "m4", "m5"));
  EXPECT_THAT(matched("m[@n][not(@n='v')]", marked), ElementsAre("m1", "m5"));
  EXPECT_THAT(matched("m[@x:n]", marked), ElementsAre("m4"));
  EXPECT_THAT(matched("m[@n='v' or @i='3']", marked), ElementsAre("m2", "m3"));
  EXPECT_THAT(matched("m[@n!='v']", marked), ElementsAre("m1", "m5"));
  EXPECT_THAT(matched("@n[not(@n)]", marked), SizeIs(3));
}

TEST(MatchTest, WhichConditionsNeedNoXPath) {
  for (const auto* condition : {"@n", "not(@n)", "@n='v'", "not(@n = \"v\")"}) {
    const auto branches = branches_of(std::string("m[") + condition + "]");
    ASSERT_TRUE(branches);
    EXPECT_THAT(branches->front().steps[0].attributes, SizeIs(1)) << condition;
    EXPECT_THAT(branches->front().steps[0].predicates, IsEmpty()) << condition;
  }
  for (const auto* condition :
       {"@x:n", "@*", "@n=1", "@n='v' or @i", "@n and @i", "not(@n) and @i", "@n=@i", "notes"}) {
    const auto branches = branches_of(std::string("m[") + condition + "]");
    ASSERT_TRUE(branches) << branches.error().what;
    EXPECT_THAT(branches->front().steps[0].predicates, SizeIs(1)) << condition;
  }
}

TEST(MatchTest, TakesAttributes) {
  EXPECT_THAT(matched("@n"), ElementsAre("n"));
  EXPECT_THAT(matched("b/@i"), SizeIs(3));
  EXPECT_THAT(matched("d//@i"), SizeIs(1));
  EXPECT_THAT(matched("attribute::x:k"), ElementsAre("y:k"));
  EXPECT_THAT(matched("@*"), SizeIs(5));
  EXPECT_THAT(matched("@node()"), SizeIs(5));
}

TEST(MatchTest, TakesTextCommentsAndInstructions) {
  EXPECT_THAT(matched("b/text()"), ElementsAre("text"));
  EXPECT_THAT(matched("comment()"), ElementsAre("comment"));
  EXPECT_THAT(matched("processing-instruction()"), ElementsAre("go"));
  EXPECT_THAT(matched("processing-instruction('go')"), ElementsAre("go"));
  EXPECT_THAT(matched("processing-instruction('stop')"), IsEmpty());
  EXPECT_THAT(matched("d/node()"), ElementsAre("b3"));
}

TEST(MatchTest, AConditionMustHold) {
  EXPECT_THAT(matched("b[@i='2']"), ElementsAre("b2"));
  EXPECT_THAT(matched("b[@i][c]"), ElementsAre("b1"));
  EXPECT_THAT(matched("b[@i=']']"), IsEmpty());
  EXPECT_THAT(matched("b[@i > 1]/x:c"), ElementsAre("y:c"));
}

TEST(MatchTest, ANumberIsAPosition) {
  EXPECT_THAT(matched("b[2]"), ElementsAre("b2"));
  EXPECT_THAT(matched("b[1 + 1]"), ElementsAre("b2"));
  EXPECT_THAT(matched("b[count(c)]"), ElementsAre("b1"));
  EXPECT_THAT(matched("b[last()]"), ElementsAre("b2", "b3"));
  EXPECT_THAT(matched("b[ position () = 1 ]"), ElementsAre("b1", "b3"));
  EXPECT_THAT(matched("b[@i > 1][1]"), ElementsAre("b2", "b3"));
  EXPECT_THAT(matched("a/*[1]"), ElementsAre("b1"));
}

TEST(MatchTest, FindsRulesByTemplateId) {
  constexpr const char* entries =
      "<c:r xmlns:c='urn:hl7-org:v3'><c:o i='1'><c:templateId root='1.2'/></c:o>"
      "<c:o i='2'><c:templateId root='9'/><c:templateId root='1.2' extension='v2'/></c:o>"
      "<c:o i='3'><c:templateId root='1.20'/></c:o><c:o i='4'><templateId root='1.2'/></c:o></c:r>";
  EXPECT_THAT(matched("cda:o[cda:templateId[@root='1.2']]", entries), ElementsAre("c:o1", "c:o2"));
  EXPECT_THAT(matched("cda:o[cda:templateId[@root=\"1.2\"]]", entries), ElementsAre("c:o1", "c:o2"));
  EXPECT_THAT(matched("cda:o[cda:templateId/@root = '1.2']", entries), ElementsAre("c:o1", "c:o2"));
  EXPECT_THAT(matched("cda:o[cda:templateId[@root='1.2' and @extension = 'v2']]", entries), ElementsAre("c:o2"));
  EXPECT_THAT(matched("cda:o[cda:templateId[@root='1.2' and @extension='']]", entries), IsEmpty());
  EXPECT_THAT(matched("cda:o[cda:templateId[@root='9']][cda:templateId[@root='1.2']]", entries), ElementsAre("c:o2"));
  EXPECT_THAT(matched("cda:r/*[cda:templateId[@root='1.2']][2]", entries), ElementsAre("c:o2"));
  EXPECT_THAT(matched("cda:o[cda:templateId[@root='1.2'] or @i='3']", entries), ElementsAre("c:o1", "c:o2", "c:o3"));
  EXPECT_THAT(matched("cda:o[templateId[@root='1.2']]", entries), ElementsAre("c:o4"));
}

TEST(MatchTest, KnowsATemplateTestByItsForms) {
  const auto test_of = [](const std::string& condition) -> std::string {
    const auto branches = branches_of("cda:o[" + condition + "]");
    if (!branches) return branches.error().what;
    const auto& step = branches->front().steps.front();
    if (step.templates.empty()) return "a condition";
    return step.templates.front().root + ":" + step.templates.front().extension.value_or("none");
  };
  EXPECT_EQ(test_of("cda:templateId[@root='1']"), "1:none");
  EXPECT_EQ(test_of("cda:templateId[ @root = '1' and @extension='x' ]"), "1:x");
  EXPECT_EQ(test_of("cda:templateId/@root='1'"), "1:none");
  EXPECT_EQ(test_of("cda:templateId[@extension='x' and @root='1']"), "a condition");
  EXPECT_EQ(test_of("cda:templateId[@root='1' or @root='2']"), "a condition");
  EXPECT_EQ(test_of("cda:templateId[@root='1'] and cda:id"), "a condition");
  EXPECT_EQ(test_of("cda:templateIds[@root='1']"), "a condition");
  EXPECT_EQ(test_of("not(cda:templateId[@root='1'])"), "a condition");
  EXPECT_EQ(test_of("x:templateId[@root='1']"), "a condition");
}

TEST(MatchTest, RefusesWhatIsNoPattern) {
  EXPECT_THAT(refusal("a |"), HasSubstr("an alternative is empty"));
  EXPECT_THAT(refusal(""), HasSubstr("an alternative is empty"));
  EXPECT_THAT(refusal("a/"), HasSubstr("a step must be a name or a kind of node"));
  EXPECT_THAT(refusal("."), HasSubstr("a step must be a name or a kind of node"));
  EXPECT_THAT(refusal("a/.."), HasSubstr("a step must be a name or a kind of node"));
  EXPECT_THAT(refusal("ancestor::a"), HasSubstr("only the axes child and attribute may be used"));
  EXPECT_THAT(refusal("id('x')"), HasSubstr("id() and key() cannot begin a context here"));
  EXPECT_THAT(refusal("y:a"), HasSubstr("the prefix 'y' is not declared"));
  EXPECT_THAT(refusal("a b"), HasSubstr("'a b' is not a name"));
  EXPECT_THAT(refusal("a+b"), HasSubstr("'a+b' is not a name"));
  EXPECT_THAT(refusal("a[b"), HasSubstr("a condition is never closed"));
  EXPECT_THAT(refusal("a[@b='x]"), HasSubstr("a condition is never closed"));
  EXPECT_THAT(refusal("a[b]c"), HasSubstr("a condition is never closed"));
  EXPECT_THAT(refusal("a[b +]"), HasSubstr("it cannot be read"));
  EXPECT_THAT(refusal("processing-instruction(go)"), HasSubstr("must be a text"));
  EXPECT_THAT(refusal("a[]"), HasSubstr("the context 'a[]' is not a pattern of XSLT 1.0"));
}

}  // namespace
}  // namespace bb::schematron
