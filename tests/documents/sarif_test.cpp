#include "harness/documents/sarif.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>

#include "support/golden.hpp"

namespace bb::documents {
namespace {

Value log_of(const std::vector<DocumentReport>& reports, bool is_complete = true) {
  std::string text;
  SarifWriter writer("1.2.3", [&](std::string_view piece) { text += piece; });
  for (const auto& report : reports) writer.add(report);
  writer.finish(is_complete);
  const auto log = parse_json(text);
  EXPECT_TRUE(log) << log.error().what << "\n" << text;
  return log ? *log : Value();
}

std::vector<DocumentReport> mixed() {
  DocumentReport bad;
  bad.name = "in/visit 1.xml";
  bad.findings.push_back({.rule = "r-1",
                          .line = 2,
                          .column = 9,
                          .character = 7,
                          .xpath = "/a/b",
                          .message = "SHALL be so",
                          .expected = "one",
                          .found = "\"two\"",
                          .hint = "mend it"});
  bad.findings.push_back({.rule = "r-2", .level = Level::warning, .message = "a\x01b"});
  bad.findings.push_back({.rule = "r-1", .level = Level::note, .message = "again"});
  DocumentReport lost;
  lost.name = "/data/visit.zip!/\xC3\xA9.xml";
  lost.failure = "it ended";
  lost.missing.push_back("no schema");
  return {bad, lost};
}

TEST(SarifTest, HoldsFindingsWithTheirPlaces) {
  test::expect_golden(to_json_pretty(log_of(mixed())) + "\n", "documents/golden/findings.sarif");
}

// The properties that SARIF 2.1.0 requires and their kinds, of what is written here.
TEST(SarifTest, KeepsToTheStandard) {
  const auto schema =
      parse_json(*read_text(std::filesystem::path(BB_SOURCE_DIR) / "tests/documents/sarif-subset.schema.json"));
  ASSERT_TRUE(schema) << schema.error().what;
  for (const auto& wrong : check_schema(*schema)) ADD_FAILURE() << wrong.pointer << ": " << wrong.message;
  for (const auto& log : {log_of({}), log_of(mixed()), log_of(mixed(), false)})
    for (const auto& wrong : validate(*schema, log)) ADD_FAILURE() << wrong.pointer << ": " << wrong.message;
  auto broken = log_of(mixed());
  broken.find("runs")->items()->front().find("results")->items()->front().erase("message");
  EXPECT_EQ(validate(*schema, broken).size(), 1u) << "a result without a message is none";
}

TEST(SarifTest, NamesTheRuleOfEachResult) {
  const auto log = log_of(mixed());
  const auto& run = log["runs"][0u];
  for (const auto& result : *run["results"].items()) {
    const auto index = static_cast<std::size_t>(result["ruleIndex"].integer_or(-1));
    EXPECT_EQ(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
  }
}

TEST(SarifTest, SaysWhetherEverythingWasChecked) {
  EXPECT_TRUE(log_of({})["runs"][0u]["invocations"][0u]["executionSuccessful"].boolean_or(false));
  EXPECT_FALSE(log_of({}, false)["runs"][0u]["invocations"][0u]["executionSuccessful"].boolean_or(true));
}

}  // namespace
}  // namespace bb::documents
