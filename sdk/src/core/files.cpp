#include <bb/core/files.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/descriptor.hpp>

namespace bb {
namespace {

Error failure(std::string_view act, const std::filesystem::path& path, int error) {
  return Error{fmt::format("cannot {} {}: {}", act, path.string(), std::strerror(error))};
}

Status write_all(int fd, std::string_view text, const std::filesystem::path& file) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("write", file, errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status write_in_place(const std::filesystem::path& file, std::string_view text) {
  Descriptor fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd.get() < 0) return failure("write", file, errno);
  BB_CHECK(write_all(fd.get(), text, file));
  if (fd.close() != 0) return failure("write", file, errno);
  return {};
}

std::string_view kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Status expect_regular(const struct stat& info, const std::filesystem::path& file) {
  if (S_ISREG(info.st_mode)) return {};
  if (S_ISDIR(info.st_mode))
    return Error{fmt::format("cannot read {}: it is a folder, no regular file", file.string())};
  return Error{fmt::format("cannot read {}: it is no regular file but {}", file.string(), kind_of(info.st_mode))};
}

// `flags` beside those that every reader wants.
Result<Descriptor> open_to_read(const std::filesystem::path& file, int flags) {
  struct stat info {};
  // Looked at before it is opened, because opening alone may do something to a
  // device, and after, because another may have taken its place.
  const int looked = (flags & O_NOFOLLOW) != 0 ? ::lstat(file.c_str(), &info) : ::stat(file.c_str(), &info);
  if (looked != 0) return failure("read", file, errno);
  if (S_ISLNK(info.st_mode))
    return Error{fmt::format("cannot read {}: it is a symbolic link, expected a regular file", file.string())};
  BB_CHECK(expect_regular(info, file));
  // Without O_NONBLOCK opening a pipe would wait for somebody to write.
  Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags));
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) return failure("read", file, errno);
  BB_CHECK(expect_regular(info, file));
  return fd;
}

Result<std::string> read_all(int fd, const std::filesystem::path& file, std::uint64_t bytes_max) {
  const auto too_large = [&] {
    return Error{fmt::format("cannot read {}: it is larger than {} bytes", file.string(), bytes_max)};
  };
  struct stat info {};
  if (::fstat(fd, &info) != 0) return failure("read", file, errno);
  if (static_cast<std::uint64_t>(info.st_size) > bytes_max) return too_large();
  std::string text;
  text.reserve(static_cast<std::size_t>(info.st_size));
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("read", file, errno);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > bytes_max) return too_large();
  }
}

}  // namespace

Result<std::string> read_text(const std::filesystem::path& file, std::uint64_t bytes_max) {
  BB_TRY(const Descriptor fd, open_to_read(file, 0));
  return read_all(fd.get(), file, bytes_max);
}

Result<OpenFile> open_regular_file(const std::filesystem::path& file) {
  BB_TRY(Descriptor fd, open_to_read(file, O_NOFOLLOW));
  OpenFile open(::fdopen(fd.get(), "rb"));
  if (!open) return failure("read", file, errno);
  fd.release();
  return open;
}

Result<std::string> read_regular_file(const std::filesystem::path& file, std::uint64_t bytes_max) {
  BB_TRY(const OpenFile open, open_regular_file(file));
  return read_all(::fileno(open.get()), file, bytes_max);
}

Status write_text(const std::filesystem::path& file, std::string_view text, Privacy privacy) {
  struct stat info {};
  if (::stat(file.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
    return write_in_place(file, text);
  auto temporary = file;
  temporary += ".new-" + to_hex(random_bytes(4));
  const mode_t mode = privacy == Privacy::private_ ? 0600 : 0666;  // the umask takes its part
  Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd.get() < 0) return failure("write", file, errno);
  auto status = write_all(fd.get(), text, file);
  if (status && fd.close() != 0) status = failure("write", file, errno);
  if (status && ::rename(temporary.c_str(), file.c_str()) != 0) status = failure("write", file, errno);
  if (!status) ::unlink(temporary.c_str());
  return status;
}

Status make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (error) return failure("make the folder", folder.parent_path(), error.value());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failure("make the folder", folder, errno);
  if (!std::filesystem::is_directory(folder)) return failure("make the folder", folder, ENOTDIR);
  return {};
}

}  // namespace bb
