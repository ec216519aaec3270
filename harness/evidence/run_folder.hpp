// harness/evidence/run_folder.hpp - the folder of one run on disk.
//
//   <time>-<id>/    mode 0700; no ':', '[' or ']' in any name
//     run.json      what was run; written once, by the engine
//     events.ndjson one event a line, append-only, one write() a line
//     blobs/        bodies, each named by its SHA-256
//     unmasked/     mode 0700; of a run that is to be masked, until it has ended: these
//                   three as they were written. Beside it lies what is masked
//
// A blob is complete on disk before the event that names it is written, so a
// run that is killed at any moment can be read: docs/reference/events.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <bb/core/result.hpp>

namespace bb::evidence {

inline constexpr std::string_view events_format = "bluebridge-events/1";
inline constexpr std::string_view run_file_name = "run.json";
inline constexpr std::string_view events_file_name = "events.ndjson";
inline constexpr std::string_view blobs_folder_name = "blobs";
inline constexpr std::string_view unmasked_folder_name = "unmasked";

// Where the events of a run are written: the folder itself, or its part `unmasked`.
enum class Layout { plain, to_be_masked };
// Of a run folder, which may be there or not; `unmasked` where events lie in it.
std::filesystem::path written_folder(const std::filesystem::path& run);
// The run folder that a folder with events belongs to: its parent where it is an `unmasked`.
std::filesystem::path run_of_written(const std::filesystem::path& folder);

// Whether an event goes out with the next one that is not held, has reached
// the kernel (a killed program loses nothing) or the disk (a power cut loses
// nothing). Held is what another event follows without anything done between.
enum class Durability { held, written, synced };

// The writing side. One process writes to a run at a time: a lock of the event
// file, which the kernel lets go of when the process ends. [any thread]
class RunFolder {
 public:
  // Makes <out>/<time>-<id>/ with its parts, `out` too when it is not there.
  static Result<std::unique_ptr<RunFolder>> create(const std::filesystem::path& out, std::int64_t started_unix_ns,
                                                   Layout layout = Layout::plain);
  // A run that was begun before, to go on with. Nothing in it is changed before
  // the first append(), which cuts a torn last line off: nobody can read it, and
  // the next line must not stand behind it. The error says too where another
  // process has the run.
  static Result<std::unique_ptr<RunFolder>> open(const std::filesystem::path& folder);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  // Where events are written.
  const std::filesystem::path& path() const { return path_; }
  const std::string& id() const { return id_; }  // 8 hex digits; of a folder opened again as its name has it
  // Of the torn last line that open() found.
  std::int64_t torn_bytes() const { return torn_bytes_; }

  // Appends lines, each ended by its line feed. `held` is as good as `written` here.
  Status append(std::string_view lines, Durability durability);
  // Keeps bytes and returns their name under blobs/.
  Result<std::string> put_blob(std::string_view bytes);

 private:
  RunFolder() = default;
  Status lock();
  Status find_torn_line();
  Status cut_torn_line();
  std::filesystem::path path_;
  std::string id_;
  std::int64_t torn_bytes_ = 0;
  int events_ = -1;  // file descriptor
  std::mutex cut_mutex_;
  std::optional<std::int64_t> cut_at_;  // where the torn line begins, until it is cut off
  std::mutex blobs_mutex_;
  std::unordered_set<std::string> blobs_;
};

// Whether a text is a name that put_blob() gives: 64 lower-case hex digits.
bool is_blob_name(std::string_view name);

}  // namespace bb::evidence
