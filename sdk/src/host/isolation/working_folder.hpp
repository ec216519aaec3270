// working_folder.hpp - the private folder that a connector's process works in.
//
// Made in the temporary folder, removed with this object. Its host holds a lock
// on it, which the kernel drops when the host is killed: a folder without a
// lock is nobody's, and the next host clears it away.
#pragma once

#include <filesystem>

#include <bb/core/result.hpp>

namespace bb::host {

class WorkingFolder {
 public:
  static Result<WorkingFolder> create();
  WorkingFolder() = default;  // none
  ~WorkingFolder();
  WorkingFolder(WorkingFolder&& other) noexcept;
  WorkingFolder& operator=(WorkingFolder&& other) noexcept;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

// Removes the working folders of this user that no host holds any more.
void clear_left_folders();

}  // namespace bb::host
