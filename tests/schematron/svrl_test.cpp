// A report as SVRL: valid by the grammar of Annex D, and each location leads
// to the node it is about.
#include "harness/schematron/svrl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <cstdarg>
#include <cstdio>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const xmlChar* to_xml(const std::string& text) { return reinterpret_cast<const xmlChar*>(text.c_str()); }

constexpr const char* rules =
    "<title>Of c &amp; d</title>"
    "<phase id='p'><active pattern='one'/><active pattern='two'/><active pattern='none'/></phase>"
    "<pattern id='one'><title>First</title><rule id='r' context=\"cda:c[@k &lt; '2']\" role='error' flag='f'>"
    "<assert id='a' test='count(e) &gt; 1' diagnostics='d'>too \"few\" <name/></assert>"
    "<report id='b' test='@k' role='two words'><value-of select='@k'/></report></rule></pattern>"
    "<pattern id='two'><rule context='@y:w | text() | comment() | processing-instruction() | z | o'>"
    "<report id='c' test='true()'/></rule></pattern>"
    "<pattern id='none'><rule context='gone'><assert test='0'/></rule></pattern>"
    "<pattern id='doc'><rule context='/'><report test='true()'/><assert test='soundex(\"--\") = "
    "1'/></rule></pattern>"
    "<diagnostics><diagnostic id='d'>it has <value-of select='count(e)'/></diagnostic></diagnostics>"
    "<ns prefix='y' uri='urn:y'/>";
constexpr const char* document_text =
    "<c xmlns='urn:hl7-org:v3' xmlns:q='urn:y' xmlns:o='urn:other'><c k='1' q:w='7'>x<!--n-->y<![CDATA[z]]>&lt;</c>"
    "<?go?><?come?><?go?><c k='1'/><o:z xmlns=''><z/><o/><z/></o:z></c>";

class SvrlTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto schema = read_rules(rules);
    ASSERT_TRUE(schema) << schema.error().what;
    const auto vocabulary = Vocabulary::read(**schema, resolver_of({}));
    ruleset_ = *Ruleset::create(*schema, *vocabulary, "#ALL");
    in_phase_ = *Ruleset::create(*schema, *vocabulary, "p");
    document_.emplace(std::get<xml::Document>(xml::read(document_text)));
  }

  Report check(const std::shared_ptr<const Ruleset>& ruleset) { return *Checker(ruleset).check(*document_); }

  std::shared_ptr<const Ruleset> ruleset_;
  std::shared_ptr<const Ruleset> in_phase_;
  std::optional<xml::Document> document_;
};

// What libxml2 says, after the manner of printf.
void keep(void* kept, const char* format, ...) {
  char line[500];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  *static_cast<std::string*>(kept) += line;
}

// The complaints of the grammar about an SVRL text.
std::string complaints(const std::string& svrl) {
  const auto document = xml::read(svrl);
  if (const auto* problem = std::get_if<xml::Problem>(&document)) return xml::describe(*problem);
  std::string text;
  const auto rng = read_text(BB_SOURCE_DIR "/tests/schematron/svrl.rng");  // libxml2 may open no file
  auto* parser = xmlRelaxNGNewMemParserCtxt(rng->data(), static_cast<int>(rng->size()));
  auto* grammar = xmlRelaxNGParse(parser);
  if (grammar == nullptr) return "the grammar cannot be read";
  auto* context = xmlRelaxNGNewValidCtxt(grammar);
  xmlRelaxNGSetValidErrors(context, keep, keep, &text);
  const int verdict = xmlRelaxNGValidateDoc(context, std::get<xml::Document>(document).get());
  xmlRelaxNGFreeValidCtxt(context);
  xmlRelaxNGFree(grammar);
  xmlRelaxNGFreeParserCtxt(parser);
  return verdict == 0 ? "" : "invalid: " + text;
}

TEST_F(SvrlTest, EveryLocationLeadsToItsNode) {
  auto* context = xmlXPathNewContext(document_->get());
  for (const auto& [prefix, uri] : ruleset_->schema().namespaces)
    xmlXPathRegisterNs(context, to_xml(prefix), to_xml(uri));
  const auto report = check(ruleset_);
  ASSERT_GE(report.findings.size(), 15u);
  for (const auto& finding : report.findings) {
    const auto location = location_of(ruleset_->schema(), finding.node);
    auto* found = xmlXPathEvalExpression(to_xml(location), context);
    ASSERT_NE(found, nullptr) << location;
    ASSERT_EQ(found->nodesetval == nullptr ? 0 : found->nodesetval->nodeNr, 1) << location;
    EXPECT_EQ(found->nodesetval->nodeTab[0], finding.node) << location;
    xmlXPathFreeObject(found);
  }
  xmlXPathFreeContext(context);
}

TEST_F(SvrlTest, ALocationUsesThePrefixesOfTheSchema) {
  std::vector<std::string> locations;
  for (const auto& finding : check(ruleset_).findings)
    locations.push_back(location_of(ruleset_->schema(), finding.node));
  EXPECT_THAT(locations, testing::Contains("/cda:c[1]/cda:c[2]"));
  EXPECT_THAT(locations, testing::Contains("/cda:c[1]/cda:c[1]/@y:w"));
  EXPECT_THAT(locations, testing::Contains("/cda:c[1]/processing-instruction('go')[2]"));
  EXPECT_THAT(locations, testing::Contains("/cda:c[1]/*[local-name()='z' and namespace-uri()='urn:other'][1]/z[2]"));
  EXPECT_THAT(locations, testing::Contains("/"));
}

TEST_F(SvrlTest, IsValidByItsGrammar) {
  EXPECT_EQ(complaints(write_svrl(*ruleset_, check(ruleset_))), "");
  EXPECT_EQ(complaints(write_svrl(*in_phase_, check(in_phase_))), "");
}

TEST_F(SvrlTest, TheGrammarRefusesWhatIsNotSvrl) {
  auto svrl = write_svrl(*ruleset_, check(ruleset_));
  EXPECT_THAT(complaints(replace_all(svrl, "svrl:failed-assert", "svrl:failed-asserts")), HasSubstr("failed-asserts"));
  EXPECT_THAT(complaints(replace_all(svrl, " location=", " place=")), HasSubstr("failed-assert failed to validate"));
  EXPECT_THAT(complaints(replace_all(svrl, "id=\"two\"", "id=\"one\"")),
              HasSubstr("Invalid attribute id for element active-pattern"));
}

TEST_F(SvrlTest, GoesPatternByPattern) {
  EXPECT_THAT(write_svrl(*in_phase_, check(in_phase_)), StartsWith(R"(<?xml version="1.0" encoding="UTF-8"?>
<svrl:schematron-output xmlns:svrl="http://purl.oclc.org/dsdl/svrl" title="Of c &amp; d" phase="p">
  <svrl:ns-prefix-in-attribute-values prefix="cda" uri="urn:hl7-org:v3"/>
  <svrl:ns-prefix-in-attribute-values prefix="x" uri="urn:x"/>
  <svrl:ns-prefix-in-attribute-values prefix="y" uri="urn:y"/>
  <svrl:active-pattern id="one" name="First"/>
  <svrl:fired-rule id="r" context="cda:c[@k &lt; &#39;2&#39;]" role="error" flag="f"/>
  <svrl:failed-assert id="a" location="/cda:c[1]/cda:c[1]" test="count(e) &gt; 1">
    <svrl:diagnostic-reference diagnostic="d">
      <svrl:text>it has 0</svrl:text>
    </svrl:diagnostic-reference>
    <svrl:text>too &quot;few&quot; c</svrl:text>
  </svrl:failed-assert>
  <svrl:successful-report id="b" location="/cda:c[1]/cda:c[1]" test="@k">
    <svrl:text>1</svrl:text>
  </svrl:successful-report>
  <svrl:fired-rule id="r" )"));
}

TEST_F(SvrlTest, SaysWhatWasNotJudgedInComments) {
  EXPECT_THAT(write_svrl(*ruleset_, check(ruleset_)),
              HasSubstr("<!-- not evaluated 1 times: soundex(\"- -\") = 1 in pattern 'doc': the function soundex() is "
                        "not known -->"));
}

}  // namespace
}  // namespace bb::schematron
