// Value sets: what is looked up is kept, what is not there leaves an assertion
// without a judgement.
#include "harness/schematron/vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* rules =
    "<pattern><rule context='c'>"
    "<assert id='colour' test=\"@v = document('voc.xml')/v:systems/v:system[@valueSetOid='1.2']/v:code/@value\">"
    "<value-of select='@v'/> is no colour</assert>"
    "<assert id='size' test=\"@v=document('voc.xml')/v:systems/v:system[@valueSetOid='1.3']/v:code/@value\"/>"
    "</rule></pattern>";
constexpr const char* vocabulary_file =
    "<v:systems xmlns:v='urn:voc'><v:system valueSetOid='9'><v:code value='blue'/></v:system>"
    "<v:system valueSetOid='1.2'><v:code value='red'/><v:code value='a&amp;b'/><v:code/></v:system>"
    "<v:system valueSetOid='1.2'><v:code value='more'/></v:system></v:systems>";

TEST(VocabularyTest, ASetDecidesAndAMissingSetDecidesNothing) {
  const auto outcome = check_rules(rules, "<r><c v='red'/><c v='blue'/><c v='a&amp;b'/><c v='more'/></r>",
                                   {.files = {{"voc.xml", vocabulary_file}}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(outcome.findings, ElementsAre("colour at c: blue is no colour"));
  EXPECT_THAT(outcome.unjudged, ElementsAre("size, 4: value set 1.3 is not at hand"));
}

TEST(VocabularyTest, AMissingFileDecidesNothing) {
  const auto outcome = check_rules(rules, "<r><c v='red'/></r>");
  EXPECT_THAT(outcome.findings, IsEmpty());
  EXPECT_THAT(outcome.unjudged,
              ElementsAre("colour, 1: value set 1.2 is not at hand", "size, 1: value set 1.3 is not at hand"));
}

TEST(VocabularyTest, AMissingSetIsNoMatterWhereItIsNotNeeded) {
  const auto outcome = check_rules(
      "<pattern><rule context='c'><assert id='a' test=\"@v='red' or "
      "@v=document('voc.xml')/systems/system[@valueSetOid='1.3']/code/@value\"/></rule></pattern>",
      "<r><c v='red'/><c v='blue'/></r>");
  EXPECT_THAT(outcome.unjudged, ElementsAre("a, 1: value set 1.3 is not at hand"));
}

TEST(VocabularyTest, ListsWhatIsMissing) {
  const auto schema = read_rules(rules);
  ASSERT_TRUE(schema);
  EXPECT_THAT((*schema)->value_sets.at("voc.xml"), ElementsAre("1.2", "1.3"));
  const auto vocabulary = Vocabulary::read(**schema, resolver_of({{"voc.xml", vocabulary_file}}));
  ASSERT_TRUE(vocabulary);
  EXPECT_THAT((*vocabulary)->missing(**schema), ElementsAre("voc.xml: 1.3"));
}

TEST(VocabularyTest, RefusesAFileThatIsNotXml) {
  const auto schema = read_rules(rules);
  ASSERT_TRUE(schema);
  const auto vocabulary = Vocabulary::read(**schema, resolver_of({{"voc.xml", "<v:systems>\n<v:system"}}));
  ASSERT_FALSE(vocabulary);
  EXPECT_THAT(vocabulary.error().what, HasSubstr("voc.xml:2: not well-formed XML"));
}

TEST(VocabularyTest, PutsNoEntityInPlace) {
  // Neither a file of this machine nor a text that grows.
  for (const char* entity : {"SYSTEM 'file:///etc/hostname'", "'red'"}) {
    const auto outcome =
        check_rules(rules, "<r><c v='red'/></r>",
                    {.files = {{"voc.xml", fmt::format("<!DOCTYPE s [<!ENTITY e {}>]><s><system valueSetOid='1.2'>"
                                                       "<code value='&e;'/></system></s>",
                                                       entity)}}});
    EXPECT_THAT(outcome.findings.empty() ? outcome.error : outcome.findings[0],
                testing::AnyOf(HasSubstr("red is no colour"), HasSubstr("not well-formed XML")))
        << entity;
  }
}

TEST(VocabularyTest, LoadsOtherDocumentsByName) {
  constexpr const char* by_document =
      "<pattern><rule context='c'><assert id='a' test=\"@v = document('list.xml')/l/i\"/>"
      "<assert id='b' test=\"@v = document('gone.xml')/l/i\"/></rule></pattern>";
  const auto outcome =
      check_rules(by_document, "<r><c v='1'/><c v='3'/></r>", {.files = {{"list.xml", "<l><i>1</i><i>2</i></l>"}}});
  EXPECT_THAT(outcome.findings, ElementsAre("a at c: "));
  EXPECT_THAT(outcome.unjudged, ElementsAre("b, 2: the file gone.xml is not at hand"));
}

TEST(VocabularyTest, RefusesADocumentThatIsNotXml) {
  const auto outcome = check_rules("<pattern><rule context='c'><assert test=\"document('l.xml')/l\"/></rule></pattern>",
                                   "<c/>", {.files = {{"l.xml", "<l>"}}});
  EXPECT_THAT(outcome.error, HasSubstr("l.xml: line 1"));
}

}  // namespace
}  // namespace bb::schematron
