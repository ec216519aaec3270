// The CDA schema with SDTC extensions over real documents: what it says is what
// the published verdicts say, line by line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/xsd.hpp>

#include "support/published_folder.hpp"

namespace bb::xml {
namespace {

namespace fs = std::filesystem;
using test::published_folder;

SchemaFiles files_of(const fs::path& folder) {
  return [folder](const std::string& path) -> std::optional<std::string> {
    auto text = read_text(folder / path);
    return text ? std::optional(*text) : std::nullopt;
  };
}

class PublishedXsdTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(published_folder())) GTEST_SKIP() << "no published documents in " << published_folder();
  }
};

TEST_F(PublishedXsdTest, SaysWhatThePublishedVerdictsSay) {
  const auto xsd = Xsd::compile("infrastructure/cda/CDA_SDTC.xsd", files_of(published_folder() / "schemas/cda-sdtc"));
  ASSERT_TRUE(xsd) << xsd.error().what;
  const auto verdicts = parse_json(*read_text(published_folder() / "expected/cda-verdicts.json"));
  ASSERT_TRUE(verdicts);
  std::size_t judged_count = 0;
  for (const auto& [file, verdict] : *(*verdicts)["files"].members()) {
    const auto* is_valid = verdict["xsd_valid"].boolean();
    if (is_valid == nullptr) continue;
    SCOPED_TRACE(file);
    const auto document = read(*read_text(published_folder() / file));
    if (std::holds_alternative<Problem>(document)) {
      EXPECT_FALSE(*is_valid) << describe(std::get<Problem>(document));
      continue;
    }
    std::vector<std::string> found;
    for (const auto& violation : (*xsd)->validate(std::get<Document>(document)))
      found.push_back(std::to_string(violation.line) + ": " + violation.what);
    // The published messages are cut after 200 characters.
    std::vector<testing::Matcher<std::string>> expected;
    if (const auto* errors = verdict["xsd_errors"].items())
      for (const auto& error : *errors)
        expected.push_back(testing::StartsWith(std::to_string(error["line"].integer_or(0)) + ": " +
                                               collapse_whitespace(error["message"].string_or(""))));
    EXPECT_EQ(found.empty(), *is_valid);
    if (verdict["xsd_error_count"].integer_or(0) == static_cast<std::int64_t>(expected.size())) {
      EXPECT_THAT(found, testing::ElementsAreArray(expected));
    }
    ++judged_count;
  }
  EXPECT_GE(judged_count, 390u);
}

TEST_F(PublishedXsdTest, LoadsNothingThatItIsNotGiven) {
  const SchemaFiles none = [](const std::string&) { return std::nullopt; };
  EXPECT_FALSE(Xsd::compile("infrastructure/cda/CDA_SDTC.xsd", none));
  const auto only_entry = [files = files_of(published_folder() / "schemas/cda-sdtc")](const std::string& path) {
    return path.ends_with("CDA_SDTC.xsd") ? files(path) : std::nullopt;
  };
  EXPECT_FALSE(Xsd::compile("infrastructure/cda/CDA_SDTC.xsd", only_entry));
}

}  // namespace
}  // namespace bb::xml
