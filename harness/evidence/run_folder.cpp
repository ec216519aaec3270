#include "harness/evidence/run_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/time.hpp>

namespace bb::evidence {
namespace {

Error file_error(std::string_view what, const std::filesystem::path& file) {
  return Error{fmt::format("{}: {}: {}", file.string(), what, std::generic_category().message(errno))};
}

// "20261121T222548Z": sorts by time and needs no character that a file system
// or a shell treats specially.
std::string folder_time(std::int64_t unix_ns) {
  std::string text = format_utc(unix_ns).substr(0, 19);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "Z";
}

}  // namespace

std::filesystem::path written_folder(const std::filesystem::path& run) {
  std::error_code ignored;
  const auto unmasked = run / unmasked_folder_name;
  return std::filesystem::exists(unmasked / events_file_name, ignored) ? unmasked : run;
}

std::filesystem::path run_of_written(const std::filesystem::path& folder) {
  auto path = folder.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "RUN/unmasked/"
  return path.filename() == unmasked_folder_name ? path.parent_path() : path;
}

Result<std::unique_ptr<RunFolder>> RunFolder::create(const std::filesystem::path& out, std::int64_t started_unix_ns,
                                                     Layout layout) {
  std::unique_ptr<RunFolder> folder(new RunFolder);
  std::error_code error;
  folder->path_ = std::filesystem::absolute(out, error);
  if (error) return Error{fmt::format("{}: {}", out.string(), error.message())};
  folder->id_ = to_hex(random_bytes(4));
  folder->path_ /= folder_time(started_unix_ns) + "-" + folder->id_;
  BB_CHECK(make_private_folder(folder->path_));
  if (layout == Layout::to_be_masked) folder->path_ /= unmasked_folder_name;
  BB_CHECK(make_private_folder(folder->path_));
  BB_CHECK(make_private_folder(folder->path_ / blobs_folder_name));
  const auto events = folder->path_ / events_file_name;
  folder->events_ = ::open(events.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (folder->events_ < 0) return file_error("the event file could not be made", events);
  BB_CHECK(folder->lock());
  return folder;
}

Result<std::unique_ptr<RunFolder>> RunFolder::open(const std::filesystem::path& folder) {
  std::unique_ptr<RunFolder> opened(new RunFolder);
  std::error_code error;
  opened->path_ = std::filesystem::absolute(folder, error);
  if (error) return Error{fmt::format("{}: {}", folder.string(), error.message())};
  const auto events = opened->path_ / events_file_name;
  BB_CHECK(open_regular_file(events));
  opened->events_ = ::open(events.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
  if (opened->events_ < 0) return file_error("the run cannot be gone on with", events);
  BB_CHECK(opened->lock());
  BB_CHECK(opened->find_torn_line());
  const std::string name = run_of_written(opened->path_).filename().string();
  opened->id_ = name.substr(name.rfind('-') + 1);
  return opened;
}

Status RunFolder::lock() {
  if (::flock(events_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK)
    return Error{fmt::format("{}: another process is writing to this run; wait until it has ended", path_.string())};
  return file_error("the event file could not be locked", path_ / events_file_name);
}

Status RunFolder::find_torn_line() {
  const auto events = path_ / events_file_name;
  struct stat info = {};
  if (::fstat(events_, &info) != 0) return file_error("the event file cannot be read", events);
  constexpr std::size_t piece_bytes = 64 * 1024;
  std::string piece;
  for (off_t end = info.st_size; end > 0;) {
    const auto bytes = static_cast<std::size_t>(std::min<off_t>(end, piece_bytes));
    piece.resize(bytes);
    const auto begin = end - static_cast<off_t>(bytes);
    if (::pread(events_, piece.data(), bytes, begin) != static_cast<ssize_t>(bytes))
      return file_error("the event file cannot be read", events);
    const auto feed = piece.rfind('\n');
    end = feed == std::string::npos ? begin : begin + static_cast<off_t>(feed) + 1;
    if (feed == std::string::npos && end > 0) continue;
    torn_bytes_ = info.st_size - end;
    if (torn_bytes_ > 0) cut_at_ = end;
    return {};
  }
  return {};
}

Status RunFolder::cut_torn_line() {
  const std::lock_guard lock(cut_mutex_);
  if (cut_at_ && ::ftruncate(events_, *cut_at_) != 0)
    return file_error("the torn last line could not be cut off", path_ / events_file_name);
  cut_at_.reset();
  return {};
}

RunFolder::~RunFolder() {
  if (events_ >= 0) ::close(events_);
}

Status RunFolder::append(std::string_view lines, Durability durability) {
  // One write() for whole lines: with O_APPEND those of several threads never
  // mix, and a kill tears at most the last line being written.
  if (!lines.empty()) BB_CHECK(cut_torn_line());
  while (!lines.empty()) {
    const auto written = ::write(events_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error("an event could not be written", path_ / events_file_name);
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  if (durability == Durability::synced && ::fdatasync(events_) != 0)
    return file_error("an event could not be brought to the disk", path_ / events_file_name);
  return {};
}

Result<std::string> RunFolder::put_blob(std::string_view bytes) {
  std::string name = sha256_hex(bytes);
  const std::lock_guard lock(blobs_mutex_);
  if (blobs_.contains(name)) return name;
  BB_CHECK(write_text(path_ / blobs_folder_name / name, bytes, Privacy::private_));
  blobs_.insert(name);
  return name;
}

bool is_blob_name(std::string_view name) {
  return name.size() == 64 &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace bb::evidence
