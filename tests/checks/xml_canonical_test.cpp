// The same XML or not: by the examples of Canonical XML 1.1, and where two documents part.
#include "harness/checks/xml_canonical.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

namespace bb::checks {
namespace {

using ::testing::HasSubstr;

std::string difference(std::string_view first, std::string_view other) {
  const auto found = first_xml_difference(first, other);
  if (!found) return "error: " + found.error().what;
  return *found ? **found : "same";
}

// Section 3.2 of the Recommendation, white space in document content.
TEST(XmlCanonicalTest, KeepsWhiteSpaceInContent) {
  constexpr std::string_view input =
      "<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      A\n      <clean>   </clean>\n"
      "      B\n      <dirty>   A   B   </dirty>\n      C\n   </mixed>\n</doc>";
  EXPECT_EQ(*canonical_xml(input), input);
}

// Section 3.3, start and end tags, without its DOCTYPE.
TEST(XmlCanonicalTest, MakesOneFormOfTags) {
  EXPECT_EQ(*canonical_xml("<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n"
                           "   <e4   name=\"elem4\"   id=\"elem4\"   ></e4>\n"
                           "   <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n"
                           "      xmlns:b=\"http://www.ietf.org\"\n      xmlns:a=\"http://www.w3.org\"\n"
                           "      xmlns=\"http://example.org\"/>\n</doc>"),
            "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n"
            "   <e4 id=\"elem4\" name=\"elem4\"></e4>\n"
            "   <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\""
            " attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\n</doc>");
}

TEST(XmlCanonicalTest, PassesOverWhatSaysNothing) {
  EXPECT_EQ(difference("<a x='1' y=\"2\"/>", "<?xml version=\"1.0\"?>\n<a  y='2' x='1'></a >\n"), "same");
  EXPECT_EQ(difference("<a>b &amp; <!-- c -->d</a>", "<!-- first --><a><![CDATA[b & ]]>d</a>"), "same");
  EXPECT_EQ(difference("<?xml-stylesheet href=\"CDA.xsl\"?><a/>", "<a/>"), "same");
  EXPECT_EQ(difference("<a>\xC3\xBC</a>", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xFC</a>"), "same");
  EXPECT_EQ(difference("<a>1\r\n2</a>", "<a>1\n2</a>"), "same");
}

TEST(XmlCanonicalTest, TellsTheFirstDifferenceWithTheLinesOfBoth) {
  EXPECT_EQ(difference("<a>\n<b>two  blanks</b>\n</a>", "<a\n>\n<b>two blanks</b>\n</a>"),
            "line 2: text \"two  blanks\"; line 3: text \"two blanks\"");
  EXPECT_EQ(difference("<a>\n<b i='1' j='2'/></a>", "<a>\n<b i='1' j='3'/></a>"),
            "line 2: b/@j \"2\"; line 2: b/@j \"3\"");
  EXPECT_EQ(difference("<a><b i='1'/></a>", "<a><b/></a>"), "line 1: b/@i \"1\"; line 1: b without @i");
  EXPECT_EQ(difference("<a>\n\n<b/></a>", "<a>\n\n</a>"), "line 3: b of namespace ''; line 1: the end of a");
  EXPECT_EQ(difference("<a xmlns='urn:1'/>", "<a xmlns='urn:2'/>"),
            "line 1: a of namespace 'urn:1'; line 1: a of namespace 'urn:2'");
  EXPECT_EQ(difference("<a><?p 1?></a>", "<a><?p 2?></a>"), "line 1: <?p 1?>; line 1: <?p 2?>");
  EXPECT_EQ(difference("<a><b/></a>", "<a xmlns:x='urn:x'><b/></a>"),
            "namespaces are declared at other places or by other prefixes");
  EXPECT_EQ(difference("<a>\t</a>", "<a> </a>"), R"(line 1: text "\t"; line 1: text " ")");
}

TEST(XmlCanonicalTest, RefusesWhatIsNoXml) {
  EXPECT_EQ(difference("<a/>", "<a>"), "error: " + canonical_xml("<a>").error().what);
  EXPECT_THAT(difference("{}", "<a/>"), HasSubstr("not XML: line 1"));
  EXPECT_THAT(difference("<a/>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"), HasSubstr("not XML"));
}

TEST(XmlCanonicalTest, FindsOneCharacterInAWholeDocument) {
  const auto document = read_text(std::string(BB_SOURCE_DIR) + "/samples/records/alice.xml");
  ASSERT_TRUE(document);
  EXPECT_EQ(difference(*document, *document), "same");
  const auto at = document->rfind("<td>");
  ASSERT_NE(at, std::string::npos);
  auto altered = *document;
  altered.insert(at + 4, " ");
  const auto line = 1 + std::count(document->begin(), document->begin() + static_cast<std::ptrdiff_t>(at), '\n');
  EXPECT_THAT(difference(*document, altered), HasSubstr("line " + std::to_string(line) + ": text "));
}

}  // namespace
}  // namespace bb::checks
