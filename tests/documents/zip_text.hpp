// documents/zip_text.hpp - zip archives for tests, made in memory.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <utility>
#include <vector>

namespace bb::documents {

// An archive of files and their content; a name that ends with '@' is that of
// a link, one that ends with '^' has a zero byte there, one that ends with '!' is not in
// the directory, behind one that ends with '+' the archive goes on. Deflated, or as they are.
enum class Packing { deflate, store };

// The archive without a file in its directory (APPNOTE 4.3.12, 4.3.16); the file is still there.
inline std::string without_in_directory(std::string zip, const std::string& name) {
  const auto number = [&](std::size_t at, std::size_t count) {
    std::size_t value = 0;
    while (count > 0) value = value << 8 | static_cast<unsigned char>(zip[at + --count]);
    return value;
  };
  const auto at = zip.rfind(name) - 46;
  const auto length = 46 + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
  zip.erase(at, length);
  const auto end = zip.rfind("PK\x05\x06");
  for (const std::size_t count_at : {end + 8, end + 10}) zip[count_at] = static_cast<char>(zip[count_at] - 1);
  const auto size = number(end + 12, 4) - length;
  for (std::size_t i = 0; i < 4; ++i) zip[end + 12 + i] = static_cast<char>(size >> 8 * i & 0xFF);
  return zip;
}

inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files,
                          Packing packing = Packing::deflate) {
  std::size_t size = 1024;
  for (const auto& [name, content] : files) size += content.size() + 2 * name.size() + 512;
  std::string bytes(size, '\0');
  std::size_t used = 0;
  archive* zip = archive_write_new();
  archive_write_set_format_zip(zip);
  archive_write_set_options(zip, packing == Packing::store ? "zip:compression=store" : "zip:compression=deflate");
  archive_write_open_memory(zip, bytes.data(), bytes.size(), &used);
  for (const auto& [name, content] : files) {
    archive_entry* entry = archive_entry_new();
    const bool is_link = name.ends_with('@');
    archive_entry_set_pathname_utf8(entry, name.substr(0, name.size() - (is_link ? 1 : 0)).c_str());
    archive_entry_set_size(entry, is_link ? 0 : static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, is_link ? AE_IFLNK : AE_IFREG);
    if (is_link) archive_entry_set_symlink_utf8(entry, "elsewhere");
    archive_entry_set_perm(entry, 0644);
    archive_write_header(zip, entry);
    if (!is_link) archive_write_data(zip, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(zip);
  archive_write_free(zip);
  bytes.resize(used);
  for (const auto& [name, content] : files)
    if (name.ends_with('^'))
      for (auto at = bytes.find(name); at != std::string::npos; at = bytes.find(name, at))
        bytes[at + name.size() - 1] = '\0';
  for (const auto& [name, content] : files) {
    if (name.ends_with('!')) bytes = without_in_directory(std::move(bytes), name);
    if (name.ends_with('+')) bytes += "and more";
  }
  return bytes;
}

// The archive with another compression method at every entry (APPNOTE 4.4.5).
inline std::string with_method(std::string zip, char method) {
  for (const auto& [signature, method_at] : {std::pair<std::string, std::size_t>{"PK\x03\x04", 8}, {"PK\x01\x02", 10}})
    for (auto at = zip.find(signature); at != std::string::npos; at = zip.find(signature, at + 1))
      zip[at + method_at] = method;
  return zip;
}

// The archive with the encryption flag set at every entry (APPNOTE 4.4.4).
inline std::string encrypted(std::string zip) {
  for (const auto& [signature, flags_at] : {std::pair<std::string, std::size_t>{"PK\x03\x04", 6}, {"PK\x01\x02", 8}})
    for (auto at = zip.find(signature); at != std::string::npos; at = zip.find(signature, at + 1))
      zip[at + flags_at] = static_cast<char>(zip[at + flags_at] | 1);
  return zip;
}

}  // namespace bb::documents
