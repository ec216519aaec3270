// harness/documents/zip_directory.hpp - what the directory at the end of a zip archive
// says of its files, and whether each file's own header says the same.
//
// Programs go by the one or the other: where the two differ, they see different files.
// PKWARE APPNOTE 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (its end).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bb::documents {

// In bytes, as the directory has it; a number of ZIP64 is `not_said`.
struct ZipEntry {
  static constexpr std::size_t not_said = 0xFFFFFFFF;
  std::string_view name;  // of the bytes that were read
  std::size_t crc = 0;
  std::size_t packed_size = 0;
  std::size_t size = 0;
  std::size_t header_at = 0;  // of the local header, from the beginning of the bytes
};

// In the order of their headers, as far as the directory can be read.
std::vector<ZipEntry> read_zip_directory(std::string_view bytes);

// How a file's own header differs from the directory; empty: it does not.
std::string difference_to_header(std::string_view bytes, const ZipEntry& entry);

// How what a file unpacks to differs from the directory; empty: it does not.
std::string difference_to_content(std::string_view content, const ZipEntry& entry);

}  // namespace bb::documents
