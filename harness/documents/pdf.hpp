// harness/documents/pdf.hpp - what a PDF says, by poppler's programs.
//
// pdfinfo and pdftotext read what anybody wrote, in processes of their own that
// can do nothing else (bb/core/process.hpp, run_bounded). poppler's library is
// under the GPL and is not linked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::documents {

inline constexpr std::size_t pdf_bytes_max = 64ull * 1024 * 1024;
inline constexpr int pdf_pages_max = 2000;  // whose text is read

struct Pdf {
  std::string missing;  // a program that is not installed: what to do
  std::string failure;  // it could not be read within its bounds: why
  std::string refusal;  // it does not open: why
  std::string version;  // "1.5"
  std::string title;
  std::string created;  // "2015-12-28T16:27:14Z"
  std::size_t page_count = 0;
  bool needs_password = false;
  bool is_tagged = false;
  bool is_encrypted = false;
  bool can_print = true;
  bool can_copy = true;
  bool has_javascript = false;
  std::vector<std::string> pages;  // the text of each, at most pdf_pages_max

  bool is_open() const { return missing.empty() && failure.empty() && refusal.empty(); }
};

// Never fails otherwise than the members say.
Pdf read_pdf(std::string_view bytes);

// The words of all pages in reading order, pages parted by a form feed.
Result<std::string> words_of_pdf(std::string_view bytes);

}  // namespace bb::documents
