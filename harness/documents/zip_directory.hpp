// harness/documents/zip_directory.hpp - what the directory at the end of a zip archive
// says of its files, and whether each file's own header says the same.
//
// Programs go by the one or the other: where the two differ, they see different files.
// What of the archive's bytes no file is: zip_layout.hpp. PKWARE APPNOTE 4.3.7 (local
// header), 4.3.12 (directory), 4.3.14 to 4.3.16 (its end), 4.5.3 (ZIP64).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb::documents {

// In bytes, as the directory has it; places count from the beginning of the bytes.
struct ZipEntry {
  std::string_view name;  // of the bytes that were read
  std::uint64_t crc = 0;
  std::uint64_t packed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t header_at = 0;  // of the local header
};

struct ZipDirectory {
  std::vector<ZipEntry> entries;  // in the order of their headers, as far as they can be read
  // Of the directory, of the first record behind it that ends it (of ZIP64, where there is one), and
  // behind the last byte of the archive, its comment included.
  std::uint64_t begin = 0, end = 0, end_record_at = 0, archive_end = 0;
  std::uint64_t told_count = 0;  // how many files its end says that it has
  std::string zip64_problem;     // how the ZIP64 end of the directory is wrong; empty: it is not
};

// Nothing where the bytes have no end of a directory. Linear in the bytes.
std::optional<ZipDirectory> read_zip_directory(std::string_view bytes);

// What a file's own header says. `end` is behind its content and what is told behind that.
struct ZipHeader {
  std::string_view name;
  std::uint64_t crc = 0;
  std::uint64_t packed_size = 0;
  std::uint64_t size = 0;
  bool is_told_later = false;  // CRC and sizes stand behind the content
  std::uint64_t end = 0;
};

// Of an entry; nothing where no header stands at its place.
std::optional<ZipHeader> read_zip_header(std::string_view bytes, const ZipEntry& entry);

// How a file's own header differs from the directory; empty: it does not.
std::string difference_to_header(std::string_view bytes, const ZipEntry& entry);

// How what a file unpacks to differs from the directory; empty: it does not.
std::string difference_to_content(std::string_view content, const ZipEntry& entry);

// For messages.
std::string quoted_zip_name(std::string_view name);

}  // namespace bb::documents
