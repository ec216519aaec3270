#include "web/private_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

namespace bb::web {

Result<PrivateFolder> PrivateFolder::create(std::string_view program) {
  std::error_code code;
  auto parent = std::filesystem::temp_directory_path(code);
  if (code) return Error{"cannot find the folder for temporary files (TMPDIR): " + code.message()};
  auto pattern = (parent / (std::string(program) + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return Error{"cannot make a folder in " + parent.string() + ": " + std::strerror(errno)};
  return PrivateFolder(pattern);
}

void PrivateFolder::remove() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(std::exchange(path_, {}), ignored);
}

}  // namespace bb::web
