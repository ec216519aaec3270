// What is read of a schema, flattened, and what is refused.
// Expected: ISO/IEC 19757-3, clauses 5 and 6.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/schematron/schema.hpp"
#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(std::string_view content) {
  const auto schema = read_rules(content);
  return schema ? "" : schema.error().what;
}

// "id=test" of each assertion of a rule.
std::vector<std::string> tests_of(const Rule& rule) {
  std::vector<std::string> tests;
  for (const auto& assertion : rule.assertions) tests.push_back(assertion.id + "=" + assertion.test);
  return tests;
}

TEST(SchemaReaderTest, ReadsWhatIsThere) {
  const auto schema = read_schema(
      "rules.sch",
      schema_text("<title> A\n schema </title><let name='v' value='1'/><phase id='p'><active pattern='t'/></phase>\n"
                  "<pattern id='t'><title>T</title><rule id='r' context='c' role='error' flag='f'>\n"
                  "<assert id='a' test='@k' role='warning' flag='g'>k</assert><report test='@l'/></rule></pattern>",
                  "defaultPhase='p'"),
      resolver_of({}));
  ASSERT_TRUE(schema) << schema.error().what;
  const auto& s = **schema;
  EXPECT_EQ(s.title, "A schema");
  EXPECT_EQ(s.default_phase, "p");
  EXPECT_THAT(s.namespaces, ElementsAre(std::pair{"cda", "urn:hl7-org:v3"}, std::pair{"x", "urn:x"}));
  ASSERT_EQ(s.patterns.size(), 1u);
  EXPECT_EQ(s.patterns[0].id + " " + s.patterns[0].title, "t T");
  const auto& rule = s.patterns[0].rules.at(0);
  EXPECT_EQ(rule.id + " " + rule.context + " " + rule.role + " " + rule.flag, "r c error f");
  EXPECT_EQ(rule.line, 3);
  EXPECT_THAT(tests_of(rule), ElementsAre("a=@k", "=@l"));
  EXPECT_EQ(rule.assertions[0].line, 4);
  EXPECT_EQ(rule.assertions[0].role + " " + rule.assertions[0].flag, "warning g");
  EXPECT_FALSE(rule.assertions[0].is_report);
  EXPECT_TRUE(rule.assertions[1].is_report);
}

TEST(SchemaReaderTest, AnAbstractPatternIsInstantiatedWithItsParameters) {
  const auto schema = read_rules(
      "<pattern id='one' is-a='table'><param name='row' value='tr'/><param name='rows' value='$row'/>"
      "<param name='cell' value='td'/></pattern>"
      "<pattern abstract='true' id='table'><let name='n' value='count(//$row)'/><rule context='$row[$cell]'>"
      "<let name='m' value='$n'/><assert id='a' test='$rows or $row-1 or $n'>a <value-of select='$cell'/></assert>"
      "</rule></pattern>");
  ASSERT_TRUE(schema) << schema.error().what;
  ASSERT_EQ((*schema)->patterns.size(), 1u);
  const auto& pattern = (*schema)->patterns[0];
  EXPECT_EQ(pattern.id, "one");
  EXPECT_EQ(pattern.lets.at(0).value, "count(//tr)");
  EXPECT_EQ(pattern.rules.at(0).context, "tr[td]");
  EXPECT_EQ(pattern.rules[0].lets.at(0).value, "$n");
  // A value is not looked through again, and a longer name is another name.
  EXPECT_THAT(tests_of(pattern.rules[0]), ElementsAre("a=$row or $row-1 or $n"));
  EXPECT_EQ(pattern.rules[0].assertions[0].message.at(1).content, "td");
}

TEST(SchemaReaderTest, ARuleHasWhatItExtendsInItsPlace) {
  const auto schema = read_rules(
      "<pattern><rule context='c'><assert id='own' test='1'/><extends rule='one'/><assert id='last' test='1'/></rule>"
      "<rule abstract='true' id='one'><let name='v' value='1'/><extends rule='two'/><assert id='one' test='$v'/></rule>"
      "</pattern><pattern><rule abstract='true' id='two'><report id='two' test='2'/></rule></pattern>");
  ASSERT_TRUE(schema) << schema.error().what;
  ASSERT_EQ((*schema)->patterns.at(0).rules.size(), 1u);
  const auto& rule = (*schema)->patterns[0].rules[0];
  EXPECT_THAT(tests_of(rule), ElementsAre("own=1", "two=2", "one=$v", "last=1"));
  EXPECT_EQ(rule.lets.at(0).name, "v");
  EXPECT_THAT((*schema)->patterns[1].rules, IsEmpty());
}

TEST(SchemaReaderTest, RefusesRulesThatExtendEachOther) {
  EXPECT_THAT(refusal("<pattern><rule abstract='true' id='a'><extends rule='b'/></rule>"
                      "<rule abstract='true' id='b'><extends rule='a'/></rule>"
                      "<rule context='c'><extends rule='a'/></rule></pattern>"),
              HasSubstr("rules extend each other without end"));
}

TEST(SchemaReaderTest, NamesWhatIsNotThere) {
  EXPECT_THAT(refusal("<pattern><rule context='c'><extends rule='gone'/></rule></pattern>"),
              HasSubstr("rules.sch:1: extends 'gone', and there is no abstract rule of that id"));
  EXPECT_THAT(refusal("<pattern is-a='gone'/>"), HasSubstr("is-a 'gone', and there is no abstract pattern of that id"));
}

TEST(SchemaReaderTest, APhaseThatNamesNoPatternIsANote) {
  const auto schema =
      read_rules("<phase id='p'><active pattern='gone'/><active pattern='t'/></phase><pattern id='t'/>");
  ASSERT_TRUE(schema);
  EXPECT_THAT((*schema)->notes, ElementsAre("rules.sch:1: phase 'p' names the pattern 'gone', and there is none"));
  EXPECT_THAT((*schema)->phase("p")->patterns, ElementsAre(0));
}

TEST(SchemaReaderTest, KnowsThePhasesThatEverySchemaHas) {
  const auto phases = [](const std::string& default_phase) {
    const auto schema = read_schema(
        "rules.sch",
        schema_text("<phase id='p'><active pattern='t'/></phase><pattern id='s'/><pattern id='t'/>", default_phase),
        resolver_of({}));
    EXPECT_TRUE(schema);
    return **schema;
  };
  EXPECT_THAT(phases("").phase("#ALL")->patterns, ElementsAre(0, 1));
  EXPECT_THAT(phases("").phase("#DEFAULT")->patterns, ElementsAre(0, 1));
  EXPECT_THAT(phases("defaultPhase='p'").phase("#DEFAULT")->patterns, ElementsAre(1));
  EXPECT_THAT(phases("defaultPhase='#ALL'").phase("#DEFAULT")->patterns, ElementsAre(0, 1));
  EXPECT_FALSE(phases("defaultPhase='gone'").phase("#DEFAULT"));
  EXPECT_FALSE(phases("defaultPhase='#DEFAULT'").phase("#DEFAULT"));
  EXPECT_FALSE(phases("").phase("gone"));
}

TEST(SchemaReaderTest, RefusesAnotherRoot) {
  const auto message = [](const std::string& text) {
    return read_schema("rules.sch", text, resolver_of({})).error().what;
  };
  EXPECT_EQ(message("<schema/>"),
            "rules.sch: the root element is 'schema', expected 'schema' in http://purl.oclc.org/dsdl/schematron");
  EXPECT_THAT(message("<pattern xmlns='http://purl.oclc.org/dsdl/schematron'/>"),
              HasSubstr("the root element is 'pattern'"));
  EXPECT_THAT(message("<schema xmlns='http://purl.oclc.org/dsdl/schematron'>\n<a>"), HasSubstr("rules.sch:2:"));
  EXPECT_THAT(message(""), HasSubstr("rules.sch:1:1: the document is empty"));
}

TEST(SchemaReaderTest, ReadsSchematron15) {
  const auto outcome = check_schema(
      "<schema xmlns='http://www.ascc.net/xml/schematron'><pattern name='P' id='p'><rule context='c'>"
      "<key name='k' path='@k'/><assert test='@k' id='a'><name/> without k</assert></rule></pattern></schema>",
      "<r><c/></r>");
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: c without k"));
}

TEST(SchemaReaderTest, ReadsASchemaInParts) {
  const auto outcome = check_schema(
      "<!DOCTYPE schema [<!ENTITY p SYSTEM 'p.ent'>]>"
      "<schema xmlns='http://purl.oclc.org/dsdl/schematron'>&p;</schema>",
      "<c/>", {.files = {{"p.ent", "<pattern><rule context='c'><assert id='a' test='@k'/></rule></pattern>"}}});
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: "));
}

TEST(SchemaReaderTest, SaysEveryMistakeWithItsLine) {
  const auto said = refusal(
      "<let name='a' value='1 +'/>\n"
      "<phase id='p'><let name='a' value='2 +'/></phase>\n"
      "<diagnostics>\n<diagnostic id='d'><value-of select='3 +'/></diagnostic></diagnostics>\n"
      "<pattern><let name='a' value='5 +'/>\n"
      "<rule context='6 +'><assert test='1'/></rule>\n"
      "<rule context='c'><let name='a' value='7 +'/>\n"
      "<assert test='8 +'/>\n"
      "<assert test='1'><value-of select='9 +'/></assert></rule></pattern>\n"
      "<xsl:key xmlns:xsl='http://www.w3.org/1999/XSL/Transform' name='k' match='.' use='10 +'/>");
  for (const char* line :
       {"rules.sch:1: the value '1 +' is not XPath 1.0: it cannot be read", "rules.sch:2: the value '2 +'",
        "rules.sch:4: the select '3 +'", "rules.sch:5: the value '5 +'",
        "rules.sch:6: the context '6 +' is not a pattern of XSLT 1.0", "rules.sch:7: the value '7 +'",
        "rules.sch:8: the test '8 +'", "rules.sch:9: the select '9 +'", "rules.sch:10: the context '.'",
        "rules.sch:10: the use '10 +'"})
    EXPECT_THAT(said, HasSubstr(line));
}

TEST(SchemaReaderTest, RefusesWhatItWouldOtherwiseLeaveOut) {
  EXPECT_THAT(refusal("<pattern><rule context='c'><assert/></rule></pattern>"),
              HasSubstr("an assertion without 'test'"));
  EXPECT_THAT(refusal("<pattern><rule/></pattern>"), HasSubstr("a rule without 'context' that is not abstract"));
  EXPECT_THAT(refusal("<let name='a'/>"), HasSubstr("a 'let' needs 'name' and 'value'"));
  EXPECT_THAT(refusal("<include href='a.sch'/>"), HasSubstr("'include' of 'a.sch' is not supported"));
  EXPECT_THAT(refusal("<pattern><rule context='c'><include href='a.sch'/></rule></pattern>"), HasSubstr("'include'"));
  EXPECT_THAT(refusal("<pattern documents='//@href'/>"), HasSubstr("'documents' is not supported"));
}

}  // namespace
}  // namespace bb::schematron
