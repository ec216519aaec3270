// harness/facts/read_copy.hpp - a document as a copy to compare.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

#include "harness/facts/compare.hpp"

namespace bb::facts {

// The words of a PDF, one line each; an error where they cannot be had.
using PdfWords = std::function<Result<std::string>(std::string_view bytes)>;

// For who has no program that reads PDF.
[[nodiscard]] Result<std::string> no_pdf_words(std::string_view bytes);

// Reads what records::read_record() reads into facts, HTML and PDF into words. The
// error names the document and says what it is instead. `record`, where given, becomes
// what was read; it stays as it is for HTML and PDF.
[[nodiscard]] Result<Copy> read_copy(const std::string& name, std::string_view bytes, const PdfWords& pdf_words,
                                     records::Record* record = nullptr);

// A record as a copy, for who has read it already.
[[nodiscard]] Copy copy_of(const std::string& name, const records::Record& record);

}  // namespace bb::facts
