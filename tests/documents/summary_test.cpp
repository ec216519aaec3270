#include "harness/documents/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>

#include "support/golden.hpp"

namespace bb::documents {
namespace {

using testing::HasSubstr;

DocumentReport report_of(std::string vendor, std::string title, std::vector<Finding> findings) {
  DocumentReport report;
  report.vendor = std::move(vendor);
  report.recognition.title = std::move(title);
  report.findings = std::move(findings);
  return report;
}

Summary mixed() {
  Summary summary;
  const Finding wrong{.rule = "r-often", .message = "SHALL contain\n   one title"};
  const Finding odd{.rule = "r-odd", .level = Level::warning, .message = "SHOULD have a code"};
  summary.add(report_of("Good EHR", "C-CDA R2.1", {odd}));
  summary.add(report_of("Bad EHR", "C-CDA R2.1", {wrong, wrong, odd}));
  summary.add(report_of("Bad EHR", "C-CDA R2.1", {wrong}));
  summary.add(report_of("", "HITSP C32", {{.rule = "r-once", .message = "must be so"}}));
  auto unjudged = report_of("", "HITSP C32", {});
  unjudged.missing.push_back("the schema");
  summary.add(unjudged);
  return summary;
}

TEST(SummaryTest, CountsByRuleAndVendor) { test::expect_golden(mixed().render(), "documents/golden/summary.txt"); }

TEST(SummaryTest, PutsErrorsBeforeWhatCouldNotBeJudged) {
  Summary summary;
  EXPECT_EQ(summary.exit_status(), 0);
  auto failed = report_of("", "text", {});
  failed.failure = "it ended";
  summary.add(failed);
  EXPECT_EQ(summary.exit_status(), 3);
  summary.add(report_of("", "text", {{.rule = "r"}}));
  EXPECT_EQ(summary.exit_status(), 1);
}

TEST(SummaryTest, IsJsonOfThePublishedSchema) {
  const auto schema =
      parse_json(*read_text(std::filesystem::path(BB_SOURCE_DIR) / "conformance/schemas/check-summary.schema.json"));
  ASSERT_TRUE(schema);
  EXPECT_EQ(check_schema(*schema).size(), 0u);
  for (const auto& summary : {Summary(), mixed()}) {
    const auto value = Value::object({{"summary", summary.to_value()}});
    for (const auto& wrong : validate(*schema, value)) ADD_FAILURE() << wrong.pointer << ": " << wrong.message;
  }
  EXPECT_EQ(mixed().to_value()["rules"][0]["documents"].integer_or(0), 2);
}

TEST(SummaryTest, ListsNoMoreThanAReaderCanUse) {
  Summary summary;
  for (int i = 0; i < 51; ++i) summary.add(report_of("vendor " + std::to_string(i), "text", {}));
  EXPECT_THAT(summary.render(), HasSubstr("  and 1 more; --json lists all\n"));
  EXPECT_EQ(summary.to_value()["vendors"].size(), 51u);
}

}  // namespace
}  // namespace bb::documents
