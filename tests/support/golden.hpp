// support/golden.hpp - compares a text with a file of the tree.
//
// With BB_UPDATE_GOLDEN=1 in the environment the file is rewritten instead;
// look at the difference before you commit it.
#pragma once

#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace bb::test {

// `file` is relative to the tests folder: "report/golden/mixed.txt".
inline void expect_golden(const std::string& text, const std::string& file) {
  const auto path = std::filesystem::path(BB_SOURCE_DIR) / "tests" / file;
  if (std::getenv("BB_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    const auto written = write_text(path, text);
    ASSERT_TRUE(written) << written.error().what;
  }
  const auto expected = read_text(path);
  ASSERT_TRUE(expected) << expected.error().what << "\nmake it with BB_UPDATE_GOLDEN=1";
  EXPECT_EQ(text, *expected) << "differs from tests/" << file << "; rewrite it with BB_UPDATE_GOLDEN=1";
}

}  // namespace bb::test
