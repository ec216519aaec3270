// Entities of a rule file are put in place from the files at hand, bounded.
#include "harness/schematron/entities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using testing::HasSubstr;

std::string expand(const std::string& text, const Files& files = {}) {
  auto expanded = expand_entities("rules.sch", text, resolver_of(files));
  return expanded ? *expanded : "error: " + expanded.error().what;
}

TEST(EntitiesTest, ATextWithoutADoctypeStaysAsItIs) {
  EXPECT_EQ(expand("<?xml version='1.0'?><r>&amp;&x;</r>"), "<?xml version='1.0'?><r>&amp;&x;</r>");
  EXPECT_EQ(expand("<!-- <!DOCTYPE r [ --><r/>"), "<!-- <!DOCTYPE r [ --><r/>");
  EXPECT_EQ(expand(""), "");
}

TEST(EntitiesTest, PutsInternalEntitiesInPlace) {
  EXPECT_EQ(expand("<!DOCTYPE r [<!ENTITY a 'one'> <!ENTITY b \"<k/>\">]><r v='&a;'>&b;&a;</r>"),
            "<r v='one'><k/>one</r>");
}

TEST(EntitiesTest, PutsFilesInPlaceByTheirSystemId) {
  EXPECT_EQ(
      expand("<!DOCTYPE r SYSTEM 'r.dtd' [<!-- parts --><!ENTITY a SYSTEM 'http://gone/a.ent'>"
             "<!ENTITY b PUBLIC 'p' 'b.ent'>]><r>&a;&b;&a;</r>",
             {{"http://gone/a.ent", "\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?><a/>"}, {"b.ent", "<b/>"}}),
      "<r><a/><b/><a/></r>");
}

TEST(EntitiesTest, PutsEntitiesOfEntitiesInPlace) {
  EXPECT_EQ(expand("<!DOCTYPE r [<!ENTITY a SYSTEM 'a'><!ENTITY b 'x&c;y'><!ENTITY c 'z'>]><r>&a;</r>",
                   {{"a", "<q>&b;</q>"}}),
            "<r><q>xzy</q></r>");
}

TEST(EntitiesTest, LeavesCommentsCdataAndInstructionsAlone) {
  EXPECT_EQ(expand("<!DOCTYPE r [<!ENTITY a 'one'>]><r><!--&a;--><![CDATA[&a;]]><?p &a;?>&a;</r>"),
            "<r><!--&a;--><![CDATA[&a;]]><?p &a;?>one</r>");
}

TEST(EntitiesTest, LeavesWhatIsNotDeclaredToTheParser) {
  EXPECT_EQ(expand("<!DOCTYPE r [<!ENTITY a 'one'><!ENTITY lt '&#38;#60;'>]><r>&b;&lt;&#65;& a</r>"),
            "<r>&b;&lt;&#65;& a</r>");
}

TEST(EntitiesTest, FindsTheDoctypeBehindCommentsAndInstructions) {
  EXPECT_EQ(expand("<?xml version='1.0'?><!-- <!DOCTYPE q> --><!DOCTYPE r [<!ENTITY a '1'>]><r>&a;</r>"),
            "<?xml version='1.0'?><!-- <!DOCTYPE q> --><r>1</r>");
}

TEST(EntitiesTest, NamesAnEntityWhoseFileIsMissing) {
  EXPECT_EQ(expand("<!DOCTYPE r [<!ENTITY a SYSTEM 'http://gone/a.ent'>]><r>&a;</r>"),
            "error: rules.sch: the entity 'a' is not at hand: 'http://gone/a.ent'");
}

TEST(EntitiesTest, AMissingFileThatNothingUsesIsNoMatter) {
  EXPECT_EQ(expand("<!DOCTYPE r [<!ENTITY a SYSTEM 'gone'>]><r/>"), "<r/>");
}

TEST(EntitiesTest, RefusesACycle) {
  EXPECT_THAT(expand("<!DOCTYPE r [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><r>&a;</r>"),
              HasSubstr("entities name each other deeper than 16"));
}

TEST(EntitiesTest, RefusesAParameterEntity) {
  EXPECT_THAT(expand("<!DOCTYPE r [<!ENTITY % p 'x'>]><r/>"), HasSubstr("declares a parameter entity"));
  EXPECT_THAT(expand("<!DOCTYPE r [%p;]><r/>"), HasSubstr("may declare general entities alone, not '%p;"));
  EXPECT_THAT(expand("<!DOCTYPE r [<!ELEMENT r ANY>]><r/>"), HasSubstr("not '<!ELEMENT"));
}

TEST(EntitiesTest, RefusesWhatGrowsWithoutBound) {
  // Ten of ten of ten ...: 10^9 times 64 bytes, and 10^9 times nothing.
  std::string declarations = "<!ENTITY e0 '" + std::string(64, 'x') + "'><!ENTITY n0 ''>";
  for (int i = 1; i < 10; ++i)
    for (const char* kind : {"e", "n"}) {
      declarations += fmt::format("<!ENTITY {}{} '", kind, i);
      for (int k = 0; k < 10; ++k) declarations += fmt::format("&{}{};", kind, i - 1);
      declarations += "'>";
    }
  EXPECT_THAT(expand("<!DOCTYPE r [" + declarations + "]><r>&e9;</r>"), HasSubstr("used more than 100000 times"));
  EXPECT_THAT(expand("<!DOCTYPE r [" + declarations + "]><r>&n9;</r>"), HasSubstr("used more than 100000 times"));
  const std::string big(1 << 20, 'x');
  std::string uses;
  for (int i = 0; i < 65; ++i) uses += "&a;";
  EXPECT_THAT(expand("<!DOCTYPE r [<!ENTITY a SYSTEM 'big'>]><r>" + uses + "</r>", {{"big", big}}),
              HasSubstr("with its entities in place it has more than 67108864 bytes"));
}

TEST(EntitiesTest, RefusesWhatIsNeverClosed) {
  for (const char* text :
       {"<!DOCTYPE r", "<!DOCTYPE r [", "<!DOCTYPE r []", "<!DOCTYPE r [<!-- ", "<!DOCTYPE r [<!ENTITY a 'x",
        "<!DOCTYPE r [<!ENTITY a", "<!DOCTYPE r [<!ENTITY a 'x' b>]><r/>"})
    EXPECT_THAT(expand(text), HasSubstr("error: rules.sch: ")) << text;
}

}  // namespace
}  // namespace bb::schematron
