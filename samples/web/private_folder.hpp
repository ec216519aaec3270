// private_folder.hpp - a temporary folder of mode 0700 that goes with its owner.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include <bb/core/result.hpp>

namespace bb::web {

class PrivateFolder {
 public:
  // In $TMPDIR, else /tmp; its name begins with that of the program.
  static Result<PrivateFolder> create(std::string_view program);
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder() { remove(); }

  const std::filesystem::path& path() const { return path_; }
  // Removes the folder with its content. Safe to call twice.
  void remove();

 private:
  explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace bb::web
