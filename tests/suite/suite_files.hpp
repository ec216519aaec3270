// tests/suite/suite_files.hpp - suites for tests: the vocabulary, texts written
// to a folder, everything the reader and the linter say about them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include "harness/suite/lint.hpp"
#include "harness/suite/reader.hpp"
#include "harness/suite/verbs.hpp"

namespace bb::test {

inline const suite::Vocabulary& vocabulary() {
  static const auto read = [] {
    auto words = suite::read_vocabulary(std::filesystem::path(BB_SOURCE_DIR) / "conformance");
    if (!words) return words;
    words->validations = {"ccda",        "ccda/ccd", "ccda/ccd-2.1", "c32", "va-text",        "cms-text", "fhir-r4",
                          "fhir-ndjson", "pdf",      "html",         "xdm", "direct-message", "mdn",      "mail"};
    // Of R-2 the rules warn, R-3 has none; of all others they fail.
    words->rule_level = [](const std::string&, const std::string& row) -> Result<std::optional<evidence::Level>> {
      if (row == "R-3") return std::optional<evidence::Level>();
      return std::optional(row == "R-2" ? evidence::Level::should : evidence::Level::shall);
    };
    return words;
  }();
  if (!read) ADD_FAILURE() << read.error().what;
  static const suite::Vocabulary none;
  return read ? *read : none;
}

// A folder of its own for each test, gone at its end.
class SuiteFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("bb-suite-" + std::to_string(getpid()) + "-" + info->test_suite_name() + "-" + info->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, std::string_view text) const {
    EXPECT_TRUE(write_text(folder_ / name, text));
    return folder_ / name;
  }

  std::filesystem::path folder_;
};

// Reader and linter together, as `suite lint` says it. `file` is left out of
// the text.
inline std::string lint_file(const std::filesystem::path& file, bool is_strict = false) {
  auto loaded = suite::read_suite(file);
  std::vector<Diagnostic> all = loaded.diagnostics;
  if (loaded.value) {
    const auto more = suite::lint_suite(*loaded.value, vocabulary(), {is_strict});
    all.insert(all.end(), more.begin(), more.end());
  }
  return replace_all(render(all), file.string() + ":", "");
}

inline std::string good_suite() {
  const auto text = read_text(std::filesystem::path(BB_SOURCE_DIR) / "tests/suite/good/view.yaml");
  return text ? *text : "";
}

// The good suite with one text in it replaced.
inline std::string good_suite_with(std::string_view from, std::string_view to) {
  const std::string text = good_suite();
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return replace_all(text, from, to);
}

}  // namespace bb::test
