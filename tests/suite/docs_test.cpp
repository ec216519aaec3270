// The examples of the format's pages are files of that format.
#include <gmock/gmock.h>

#include "suite_files.hpp"

namespace bb::test {
namespace {

using ::testing::IsEmpty;

class SuiteDocsTest : public SuiteFiles {
 protected:
  // The block of a page that begins with these lines.
  std::filesystem::path example(const std::string& page, const std::string& first_lines) {
    const auto text = read_text(std::filesystem::path(BB_SOURCE_DIR) / "docs/reference" / page);
    EXPECT_TRUE(text);
    const std::string fence = "```yaml\n" + first_lines + "\n";
    const auto begin = text->find(fence);
    EXPECT_NE(begin, std::string::npos) << page << ": " << first_lines;
    if (begin == std::string::npos) return {};
    const auto content = begin + std::string("```yaml\n").size();
    return write("example.yaml", text->substr(content, text->find("```", content) - content));
  }
};

TEST_F(SuiteDocsTest, TheSuiteIsCleanEvenWhenStrict) {
  EXPECT_EQ(lint_file(example("suite-format.md", "format: bluebridge-suite/1"), true), "");
}

TEST_F(SuiteDocsTest, TheCatalogueIsRead) {
  EXPECT_THAT(render(suite::read_catalogue(example("suite-format.md", "format: bluebridge-catalogue/1")).diagnostics),
              IsEmpty());
}

TEST_F(SuiteDocsTest, TheAnswersAreRead) {
  EXPECT_THAT(render(suite::read_answers(example("suite-format.md", "format: bluebridge-answers/1")).diagnostics),
              IsEmpty());
}

TEST_F(SuiteDocsTest, TheAnswersToQuestionsOfConnectorsAreRead) {
  const auto read = suite::read_answers(example("suite-format.md",
                                                "format: bluebridge-answers/1\nby: {name: Ada Example, role: Privacy "
                                                "officer}\ndate: \"2026-11-20\"\nquestions:"));
  EXPECT_THAT(render(read.diagnostics), IsEmpty());
  EXPECT_EQ(read.value->questions.size(), 4u);
}

TEST_F(SuiteDocsTest, TheTargetIsRead) {
  EXPECT_THAT(render(suite::read_target(example("target-format.md", "format: bluebridge-target/1")).diagnostics),
              IsEmpty());
}

}  // namespace
}  // namespace bb::test
