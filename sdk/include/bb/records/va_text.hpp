// bb/records/va_text.hpp - the text file of the VA's My HealtheVet, versions 12 to
// 12.x.
//
// Requirements: TXT-VA-01 to TXT-VA-41. The layout has no published grammar: it is
// that of the VA's sample files. docs/reference/records.md says which section
// becomes which fact, and what the file cannot hold.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>
#include <bb/records/text_document.hpp>

namespace bb::records {

// Whether the file begins with the title "MY HEALTHEVET PERSONAL INFORMATION REPORT": a line
// of its own between dashes, or one that the head of a report follows, within 2 kB.
bool looks_like_va_text(std::string_view bytes);

// The file as it stands. Bounded: document_bytes_max (read.hpp), 1,000,000 lines,
// 10,000 deviations. Fails only where there is no text or no section.
[[nodiscard]] Result<TextDocument> parse_va_text(std::string_view bytes);

// What the file says about the patient. A table or list that repeats others adds
// only what they do not have.
[[nodiscard]] Result<Record> va_record(const TextDocument& document);

// Both.
[[nodiscard]] Result<Record> read_va_text(std::string_view bytes);

// Writes a record as such a file (layout of version 12.6): CR LF, at most 80
// columns, UTF-8 where names need it. What the record says of itself goes into the
// sections of the VA, what its patient says into the self reported ones.
// `request_unix_ns` goes into the time stamp and the request summary.
std::string write_va_text(const Record& record, long long request_unix_ns);

}  // namespace bb::records
