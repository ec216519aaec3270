#include <bb/xdr/zip_file.hpp>

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string_view>

namespace bb::xdr {
namespace {

// What every zip tool takes for a time: it cannot be before 1980.
constexpr std::int64_t entry_time_unix_s = 315'619'200;  // 1980-01-02

struct FreeArchive {
  void operator()(archive* one) const { archive_write_free(one); }
  void operator()(archive_entry* one) const { archive_entry_free(one); }
};

la_ssize_t append(archive*, void* to, const void* bytes, std::size_t size) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

Error failure_of(archive* writer) {
  const char* const text = writer == nullptr ? nullptr : archive_error_string(writer);
  return Error{std::string("the zip archive could not be written: ") + (text == nullptr ? "no reason is given" : text)};
}

}  // namespace

Result<std::string> write_zip(const std::vector<ZipFile>& files) {
  std::string bytes;
  const std::unique_ptr<archive, FreeArchive> writer(archive_write_new());
  const auto is_done = [](int status) { return status == ARCHIVE_OK; };
  // Receivers are asked for plain zip alone; the extensions for large files are left out.
  if (writer == nullptr || !is_done(archive_write_set_format_zip(writer.get())) ||
      !is_done(archive_write_set_options(writer.get(), "zip:compression=deflate,zip:!zip64")) ||
      !is_done(archive_write_set_bytes_in_last_block(writer.get(), 1)) ||
      !is_done(archive_write_open(writer.get(), &bytes, nullptr, append, nullptr)))
    return failure_of(writer.get());
  for (const auto& file : files) {
    const std::unique_ptr<archive_entry, FreeArchive> entry(archive_entry_new());
    if (entry == nullptr) return failure_of(nullptr);
    archive_entry_set_pathname(entry.get(), file.name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), entry_time_unix_s, 0);
    if (!is_done(archive_write_header(writer.get(), entry.get())) ||
        archive_write_data(writer.get(), file.bytes.data(), file.bytes.size()) !=
            static_cast<la_ssize_t>(file.bytes.size()))
      return failure_of(writer.get());
  }
  if (!is_done(archive_write_close(writer.get()))) return failure_of(writer.get());
  return bytes;
}

}  // namespace bb::xdr
