// bb/records/pdf.hpp - a record as a PDF for people, and what is a PDF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/records/record.hpp>

namespace bb::records {

inline constexpr std::size_t pdf_pages_max = 1'000;  // what a PDF is written of

// The words of write_html_fragment() on pages of US Letter: patient and document
// on the first, then a heading for each section; a fact is its name and, in the
// lines below, what the record says of it. Title and date of creation are the
// record's, so that the same record gives the same bytes.
// A record that needs more pages is cut, and the last page says so; a single text is
// cut at 100,000 bytes, and ends in "...". Characters
// outside of Latin, Cyrillic, Greek, Chinese, Japanese and Korean become '?', and a
// line at the end says so. Throws std::bad_alloc where memory does not suffice.
std::string write_pdf(const Record& record);

// Whether bytes are a PDF, by its header, which begins them or a line of the first 1024
// bytes (ISO 32000, implementation note 13) that are no markup.
bool looks_like_pdf(std::string_view bytes);

}  // namespace bb::records
