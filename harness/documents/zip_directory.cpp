#include "harness/documents/zip_directory.hpp"

#include <zlib.h>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

constexpr std::size_t end_bytes = 22, entry_bytes = 46, header_bytes = 30;
constexpr std::size_t is_told_later = 8;  // a flag: CRC and sizes stand behind the content

// Little endian; the bytes have to be there.
std::size_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  while (count > 0) value = value << 8 | static_cast<unsigned char>(bytes[at + --count]);
  return value;
}

std::string quoted(std::string_view name) { return "'" + shorten(to_utf8_lossy(name), 200) + "'"; }

}  // namespace

std::vector<ZipEntry> read_zip_directory(std::string_view bytes) {
  std::vector<ZipEntry> entries;
  const auto end = bytes.rfind("PK\x05\x06");
  if (end == std::string_view::npos || bytes.size() - end < end_bytes) return entries;
  const auto size = number(bytes, end + 12, 4), told_at = number(bytes, end + 16, 4);
  auto at = told_at;
  // Something may stand before the archive, a program that unpacks it: all places count from behind that.
  if ((at >= end || !bytes.substr(at).starts_with("PK\x01\x02")) && size <= end) at = end - size;
  if (at < told_at) return entries;
  const auto before = at - told_at;
  while (at + entry_bytes <= end && bytes.substr(at).starts_with("PK\x01\x02")) {
    const auto length = number(bytes, at + 28, 2);
    entries.push_back({bytes.substr(at + entry_bytes, length), number(bytes, at + 16, 4), number(bytes, at + 20, 4),
                       number(bytes, at + 24, 4), before + number(bytes, at + 42, 4)});
    at += entry_bytes + length + number(bytes, at + 30, 2) + number(bytes, at + 32, 2);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const ZipEntry& a, const ZipEntry& b) { return a.header_at < b.header_at; });
  return entries;
}

std::string difference_to_header(std::string_view bytes, const ZipEntry& entry) {
  const auto at = entry.header_at;
  if (at + header_bytes > bytes.size() || !bytes.substr(at).starts_with("PK\x03\x04")) return {};
  const auto name = bytes.substr(at + header_bytes, number(bytes, at + 26, 2));
  if (name != entry.name)
    return fmt::format("its own header calls it {}, the archive's directory {}", quoted(name), quoted(entry.name));
  if ((number(bytes, at + 6, 2) & is_told_later) != 0) return {};
  const auto crc = number(bytes, at + 14, 4);
  if (crc != entry.crc)
    return fmt::format("its own header has the CRC {:08x}, the archive's directory {:08x}", crc, entry.crc);
  const auto differs = [&](std::size_t said_at, std::size_t expected) {
    const auto said = number(bytes, said_at, 4);
    return said != expected && said != ZipEntry::not_said && expected != ZipEntry::not_said;
  };
  if (differs(at + 18, entry.packed_size) || differs(at + 22, entry.size))
    return fmt::format("its own header has the sizes {} and {}, the archive's directory {} and {}",
                       number(bytes, at + 18, 4), number(bytes, at + 22, 4), entry.packed_size, entry.size);
  return {};
}

std::string difference_to_content(std::string_view content, const ZipEntry& entry) {
  if (entry.size != ZipEntry::not_said && content.size() != entry.size)
    return fmt::format("it unpacks to {} bytes, the archive's directory says {}", content.size(), entry.size);
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
  return crc == entry.crc ? "" : fmt::format("its CRC is {:08x}, the archive's directory says {:08x}", crc, entry.crc);
}

}  // namespace bb::documents
