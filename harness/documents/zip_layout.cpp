#include "harness/documents/zip_layout.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

class Layout {
 public:
  Layout(std::string_view bytes, const ZipDirectory& directory) : bytes_(bytes), directory_(directory) {}

  std::vector<ZipDeviation> run() {
    std::uint64_t at = 0;
    std::string_view last;
    for (const auto& entry : directory_.entries) {
      const auto header = read_zip_header(bytes_, entry);
      if (!header) {
        add("missing",
            fmt::format("{} would begin at byte {}, where no file does", quoted_zip_name(entry.name), entry.header_at),
            entry.name);
        continue;
      }
      if (entry.header_at < at)
        add("overlap",
            fmt::format("{} begins at byte {}, inside of {}", quoted_zip_name(entry.name), entry.header_at,
                        quoted_zip_name(last)),
            entry.name);
      else
        look_at_gap(at, entry.header_at, at == 0 ? "before the first file" : "behind " + quoted_zip_name(last));
      at = std::max(at, header->end);
      last = entry.name;
    }
    if (at > directory_.begin)
      add("overlap", fmt::format("{} goes on into the directory", quoted_zip_name(last)), last);
    look_at_gap(at, directory_.begin, at == 0 ? "before the directory" : "behind " + quoted_zip_name(last));
    // 4.3.13: a signature may stand behind the directory.
    if (!bytes_.substr(std::min<std::size_t>(directory_.end, bytes_.size())).starts_with("PK\x05\x05"))
      look_at_gap(directory_.end, directory_.end_record_at, "behind the directory");
    if (directory_.told_count != directory_.entries.size())
      add("count", fmt::format("the directory has {}, its end says {}", counted(directory_.entries.size(), "file"),
                               directory_.told_count));
    if (!directory_.zip64_problem.empty()) add("zip64", directory_.zip64_problem);
    look_at_gap(directory_.archive_end, bytes_.size(), "behind the archive");
    return std::move(deviations_);
  }

 private:
  void add(std::string_view kind, std::string what, std::string_view name = {}) {
    if (deviations_.size() < zip_deviations_max) deviations_.push_back({kind, std::move(what), name});
  }

  void look_at_gap(std::uint64_t begin, std::uint64_t end, const std::string& where) {
    if (begin >= end || end > bytes_.size()) return;
    const auto gap = bytes_.substr(begin, end - begin);
    bool has_file = false;
    for (auto at = gap.find("PK\x03\x04"); at != std::string_view::npos; at = gap.find("PK\x03\x04", at + 4)) {
      const ZipEntry unlisted{.name = {}, .header_at = begin + at};
      const auto header = read_zip_header(bytes_, unlisted);
      if (!header) continue;
      has_file = true;
      add("unlisted",
          fmt::format("{} at byte {}, {}, is not in the directory", quoted_zip_name(header->name), begin + at, where),
          header->name);
    }
    if (!has_file) add("data", fmt::format("{} {}, at byte {}", counted(gap.size(), "byte"), where, begin));
  }

  std::string_view bytes_;
  const ZipDirectory& directory_;
  std::vector<ZipDeviation> deviations_;
};

}  // namespace

std::vector<ZipDeviation> zip_deviations(std::string_view bytes, const ZipDirectory& directory) {
  return Layout(bytes, directory).run();
}

}  // namespace bb::documents
