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

namespace bb {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  int close() { return ::close(release()); }

 private:
  int fd_;
};

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

Result<std::string> read_all(int fd, const std::filesystem::path& file, std::uint64_t bytes_max) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return failure("read", file, errno);
  if (S_ISDIR(info.st_mode)) return Error{fmt::format("cannot read {}: it is a folder", file.string())};
  std::string text;
  if (S_ISREG(info.st_mode)) text.reserve(static_cast<std::size_t>(info.st_size));
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("read", file, errno);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > bytes_max)
      return Error{fmt::format("cannot read {}: it is larger than {} bytes", file.string(), bytes_max)};
  }
}

}  // namespace

Result<std::string> read_text(const std::filesystem::path& file, std::uint64_t bytes_max) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return failure("read", file, errno);
  return read_all(fd.get(), file, bytes_max);
}

Result<OpenFile> open_regular_file(const std::filesystem::path& file) {
  // Without O_NONBLOCK opening a pipe would wait for somebody to write.
  Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (fd.get() < 0 && errno == ELOOP)
    return Error{fmt::format("cannot read {}: it is a symbolic link, expected a regular file", file.string())};
  if (fd.get() < 0) return failure("read", file, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return failure("read", file, errno);
  if (!S_ISREG(info.st_mode)) return Error{fmt::format("cannot read {}: it is no regular file", file.string())};
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
