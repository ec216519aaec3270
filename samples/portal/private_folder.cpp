#include "portal/private_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

namespace bb::portal {

Result<PrivateFolder> PrivateFolder::create() {
  std::error_code code;
  auto parent = std::filesystem::temp_directory_path(code);
  if (code) return Error{"cannot find the folder for temporary files (TMPDIR): " + code.message()};
  auto pattern = (parent / "bluebridge-portal-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return Error{"cannot make a folder in " + parent.string() + ": " + std::strerror(errno)};
  return PrivateFolder(pattern);
}

void PrivateFolder::remove() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(std::exchange(path_, {}), ignored);
}

}  // namespace bb::portal
