// folder_entries.hpp - how many entries a folder of /proc has: what a library
// left open or running.
#pragma once

#include <dirent.h>

#include <cstddef>

namespace bb::kit {

// 0 also for a folder that cannot be read.
inline std::size_t entries_of(const char* folder) {
  DIR* const open = ::opendir(folder);
  if (open == nullptr) return 0;
  std::size_t count = 0;
  while (const dirent* const entry = ::readdir(open)) count += entry->d_name[0] != '.' ? 1u : 0u;
  ::closedir(open);
  return count;
}

}  // namespace bb::kit
