#include "harness/documents/report_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/descriptor.hpp>

namespace bb::documents {
namespace {

Error cannot_write(const std::filesystem::path& file, int error) {
  return Error{fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(error))};
}

}  // namespace

Result<ReportFile> ReportFile::create(const std::filesystem::path& file) {
  struct stat info {};
  const bool is_in_place = ::stat(file.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
  std::filesystem::path temporary;
  if (!is_in_place) {
    temporary = file;
    temporary += ".new-" + to_hex(random_bytes(4));
  }
  Descriptor number(is_in_place ? ::open(file.c_str(), O_WRONLY | O_CLOEXEC)
                                : ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (number.get() < 0) return cannot_write(file, errno);
  OpenFile open(::fdopen(number.get(), "wb"));
  if (open == nullptr) return cannot_write(file, errno);
  number.release();
  return ReportFile(file, std::move(temporary), std::move(open));
}

ReportFile::ReportFile(ReportFile&& other) noexcept
    : file_(std::move(other.file_)),
      temporary_(std::exchange(other.temporary_, {})),
      open_(std::move(other.open_)),
      error_(other.error_) {}

ReportFile::~ReportFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void ReportFile::append(std::string_view text) {
  if (error_ == 0 && std::fwrite(text.data(), 1, text.size(), open_.get()) != text.size()) error_ = errno;
}

Status ReportFile::finish() {
  // What is still held is written by closing.
  if (std::fclose(open_.release()) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0 && !temporary_.empty() && ::rename(temporary_.c_str(), file_.c_str()) != 0) error_ = errno;
  if (error_ != 0) return cannot_write(file_, error_);
  temporary_.clear();
  return {};
}

}  // namespace bb::documents
