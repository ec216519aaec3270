// harness/documents/zip_layout.hpp - what in a zip archive is no file of its directory:
// files that only their own header tells, two archives joined, bytes of nothing.
//
// A program that reads from the beginning sees them, one that goes by the directory
// does not. PKWARE APPNOTE 4.3.6 (the archive as a whole).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/documents/zip_directory.hpp"

namespace bb::documents {

struct ZipDeviation {
  // "unlisted": a file's header that is not in the directory; "missing": a file of the directory that has no
  // header; "overlap": two files of the same bytes; "count": the directory ends with another number; "zip64";
  // "data": bytes before, between or behind files and directory.
  std::string_view kind;
  std::string what;       // for people, with the place: "32 bytes before the first file"
  std::string_view name;  // of the file; of the bytes that were read
};

inline constexpr std::size_t zip_deviations_max = 100;

// In the order of their places, at most zip_deviations_max. Linear in the bytes.
std::vector<ZipDeviation> zip_deviations(std::string_view bytes, const ZipDirectory& directory);

}  // namespace bb::documents
