// elf.hpp - what a shared library says of itself to the loader, read from its
// file; and slots of a loaded one, so that calls it makes can be caught.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::kit {

struct ElfFacts {
  std::vector<std::string> defined;  // dynamic symbols that it shows, without versions
  std::vector<std::string> needed;   // DT_NEEDED
  std::vector<std::string> search;   // parts of DT_RPATH and DT_RUNPATH
};
[[nodiscard]] Result<ElfFacts> read_elf(const std::filesystem::path& library);

// Lets calls that the loaded library (a handle of dlopen) makes by this name go
// to `replacement`. Returns how many slots that were. Calls that its own
// libraries make are not seen.
int redirect(void* handle, const char* symbol, void* replacement);

}  // namespace bb::kit
