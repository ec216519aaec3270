#include "harness/bundle/mask_run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/bundle/contents.hpp"
#include "harness/bundle/redact.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/run_view.hpp"
#include "harness/report/report.hpp"

namespace bb::bundle {
namespace {

namespace fs = std::filesystem;

// Made whole before it takes the place of what was masked before.
constexpr std::string_view new_folder_name = "masking";

// One process at a time masks a run. The kernel lets go of it when the process ends.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    why_ = errno == EWOULDBLOCK ? "another process is masking this run; wait until it has ended"
                                : std::generic_category().message(errno);
  }
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  const std::string& why_not() const { return why_; }

 private:
  int fd_;
  std::string why_;
};

Status take_away(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? Status(Error{fmt::format("{}: {}", path.string(), error.message())}) : Status();
}

// What a masked run consists of; its events last, since without them there is no run to read.
std::vector<std::string_view> parts_of_run() {
  std::vector<std::string_view> parts = {evidence::blobs_folder_name, evidence::run_file_name, manifest_file_name,
                                         signature_file_name};
  for (const auto& [format, name] : report::standard_reports) parts.push_back(name);
  parts.push_back(evidence::events_file_name);
  return parts;
}

Status put_in_place(const fs::path& run, const fs::path& made) {
  const auto parts = parts_of_run();
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) BB_CHECK(take_away(run / *part));
  for (const auto part : parts) {
    std::error_code error;
    if (!fs::exists(fs::symlink_status(made / part, error))) continue;
    fs::rename(made / part, run / part, error);
    if (error) return Error{fmt::format("{}: {}", (run / part).string(), error.message())};
  }
  return take_away(made);
}

}  // namespace

bool is_to_be_masked(const fs::path& run) {
  std::error_code ignored;
  return fs::is_directory(fs::symlink_status(run / evidence::unmasked_folder_name, ignored));
}

Status mask_run(const fs::path& run) {
  const FolderLock lock(run);
  if (!lock.why_not().empty()) return Error{fmt::format("{}: {}", run.string(), lock.why_not())};
  const fs::path unmasked = run / evidence::unmasked_folder_name;
  if (evidence::written_folder(run) == unmasked) {
    const fs::path made = run / new_folder_name;
    BB_CHECK(take_away(made));
    BB_TRY(const auto redacted, redact(unmasked, made));
    BB_CHECK(put_in_place(run, redacted.folder));
  }
  BB_TRY(const auto masked, evidence::read_run(run));
  if (!masked.is_complete) return {};
  // Without its events nobody takes the rest for a run, should this be killed between.
  BB_CHECK(take_away(unmasked / evidence::events_file_name));
  return take_away(unmasked);
}

}  // namespace bb::bundle
