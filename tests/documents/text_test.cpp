// Blue Button texts as documents: what they are taken for, and what is found in
// them. Each rule has its example in conformance/documents/text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "support/kind_checker.hpp"
#include "support/published_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

DocumentReport check(const std::string& bytes) {
  static auto checker = test::own_rules_checker();
  return checker.check("file.txt", bytes);
}

std::string example(const std::string& name) {
  return *read_text(fs::path(BB_SOURCE_DIR) / "conformance/documents/text/examples" / name);
}

TEST(TextKindTest, IsKnownByItsContent) {
  EXPECT_EQ(check(example("va-12.6.txt")).recognition.format, "va-text");
  EXPECT_EQ(check(example("cms-2.0.txt")).recognition.format, "cms-text");
  const auto other = check("------ TRICARE ------\nName: DOE, JANE\nDate of Birth: 02 Feb 1970\n");
  EXPECT_EQ(other.recognition.format, "text");
  EXPECT_THAT(other.findings, IsEmpty());
  EXPECT_EQ(check("Dear Sir: hello").recognition.format, "unknown");
}

TEST(TextKindTest, AFindingHasItsPlaceAndItsPath) {
  const auto report = check(
      replace_all(example("va-12.6.txt"), "Date Entered:        03 Jun 2011", "Date Entered:        31 Jun 2011"));
  ASSERT_EQ(report.findings.size(), 1u);
  const auto& finding = report.findings.front();
  EXPECT_EQ(finding.rule, "TXT-VA-14.date");
  EXPECT_EQ(finding.path, "VA ALLERGIES > Date Entered");
  EXPECT_EQ(finding.line, 94);
  EXPECT_EQ(finding.found, "31 Jun 2011");
}

TEST(TextKindTest, ATextWithoutASectionCannotBeJudged) {
  const auto report = check("--- MY HEALTHEVET PERSONAL INFORMATION REPORT ---\r\n");
  EXPECT_THAT(report.failure, HasSubstr("ends before its first section"));
}

TEST(TextKindTest, EveryVersionIsJudgedAlike) {
  auto text = replace_all(example("va-12.6.txt"), "(v12.6)", "(v12.9)");
  EXPECT_THAT(check(text).findings, IsEmpty());
}

TEST(TextKindTest, PublishedTextsHaveTheFaultsThatTheyAreKnownFor) {
  const auto folder = test::published_folder() / "bluebutton-text";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no published texts at " << folder << ": set BB_TEST_DATA";
  const std::map<std::string, std::set<std::string>> faults{
      // Sections and nothing else: no head, no sources.
      {"emptySections.txt", {"TXT-CMS-03", "TXT-CMS-03.producer", "TXT-CMS-03.time", "TXT-CMS-05"}},
      // One line ends CR alone.
      {"sample.TXT", {"TXT-CMS-01"}},
      // "31 Jun 2011", in the table and in the list; "Stop Date: 02/21/2010".
      {"VA_My_HealtheVet_Blue_Button_Sample_Version_12_2_1.txt", {"TXT-VA-14.date", "TXT-VA-14.date-form"}},
      {"emptyFile.txt", {"format"}},
  };
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto name = entry.path().filename().string();
    const auto report = check(*read_text(entry.path()));
    const auto known = faults.find(name);
    EXPECT_EQ(test::rules_in(report), known == faults.end() ? std::set<std::string>{} : known->second) << name;
    const auto format = name == "emptyFile.txt" ? "unknown" : name.starts_with("VA_") ? "va-text" : "cms-text";
    EXPECT_EQ(report.recognition.format, format) << name;
    ++count;
  }
  EXPECT_EQ(count, 13);
}

}  // namespace
}  // namespace bb::documents
