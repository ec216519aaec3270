#include "harness/documents/zip_directory.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

constexpr std::size_t end_bytes = 22, locator_bytes = 20, end64_bytes = 56, entry_bytes = 46, header_bytes = 30;
constexpr std::size_t is_told_later = 8;  // a flag
constexpr std::uint64_t in_zip64 = 0xFFFFFFFF, count_in_zip64 = 0xFFFF;

// Little endian; the bytes have to be there.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  while (count > 0) value = value << 8 | static_cast<unsigned char>(bytes[at + --count]);
  return value;
}

bool has_at(std::string_view bytes, std::uint64_t at, std::string_view signature) {
  return at <= bytes.size() && bytes.substr(at).starts_with(signature);
}

// 4.5.3: of the numbers that do not fit, in this order, those of 64 bits.
void read_zip64(std::string_view extra, std::initializer_list<std::uint64_t*> numbers) {
  while (extra.size() >= 4) {
    const auto length = std::min<std::size_t>(number(extra, 2, 2), extra.size() - 4);
    auto field = extra.substr(4, length);
    if (number(extra, 0, 2) == 1) {
      for (auto* one : numbers) {
        if (*one != in_zip64) continue;
        if (field.size() < 8) return;
        *one = number(field, 0, 8);
        field.remove_prefix(8);
      }
      return;
    }
    extra.remove_prefix(4 + length);
  }
}

struct DirectoryEnd {
  std::uint64_t count = 0, size = 0, begin = 0;
};

// 4.3.14, 4.3.15: where the end of ZIP64 stands; nothing where there is none.
std::optional<std::uint64_t> zip64_end_at(std::string_view bytes, std::uint64_t end_at) {
  if (end_at < locator_bytes || !has_at(bytes, end_at - locator_bytes, "PK\x06\x07")) return std::nullopt;
  const auto locator = end_at - locator_bytes;
  if (const auto told = number(bytes, locator + 8, 8);
      told + end64_bytes <= locator && has_at(bytes, told, "PK\x06\x06"))
    return told;
  // Behind something that stands before the archive.
  const auto found = bytes.substr(0, locator).rfind("PK\x06\x06");
  return found != std::string_view::npos && found + end64_bytes <= locator ? found : locator;
}

// What ZIP64 has in place of numbers that do not fit; how it is wrong otherwise.
std::string read_zip64_end(std::string_view bytes, std::uint64_t at, DirectoryEnd& end) {
  if (!has_at(bytes, at, "PK\x06\x06")) return "the ZIP64 locator leads to no end of the directory";
  const auto take = [&](std::uint64_t& value, std::uint64_t limit, std::size_t offset) {
    const auto wide = number(bytes, at + offset, 8);
    const bool is_same = value == limit || value == wide;
    if (value == limit) value = wide;
    return is_same;
  };
  const bool is_count_same = take(end.count, count_in_zip64, 32);
  const bool is_size_same = take(end.size, in_zip64, 40);
  const bool is_begin_same = take(end.begin, in_zip64, 48);
  return is_count_same && is_size_same && is_begin_same
             ? ""
             : "the end of the directory and its ZIP64 form tell different numbers";
}

// 4.3.9: CRC and sizes behind the content, with or without a signature, of 4 or 8 bytes each.
std::uint64_t told_later_bytes(std::string_view bytes, std::uint64_t at, const ZipEntry& entry) {
  const std::size_t signature = has_at(bytes, at, "PK\x07\x08") ? 4 : 0;
  for (const std::size_t width : {std::size_t{4}, std::size_t{8}}) {
    const auto length = signature + 4 + 2 * width;
    if (at + length <= bytes.size() && number(bytes, at + signature + 4, width) == entry.packed_size &&
        number(bytes, at + signature + 4 + width, width) == entry.size)
      return length;
  }
  return 0;
}

}  // namespace

std::string quoted_zip_name(std::string_view name) { return "'" + shorten(to_utf8_lossy(name), 200) + "'"; }

std::optional<ZipDirectory> read_zip_directory(std::string_view bytes) {
  const auto end_at = bytes.rfind("PK\x05\x06");
  if (end_at == std::string_view::npos || bytes.size() - end_at < end_bytes) return std::nullopt;
  ZipDirectory directory;
  directory.end_record_at = end_at;
  directory.archive_end = end_at + end_bytes + number(bytes, end_at + 20, 2);
  DirectoryEnd end{number(bytes, end_at + 10, 2), number(bytes, end_at + 12, 4), number(bytes, end_at + 16, 4)};
  if (const auto wide_at = zip64_end_at(bytes, end_at)) {
    directory.end_record_at = *wide_at;
    directory.zip64_problem = read_zip64_end(bytes, *wide_at, end);
  }
  directory.told_count = end.count;
  const auto limit = directory.end_record_at;
  auto at = end.begin;
  // Something may stand before the archive, a program that unpacks it: all places count from behind that.
  if ((at >= limit || !has_at(bytes, at, "PK\x01\x02")) && end.size <= limit) at = limit - end.size;
  directory.begin = directory.end = std::min(at, limit);
  if (at < end.begin) return directory;
  const auto before = at - end.begin;
  while (at + entry_bytes <= limit && has_at(bytes, at, "PK\x01\x02")) {
    const auto name_bytes = number(bytes, at + 28, 2), extra_bytes = number(bytes, at + 30, 2);
    ZipEntry entry{bytes.substr(at + entry_bytes, name_bytes), number(bytes, at + 16, 4), number(bytes, at + 20, 4),
                   number(bytes, at + 24, 4), number(bytes, at + 42, 4)};
    if (at + entry_bytes + name_bytes <= bytes.size())
      read_zip64(bytes.substr(at + entry_bytes + name_bytes, extra_bytes),
                 {&entry.size, &entry.packed_size, &entry.header_at});
    entry.header_at += before;
    directory.entries.push_back(entry);
    at += entry_bytes + name_bytes + extra_bytes + number(bytes, at + 32, 2);
  }
  directory.end = std::min(at, limit);
  std::stable_sort(directory.entries.begin(), directory.entries.end(),
                   [](const ZipEntry& a, const ZipEntry& b) { return a.header_at < b.header_at; });
  return directory;
}

std::optional<ZipHeader> read_zip_header(std::string_view bytes, const ZipEntry& entry) {
  const auto at = entry.header_at;
  if (at > bytes.size() || bytes.size() - at < header_bytes || !has_at(bytes, at, "PK\x03\x04")) return std::nullopt;
  const auto name_bytes = number(bytes, at + 26, 2), extra_bytes = number(bytes, at + 28, 2);
  ZipHeader header{bytes.substr(at + header_bytes, name_bytes),
                   number(bytes, at + 14, 4),
                   number(bytes, at + 18, 4),
                   number(bytes, at + 22, 4),
                   (number(bytes, at + 6, 2) & is_told_later) != 0,
                   0};
  const auto extra_at = at + header_bytes + name_bytes;
  if (extra_at <= bytes.size()) read_zip64(bytes.substr(extra_at, extra_bytes), {&header.size, &header.packed_size});
  const auto left = bytes.size() - std::min<std::uint64_t>(extra_at + extra_bytes, bytes.size());
  header.end = bytes.size() - left + std::min(entry.packed_size, left);
  if (header.is_told_later) header.end += told_later_bytes(bytes, header.end, entry);
  return header;
}

std::string difference_to_header(std::string_view bytes, const ZipEntry& entry) {
  const auto header = read_zip_header(bytes, entry);
  if (!header) return fmt::format("the archive's directory has it at byte {}, where no file begins", entry.header_at);
  if (header->name != entry.name)
    return fmt::format("its own header calls it {}, the archive's directory {}", quoted_zip_name(header->name),
                       quoted_zip_name(entry.name));
  if (header->is_told_later) return {};
  if (header->crc != entry.crc)
    return fmt::format("its own header has the CRC {:08x}, the archive's directory {:08x}", header->crc, entry.crc);
  if (header->packed_size != entry.packed_size || header->size != entry.size)
    return fmt::format("its own header has the sizes {} and {}, the archive's directory {} and {}", header->packed_size,
                       header->size, entry.packed_size, entry.size);
  return {};
}

std::string difference_to_content(std::string_view content, const ZipEntry& entry) {
  if (content.size() != entry.size)
    return fmt::format("it unpacks to {} bytes, the archive's directory says {}", content.size(), entry.size);
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
  return crc == entry.crc ? "" : fmt::format("its CRC is {:08x}, the archive's directory says {:08x}", crc, entry.crc);
}

}  // namespace bb::documents
