// Whether a mistake in an XPath is told with its place and what was expected.
#include "harness/checks/lint_xpath.hpp"

#include <gmock/gmock.h>

#include <bb/core/files.hpp>
#include "harness/checks/xml_document.hpp"
#include "harness/checks/xpath_form.hpp"
#include "harness/suite/reader.hpp"
#include "support/temporary_folder.hpp"

namespace bb::checks {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(XPathMistakeTest, SaysWhereAndWhatWasExpected) {
  const auto mistake = [](const std::string& xpath) {
    const auto found = find_xpath_mistake(xpath);
    return found ? found->what + "; " + found->expected : std::string();
  };
  for (const auto* good : {"//cda:id/@root", "string(//html:h1)", "count(//a) > 1", "//a[position() = last()]"})
    EXPECT_EQ(mistake(good), "") << good;
  EXPECT_EQ(mistake("//["),
            "it cannot be read before '['; expected a name, '@', '..', a function, a text in quotes or a number");
  EXPECT_THAT(mistake("//a[1"), HasSubstr("a condition is never closed at its end; expected ']'"));
  EXPECT_THAT(mistake("//a[b = 'c]"), HasSubstr("a text is never closed"));
  EXPECT_THAT(mistake("(//a"), HasSubstr("expected"));
  EXPECT_THAT(mistake("//nope:a"), HasSubstr("a prefix is not known"));
  EXPECT_THAT(mistake("//nope:a"), HasSubstr("prefixes here: cda, sdtc, xsi, html, atom"));
  EXPECT_THAT(mistake("contain(//a, 'b')"), HasSubstr("a function is not known"));
  EXPECT_THAT(mistake("contains('a')"), HasSubstr("too few or too many arguments"));
  EXPECT_THAT(mistake("//a[. = $b]"), HasSubstr("there are no variables"));
}

TEST(XPathFormTest, KnowsWhetherTheDocumentIsLookedAt) {
  for (const auto* good :
       {"//a", "/", "a", "@id", ".", "..", "*", "count(*) * 2", "string() = 'a'", "normalize-space() and true()",
        "child::and", "and", "true() and div", "text()", "id('a')", "lang('en')", "1 + a", "cda:a", "self::node()"})
    EXPECT_TRUE(reads_document(good)) << good;
  for (const auto* bad : {"true()", "1 = 1", "not(false())", "'//a'", "1.5 div .5", "2 * 3", "string('a')",
                          "concat(\"/\", '@')", "true() or false()", "position() = last()", "3", "-1", "(1)"})
    EXPECT_FALSE(reads_document(bad)) << bad;
}

TEST(XPathFormTest, KnowsWhatNoDocumentCanChange) {
  for (const auto* yes : {"//a or true()", "true() or //a", "//a or (//b or 1 = 1)", "not(//a and false())",
                          "//a/or or 2 > 1", "(/) or true()", "//a[. = ' or '] or 'x'", "true() and 1"})
    EXPECT_EQ(settled_truth(yes), true) << yes;
  for (const auto* no : {"//a and false()", "(//a and 1 = 2)", "false() or ''", "not(//a or true())",
                         "//and and false()", "//a and //b and 0"})
    EXPECT_EQ(settled_truth(no), false) << no;
  for (const auto* open : {"//a", "//a or false()", "//a and true()", "//a[true() or b]", "not(//a)", "//a = 1 or //b",
                           "count(//a or true())", "'true()' = //a", "//a[b or true()] and c", "or or and",
                           "(//a) or (//b)", "string(//a or true()) = 'true'"})
    EXPECT_EQ(settled_truth(open), std::nullopt) << open;
}

TEST(XPathFormTest, KnowsAnAmount) {
  for (const auto* good : {"count(//a)", " string-length ( string(//a[. = ')']) ) "})
    EXPECT_TRUE(is_amount(good)) << good;
  for (const auto* bad : {"count(//a) - 1", "sum(//a)", "counts(//a)", "count(//a) - count(//b)", "count('"})
    EXPECT_FALSE(is_amount(bad)) << bad;
}

class XPathLintTest : public ::testing::Test {
 protected:
  // What is said of a suite whose one step claims this.
  std::string lint(const std::string& claims, const std::string& rest = "") const {
    const auto file = folder_.path() / "s.yaml";
    EXPECT_TRUE(
        write_text(file,
                   "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\nroles:\n  portal: {needs: [view]}\n"
                   "tests:\n  t:\n    title: The page is there\n    steps:\n      - do: portal.view\n"
                   "        with: {kind: summary}\n        expect:\n          - " +
                       claims + "\n" + rest));
    const auto loaded = suite::read_suite(file);
    EXPECT_THAT(render(loaded.diagnostics), IsEmpty());
    return render(lint_xpaths(*loaded.value));
  }
  test::TemporaryFolder folder_;
};

TEST_F(XPathLintTest, UnderlinesFromTheMistakeOn) {
  EXPECT_EQ(lint("xpath: //html:h1"), "");
  EXPECT_EQ(lint("xpath: contains(string(/), \"${run.id}\") or //html:p[${run.seed}]"), "");
  EXPECT_EQ(lint("xpath: $run.id"), "");
  EXPECT_THAT(lint("xpath: \"//html:h1[1\""),
              AllOf(HasSubstr(":13:20: error: not an XPath: a condition is never closed at its end [L15]\n"),
                    HasSubstr("expected ']'")));
  EXPECT_THAT(lint("xpath: //html:h1[[1]]"),
              HasSubstr("          - xpath: //html:h1[[1]]\n      |                              ^~~~ "));
  EXPECT_THAT(lint("body: text", "        save: {a: {xpath: \"//(\"}}\n"), HasSubstr("not an XPath"));
  EXPECT_THAT(lint("body: text", "    catches: [{in: view, drop: {xpath: \"//nope:a\"}}]\n"),
              HasSubstr("a prefix is not known"));
}

TEST_F(XPathLintTest, RefusesAnExpressionThatLooksAtNothing) {
  for (const auto* bad : {"true()", "1 = 1", "\"'${run.id}' = 'a'\""})
    EXPECT_THAT(lint("xpath: " + std::string(bad)),
                HasSubstr("error: the XPath looks at nothing of the document: the claim comes out alike whatever is "
                          "sent [L17]"))
        << bad;
  EXPECT_THAT(lint("xpath: true()"), HasSubstr("name what it looks at, for example //html:h1"));
  EXPECT_EQ(lint("xpath: //html:p = \"${run.id}\""), "");
}

TEST_F(XPathLintTest, RefusesAnExpressionThatNoDocumentChanges) {
  EXPECT_THAT(lint("xpath: //html:p or true()"),
              AllOf(HasSubstr("the XPath comes to true whatever the document holds: the claim comes out alike whatever "
                              "is sent [L17]"),
                    HasSubstr("leave out what stands beside 'or' and 'and' and is always the same")));
  EXPECT_THAT(lint("xpath: //html:p and 1 = 2"), HasSubstr("the XPath comes to false whatever"));
  for (const auto* good : {"xpath: //html:p or false()", "xpath: \"//html:p and '${run.id}' = 'a'\""})
    EXPECT_EQ(lint(good), "") << good;
}

TEST_F(XPathLintTest, RefusesAClaimOfWhatIsAlwaysThere) {
  EXPECT_THAT(lint("xpath: count(//html:p)"),
              HasSubstr("the XPath always comes to a number: the claim cannot fail [L17]"));
  EXPECT_THAT(lint("{xpath: count(//html:p), min: 0}"),
              HasSubstr("no count is below zero: the claim cannot fail [L17]"));
  EXPECT_THAT(lint("{xpath: count(//html:p), is: -1}"),
              HasSubstr("no count is below zero: the claim never holds [L17]"));
  EXPECT_THAT(lint("{xpath: count(//html:p), exists: true}"),
              HasSubstr("the XPath always comes to one number: the claim cannot fail [L17]"));
  EXPECT_THAT(lint("{xpath: //html:p = 1, exists: true}"),
              HasSubstr("the XPath always comes to one true or false: the claim cannot fail [L17]"));
  EXPECT_THAT(lint("{xpath: count(//html:p), count: 2}"),
              HasSubstr("the XPath always comes to one number: the claim never holds [L17]"));
  for (const auto* good :
       {"{xpath: count(//html:p), min: 1}", "{xpath: count(//html:p), min: 0, max: 5}",
        "{xpath: count(//html:p) - 1, min: 0}", "{xpath: //html:p, count: 2}", "{xpath: //html:p, exists: true}",
        "{xpath: string(//html:p), exists: false}", "xpath: //html:p = 1", "xpath: string(//html:p)"})
    EXPECT_EQ(lint(good), "") << good;
}

}  // namespace
}  // namespace bb::checks
