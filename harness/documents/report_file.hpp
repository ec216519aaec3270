// harness/documents/report_file.hpp - a file that is written piece by piece and
// is there whole or not at all.
//
// It is made beside its place with mode 0600, because reports show documents, and
// put there at the end. A device or pipe is written to directly.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string_view>

#include <bb/core/files.hpp>
#include <bb/core/result.hpp>

namespace bb::documents {

class ReportFile {
 public:
  static Result<ReportFile> create(const std::filesystem::path& file);
  ReportFile(ReportFile&& other) noexcept;
  ReportFile& operator=(ReportFile&&) = delete;
  ~ReportFile();  // what is not finished is removed

  // A failed write is told by finish().
  void append(std::string_view text);
  Status finish();

 private:
  ReportFile(std::filesystem::path file, std::filesystem::path temporary, OpenFile open)
      : file_(std::move(file)), temporary_(std::move(temporary)), open_(std::move(open)) {}

  std::filesystem::path file_;
  std::filesystem::path temporary_;  // empty: written in place, or finished
  OpenFile open_;
  int error_ = 0;  // errno of the first write that failed
};

}  // namespace bb::documents
