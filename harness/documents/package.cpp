#include "harness/documents/package.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/documents/zip_directory.hpp"

namespace bb::documents {
namespace {

struct FreeArchive {
  void operator()(archive* one) const { archive_read_free(one); }
};

std::string why(archive* archive) {
  const char* const text = archive_error_string(archive);
  return text == nullptr ? "no reason is given" : shorten(collapse_whitespace(to_utf8_lossy(text)), 200);
}

// Of the entry whose header was read last, from "ZIP 2.0 (deflation)". The others
// take as much memory as an archive tells them: 4 GiB for an LZMA dictionary.
std::string method_of(archive* archive) {
  const char* const text = archive_format_name(archive);
  const std::string_view name = text == nullptr ? "" : text;
  const auto begin = name.find('(');
  const auto end = name.find(')');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return "not known";
  return std::string(name.substr(begin + 1, end - begin - 1));
}

class Reader {
 public:
  Reader(std::string_view bytes, const PackageLimits& limits) : bytes_(bytes), limits_(limits) {}

  // Every file's content to `take`.
  std::optional<std::string> run(const std::function<void(const PackageEntry&)>& take) {
    if (auto directory = read_zip_directory(bytes_)) directory_ = std::move(directory->entries);
    // libarchive passes over those whose header another one has.
    directory_.erase(std::unique(directory_.begin(), directory_.end(),
                                 [](const ZipEntry& a, const ZipEntry& b) { return a.header_at == b.header_at; }),
                     directory_.end());
    archive_.reset(archive_read_new());
    if (archive_ == nullptr || archive_read_support_format_zip_seekable(archive_.get()) != ARCHIVE_OK ||
        archive_read_open_memory(archive_.get(), bytes_.data(), bytes_.size()) != ARCHIVE_OK)
      return "damaged zip archive: " + (archive_ == nullptr ? std::string("no memory") : why(archive_.get()));
    for (std::size_t count = 0;; ++count) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(archive_.get(), &entry);
      if (status == ARCHIVE_EOF) return std::nullopt;
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return "damaged zip archive: " + why(archive_.get());
      if (count == limits_.entry_count_max)
        return fmt::format("the archive has more than {} entries", limits_.entry_count_max);
      if (archive_entry_filetype(entry) == AE_IFDIR) continue;
      if (auto end = read_entry(entry, count < directory_.size() ? &directory_[count] : nullptr, take)) return end;
    }
  }

 private:
  static std::string name_of(archive_entry* entry) {
    if (const char* const name = archive_entry_pathname_utf8(entry)) return name;
    if (const char* const name = archive_entry_pathname(entry)) return to_utf8_lossy(name);
    return "(no name)";
  }

  std::optional<std::string> read_entry(archive_entry* entry, const ZipEntry* said,
                                        const std::function<void(const PackageEntry&)>& take) {
    PackageEntry one;
    one.name = name_of(entry);
    if (archive_entry_filetype(entry) != AE_IFREG) {
      one.problem = "it is a link or a device, no file";
      take(one);
      return std::nullopt;
    }
    if (archive_entry_is_encrypted(entry) != 0) {
      one.problem = "it is encrypted";
      take(one);
      return std::nullopt;
    }
    if (const auto method = method_of(archive_.get()); method != "uncompressed" && method != "deflation") {
      one.problem = fmt::format("its compression is not read: {}, expected none or deflate", method);
      take(one);
      return std::nullopt;
    }
    if (said != nullptr) one.problem = difference_to_header(bytes_, *said);
    if (!one.problem.empty()) {
      take(one);
      return std::nullopt;
    }
    std::string content;
    std::array<char, 65536> buffer;
    for (;;) {
      const auto count = archive_read_data(archive_.get(), buffer.data(), buffer.size());
      if (count == 0) break;
      if (count < 0) {
        one.problem = "it is damaged: " + why(archive_.get());
        take(one);
        if (count == ARCHIVE_FATAL) return "damaged zip archive: " + why(archive_.get());
        return std::nullopt;
      }
      content.append(buffer.data(), static_cast<std::size_t>(count));
      byte_count_ += static_cast<std::uint64_t>(count);
      if (byte_count_ > limits_.bytes_max)
        return fmt::format("the archive unpacks to more than {} bytes", limits_.bytes_max);
      if (byte_count_ > limits_.ratio_from_bytes && byte_count_ / bytes_.size() >= limits_.ratio_max)
        return fmt::format("the archive unpacks to more than {} times its size", limits_.ratio_max);
      if (content.size() > limits_.entry_bytes_max) {
        one.problem = fmt::format("it unpacks to more than {} bytes", limits_.entry_bytes_max);
        take(one);
        return std::nullopt;
      }
    }
    if (said != nullptr) one.problem = difference_to_content(content, *said);
    if (one.problem.empty()) one.bytes = content;
    take(one);
    return std::nullopt;
  }

  std::string_view bytes_;
  const PackageLimits& limits_;
  std::unique_ptr<archive, FreeArchive> archive_;
  std::vector<ZipEntry> directory_;
  std::uint64_t byte_count_ = 0;  // unpacked so far
};

}  // namespace

bool is_package(std::string_view bytes) { return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06"); }

bool is_unsafe_name(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.front() == '\\' || name.find(':') != std::string_view::npos)
    return true;
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) return true;
  const auto parts = split(replace_all(name, "\\", "/"), '/');
  return std::find(parts.begin(), parts.end(), "..") != parts.end();
}

std::optional<std::string> read_package(std::string_view bytes, const PackageLimits& limits,
                                        const std::function<void(const PackageEntry&)>& take) {
  return Reader(bytes, limits).run(take);
}

}  // namespace bb::documents
