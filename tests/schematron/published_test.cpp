// HL7's C-CDA R2.1 Schematron over real documents: the failed assertions are
// those that the ISO skeleton with libxslt found, file by file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include "harness/schematron/checker.hpp"
#include "support/published_folder.hpp"

namespace bb::schematron {
namespace {

namespace fs = std::filesystem;
using test::published_folder;

using Counts = std::map<std::string, std::int64_t>;

class PublishedTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(published_folder())) GTEST_SKIP() << "no published documents in " << published_folder();
    const auto folder = published_folder() / "schemas/ccda-r21";
    const FileResolver resolve = [folder](const std::string& name) -> std::optional<std::string> {
      auto text = read_text(folder / name);
      return text ? std::optional(*text) : std::nullopt;
    };
    const auto text = read_text(folder / "CCDA_R2.1.sch");
    ASSERT_TRUE(text);
    auto schema = read_schema("CCDA_R2.1.sch", *text, resolve);
    ASSERT_TRUE(schema) << schema.error().what;
    auto vocabulary = Vocabulary::read(**schema, resolve);
    ASSERT_TRUE(vocabulary) << vocabulary.error().what;
    auto ruleset = Ruleset::create(*schema, *vocabulary, "errors");
    ASSERT_TRUE(ruleset) << ruleset.error().what;
    ruleset_ = *ruleset;
  }

  std::shared_ptr<const Ruleset> ruleset_;
};

TEST_F(PublishedTest, FindsWhatTheIsoSkeletonFinds) {
  const auto verdicts = parse_json(*read_text(published_folder() / "expected/cda-verdicts.json"));
  ASSERT_TRUE(verdicts);
  Checker checker(ruleset_);
  std::size_t judged_count = 0;
  for (const auto& [file, verdict] : *(*verdicts)["files"].members()) {
    // Not well-formed with namespaces, says the list: two of these are well-formed
    // without, and a plain XML parser reads them.
    if (!verdict["well_formed"].boolean_or(false)) continue;
    SCOPED_TRACE(file);
    const auto bytes = read_text(published_folder() / file);
    ASSERT_TRUE(bytes);
    const auto document = xml::read(*bytes);
    if (verdict["root"].string_or("") == "html") {
      EXPECT_TRUE(std::holds_alternative<xml::Problem>(document)) << "it has a DOCTYPE";
      continue;
    }
    ASSERT_TRUE(std::holds_alternative<xml::Document>(document)) << xml::describe(std::get<xml::Problem>(document));
    const auto report = checker.check(std::get<xml::Document>(document));
    ASSERT_TRUE(report) << report.error().what;
    Counts found;
    for (const auto& finding : report->findings)
      ++found[finding.assertion->id.empty() ? "(no id)" : finding.assertion->id];
    Counts expected;
    if (const auto* errors = verdict["schematron_errors"].members())
      for (const auto& [id, count] : *errors) expected[id] = *count.integer();
    EXPECT_EQ(found, expected);
    // The four value sets that are not there are looked up by none of these.
    EXPECT_THAT(report->unjudged, testing::IsEmpty());
    ++judged_count;
  }
  EXPECT_GE(judged_count, 400u);
}

}  // namespace
}  // namespace bb::schematron
