// bb/records/cms_text.hpp - the text file of MyMedicare.gov, version 2.0.
//
// Requirements: TXT-CMS-01 to TXT-CMS-30. The layout has no published grammar: it is
// that of the sample files. docs/reference/records.md says which section becomes
// which fact, and what the file cannot hold.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>
#include <bb/records/text_document.hpp>

namespace bb::records {

// Whether the file begins with the title "MYMEDICARE.GOV PERSONAL HEALTH INFORMATION": a line
// of its own in a frame, or one that the head of a report follows, within 2 kB.
bool looks_like_cms_text(std::string_view bytes);

// The file as it stands; bounds as of parse_va_text(). Every claim is an entry of
// the section "Claim Summary", its lines are the parts.
[[nodiscard]] Result<TextDocument> parse_cms_text(std::string_view bytes);

// What the file says about the patient. Booster shots are immunizations of their own.
[[nodiscard]] Result<Record> cms_record(const TextDocument& document);

// Both.
[[nodiscard]] Result<Record> read_cms_text(std::string_view bytes);

// Writes a record as such a file: LF, UTF-8 where names need it. Its clinical
// sections are the patient's own words, so only self-entered facts go there;
// reminders, plans, insurance and claims go into those of Medicare.
std::string write_cms_text(const Record& record, long long request_unix_ns);

}  // namespace bb::records
