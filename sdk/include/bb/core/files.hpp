// bb/core/files.hpp - reading and writing whole files, bounded and atomic.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb {

inline constexpr std::uint64_t file_bytes_max = 256ull * 1024 * 1024;

// The whole file, also through symbolic links. A file over `bytes_max`, an
// unreadable one and whatever is no regular file (a pipe would wait, a device
// may never end) are errors that name the path; none is waited for.
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& file,
                                            std::uint64_t bytes_max = file_bytes_max);

// For files that may come from anybody: opens for reading, and refuses symbolic
// links too.
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;
[[nodiscard]] Result<OpenFile> open_regular_file(const std::filesystem::path& file);

// As read_text(), of what open_regular_file() opens.
[[nodiscard]] Result<std::string> read_regular_file(const std::filesystem::path& file,
                                                    std::uint64_t bytes_max = file_bytes_max);

// Writes beside the destination and renames, so that a reader sees the old
// content or the new one, never a half. Mode 0600 where `is_private`. A
// destination that is a device or a pipe is written to and stays what it is.
enum class Privacy { shared, private_ };
[[nodiscard]] Status write_text(const std::filesystem::path& file, std::string_view text,
                                Privacy privacy = Privacy::shared);

// Makes a folder (and its parents) with mode 0700 for the last one.
[[nodiscard]] Status make_private_folder(const std::filesystem::path& folder);

}  // namespace bb
