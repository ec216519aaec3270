#include <gtest/gtest.h>
#include <bb/records/html.hpp>

namespace bb::records {
namespace {

TEST(HtmlToTextTest, EndsALineAfterEachBlock) {
  EXPECT_EQ(html_to_text("<h1>Title</h1><p>one</p><p>two<br>three</p>"), "Title\none\ntwo\nthree\n");
}

TEST(HtmlToTextTest, KeepsCellsOfARowOnOneLineWithABlankBetween) {
  EXPECT_EQ(html_to_text("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>"), "a b\nc\n");
}

TEST(HtmlToTextTest, CollapsesWhiteSpace) { EXPECT_EQ(html_to_text("<p>  a \n\t b&nbsp;&nbsp;c </p>"), "a b c\n"); }

TEST(HtmlToTextTest, JoinsInlineElementsWithoutABlank) {
  EXPECT_EQ(html_to_text("<p>a<b>b</b>c <i>d</i></p>"), "abc d\n");
}

TEST(HtmlToTextTest, LeavesOutWhatNobodySees) {
  EXPECT_EQ(html_to_text("<title>t</title><style>p{}</style><script>if (a<b) 'x'</script><!-- c --><p>seen</p>"),
            "seen\n");
  EXPECT_EQ(html_to_text("<div hidden>a<div>b</div>c</div><p style='color:red; DISPLAY : none'>d</p><p>seen</p>"),
            "seen\n");
  EXPECT_EQ(html_to_text("<noscript><p>a</p></noscript>seen"), "seen\n");
  EXPECT_EQ(html_to_text("<template><p>a</p></template>seen"), "seen\n");
}

TEST(HtmlToTextTest, AVoidElementHidesNothing) { EXPECT_EQ(html_to_text("<input hidden>seen"), "seen\n"); }

TEST(HtmlToTextTest, DecodesReferencesOfAllKinds) {
  EXPECT_EQ(html_to_text("&lt;&amp;&gt;&quot;&apos;&#233;&#xE9;&eacute;&#x1F600;"), "<&>\"'ééé😀\n");
}

TEST(HtmlToTextTest, KeepsWhatIsNoReferenceAsItIs) {
  EXPECT_EQ(html_to_text("a & b &unknown; &#; &#xZ; AT&T"), "a & b &unknown; &#; &#xZ; AT&T\n");
}

TEST(HtmlToTextTest, ReplacesCharactersThatDoNotExist) {
  EXPECT_EQ(html_to_text("&#0;&#xD800;&#x110000;&#99999999999999;"), "\uFFFD\uFFFD\uFFFD\uFFFD\n");
}

TEST(HtmlToTextTest, KeepsALessThanThatOpensNoTag) { EXPECT_EQ(html_to_text("a < b <3"), "a < b <3\n"); }

TEST(HtmlToTextTest, ReadsAttributesWithAGreaterThan) {
  EXPECT_EQ(html_to_text("<p title=\"a>b\" hidden-not='x>y'>seen</p>"), "seen\n");
}

TEST(HtmlToTextTest, EndsCleanlyInTheMiddleOfAnything) {
  for (const auto* html :
       {"<", "</", "<p", "<p a", "<p a=", "<p a='", "<!--", "<!", "&", "&#", "<script>", "<div hidden>"})
    EXPECT_EQ(html_to_text(std::string("x") + html).substr(0, 1), "x") << html;
}

TEST(HtmlToTextTest, GivesNothingForNothing) { EXPECT_EQ(html_to_text(""), ""); }

}  // namespace
}  // namespace bb::records
