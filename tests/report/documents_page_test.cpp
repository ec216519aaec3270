#include "harness/report/documents_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>

#include "support/checked_document.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

namespace bb::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const std::vector<documents::DocumentReport>& reports, bool is_complete = true,
                    std::size_t bytes_max = documents_page_bytes_max) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "page.html";
  auto page = DocumentsPage::create(file, "1.2.3", bytes_max);
  EXPECT_TRUE(page);
  documents::Summary summary;
  for (const auto& report : reports) {
    page->add(report);
    summary.add(report);
  }
  const auto written = page->finish(summary, is_complete);
  EXPECT_TRUE(written) << written.error().what;
  return read_text(file).value();
}

TEST(DocumentsPageTest, ShowsLinesBesideTheirFindings) {
  test::expect_golden(render_document(test::checked_document(), 1), "report/golden/document.html");
}

TEST(DocumentsPageTest, ShowsNothingOfADocumentAsMarkup) {
  auto report = test::checked_document();
  const std::string hostile = "</pre><script>alert(1)</script>\x1b[2J\xFF";
  report.name = report.vendor = report.failure = hostile;
  report.source[1].text = hostile;
  auto& finding = report.findings[0];
  finding.rule = finding.message = finding.expected = finding.found = finding.hint = hostile;
  const auto page = page_of({report});
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("\x1b")), HasSubstr("␛[2J"),
                          HasSubstr("&lt;script&gt;"), Not(HasSubstr("\xFF"))));
}

TEST(DocumentsPageTest, SaysWhatIsNotOnIt) {
  auto report = test::checked_document();
  report.findings.resize(1001, report.findings.back());
  report.dropped_count = 2;
  EXPECT_THAT(page_of({report}), HasSubstr("and 3 findings that are not shown"));
  report = test::checked_document();
  report.source.erase(report.source.begin() + 3, report.source.begin() + 6);
  EXPECT_THAT(page_of({report}), HasSubstr("lines 4 to 6 are not shown"));
  EXPECT_THAT(page_of({}, false), HasSubstr("This report is incomplete."));
}

TEST(DocumentsPageTest, ShowsFindingsWithoutTheirText) {
  auto report = test::checked_document();
  report.source.clear();
  EXPECT_THAT(page_of({report}), AllOf(HasSubstr("SHALL contain a title"), Not(HasSubstr("<pre>"))));
}

TEST(DocumentsPageTest, EndsBeforeItIsTooLarge) {
  const auto size = render_document(test::checked_document(), 1).size();
  const std::vector four(4, test::checked_document());
  EXPECT_THAT(page_of(four, true, 4 * size), Not(HasSubstr("not shown on this page")));
  EXPECT_THAT(page_of(four, true, 3 * size), HasSubstr("1 document more is not shown on this page"));
  EXPECT_THAT(page_of(four, true, 2 * size), HasSubstr("2 documents more are not shown on this page"));
}

TEST(DocumentsPageTest, GivesItsVerdictInWords) {
  documents::DocumentReport good;
  good.recognition.title = "C-CDA R2.1";
  auto open = good;
  open.missing.push_back("the schema");
  EXPECT_THAT(page_of({good}), HasSubstr("<h1 id=\"verdict\">no error found</h1>"));
  EXPECT_THAT(page_of({good, open}), HasSubstr("<h1 id=\"verdict\">not judged</h1>"));
  EXPECT_THAT(page_of({good, open, test::checked_document()}),
              HasSubstr("<h1 id=\"verdict\">1 document with errors</h1>"));
}

}  // namespace
}  // namespace bb::report
