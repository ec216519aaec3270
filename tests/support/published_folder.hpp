// published_folder.hpp - where the published documents of vendors and authorities
// are that tests read.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace bb::test {

// BB_TEST_DATA, else the folder beside the project; it may be absent.
inline std::filesystem::path published_folder() {
  if (const char* folder = std::getenv("BB_TEST_DATA")) return folder;
  return std::filesystem::path(BB_SOURCE_DIR).parent_path() / "shared/data";
}

}  // namespace bb::test
