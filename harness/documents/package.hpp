// harness/documents/package.hpp - the files of a zip archive, one after another.
//
// Bounded in every direction and from memory alone: nothing of an archive is
// written to disk, its names are shown and never used as paths. libarchive stays
// in package.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb::documents {

struct PackageLimits {
  std::size_t entry_count_max = 100'000;
  std::uint64_t entry_bytes_max = 64ull * 1024 * 1024;  // of one entry, unpacked
  std::uint64_t bytes_max = 1024ull * 1024 * 1024;      // of all entries, unpacked
  // Of what is unpacked to what is packed, once `ratio_from_bytes` are unpacked:
  // deflate reaches 1000, clinical documents 50.
  std::uint64_t ratio_max = 200;
  std::uint64_t ratio_from_bytes = 16ull * 1024 * 1024;
};

// A regular file of an archive. Only what is stored or deflated is read, and what
// the archive's directory and the file's own header tell alike.
struct PackageEntry {
  std::string name;        // as the archive has it
  std::string_view bytes;  // for the call that it is given to
  std::string problem;     // why it cannot be had; `bytes` is then empty
};

// Whether the bytes begin as a zip archive does.
bool is_package(std::string_view bytes);

// Whether a name would leave the folder that the archive is unpacked into, or be
// something else than a plain name on some system: "../a", "/a", "C:a", "a\\..\\b".
bool is_unsafe_name(std::string_view name);

// Gives each file in the archive's order. What comes back is what ended the
// reading before the end: damage, or a limit.
std::optional<std::string> read_package(std::string_view bytes, const PackageLimits& limits,
                                        const std::function<void(const PackageEntry&)>& take);

}  // namespace bb::documents
