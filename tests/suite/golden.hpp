// tests/suite/golden.hpp - texts kept in files: compared, or rewritten when the
// environment variable BB_UPDATE_GOLDEN is set.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include <bb/core/files.hpp>

namespace bb::test {

inline void expect_golden(const std::filesystem::path& file, const std::string& text) {
  if (std::getenv("BB_UPDATE_GOLDEN")) {
    ASSERT_TRUE(write_text(file, text));
    return;
  }
  const auto expected = read_text(file);
  ASSERT_TRUE(expected) << expected.error().what << "; set BB_UPDATE_GOLDEN=1 to write it";
  EXPECT_EQ(text, *expected) << file << ": set BB_UPDATE_GOLDEN=1 to rewrite it";
}

}  // namespace bb::test
