// Whether a mistake in an XPath is told with its place and what was expected.
#include "harness/checks/lint_xpath.hpp"

#include <gmock/gmock.h>

#include <bb/core/files.hpp>
#include "harness/checks/xml_document.hpp"
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

TEST(XPathLintTest, UnderlinesFromTheMistakeOn) {
  test::TemporaryFolder folder;
  const auto lint = [&](const std::string& claims, const std::string& rest = "") {
    const auto file = folder.path() / "s.yaml";
    EXPECT_TRUE(
        write_text(file,
                   "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\nroles:\n  portal: {needs: [view]}\n"
                   "tests:\n  t:\n    title: The page is there\n    steps:\n      - do: portal.view\n"
                   "        with: {kind: summary}\n        expect:\n          - " +
                       claims + "\n" + rest));
    const auto loaded = suite::read_suite(file);
    EXPECT_THAT(render(loaded.diagnostics), IsEmpty());
    return render(lint_xpaths(*loaded.value));
  };
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

}  // namespace
}  // namespace bb::checks
