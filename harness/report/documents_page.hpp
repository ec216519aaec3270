// harness/report/documents_page.hpp - a page of checked documents, each with its
// lines beside what was found in them.
//
// Documents are added one after another and go to a file at once; only the
// summary at the top is made at the end. Everything of a document is escaped, and
// control characters are shown as pictures.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <bb/core/files.hpp>
#include <bb/core/result.hpp>
#include "harness/documents/check.hpp"
#include "harness/documents/summary.hpp"

namespace bb::report {

// One document as a section of the page; `number` makes its anchor.
std::string render_document(const documents::DocumentReport& report, std::size_t number);

// What a browser can still show.
inline constexpr std::size_t documents_page_bytes_max = 32ull * 1024 * 1024;

class DocumentsPage {
 public:
  // Documents that would make it larger than `bytes_max` are counted alone. The
  // error: no place for what waits.
  static Result<DocumentsPage> create(const std::filesystem::path& file, std::string program_version,
                                      std::size_t bytes_max = documents_page_bytes_max);

  void add(const documents::DocumentReport& report);
  // Puts the page in its place.
  [[nodiscard]] Status finish(const documents::Summary& summary, bool is_complete);

 private:
  DocumentsPage(std::filesystem::path file, std::string program_version, std::size_t bytes_max, OpenFile waiting)
      : file_(std::move(file)),
        program_version_(std::move(program_version)),
        bytes_max_(bytes_max),
        waiting_(std::move(waiting)) {}

  std::filesystem::path file_;
  std::string program_version_;
  std::size_t bytes_max_;
  OpenFile waiting_;  // sections that the summary goes before
  std::size_t byte_count_ = 0;
  std::size_t document_count_ = 0;
  std::size_t left_out_count_ = 0;
  bool is_written_ = true;
};
}  // namespace bb::report
