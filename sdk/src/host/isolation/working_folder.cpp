#include "working_folder.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace bb::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "bb-connector-";
constexpr std::size_t random_letters = 6;  // of mkdtemp
constexpr int tries_max = 100;

// The folder's descriptor with its lock; -1 where another process holds it, or
// where the folder is gone or is not a private one of this user.
int lock_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat info {};
  const bool is_ours = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor, &info) == 0 &&
                       info.st_nlink > 0 && info.st_uid == ::geteuid() && (info.st_mode & 07777u) == 0700u;
  if (is_ours) return descriptor;
  ::close(descriptor);
  return -1;
}

fs::path temporary_folder() {
  std::error_code none;
  auto folder = fs::temp_directory_path(none);
  return none ? fs::path("/tmp") : folder;
}

}  // namespace

Result<WorkingFolder> WorkingFolder::create() {
  const auto pattern = temporary_folder() / (std::string(prefix) + std::string(random_letters, 'X'));
  // Another host that clears up may take a new folder before it is locked.
  for (int i = 0; i < tries_max; ++i) {
    std::string made = pattern.string();
    if (!::mkdtemp(made.data()))
      return Error{"cannot make a folder in " + pattern.parent_path().string() + ": " + std::strerror(errno)};
    WorkingFolder folder;
    folder.lock_ = lock_folder(made);
    if (folder.lock_ < 0) continue;
    folder.path_ = made;
    return folder;
  }
  return Error{"cannot keep a folder in " + pattern.parent_path().string() + ": each was removed at once"};
}

WorkingFolder::~WorkingFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

WorkingFolder::WorkingFolder(WorkingFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}

WorkingFolder& WorkingFolder::operator=(WorkingFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

void clear_left_folders() {
  std::error_code failed;
  for (fs::directory_iterator it(temporary_folder(), failed), end; !failed && it != end; it.increment(failed)) {
    const auto name = it->path().filename().string();
    if (!name.starts_with(prefix) || name.size() != prefix.size() + random_letters) continue;
    const int lock = lock_folder(it->path());
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(it->path(), ignored);
    ::close(lock);
  }
}

}  // namespace bb::host
