// bb/records/read.hpp - read a clinical document of any kind we know.
#pragma once

#include <cstddef>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>

namespace bb::records {

inline constexpr std::size_t document_bytes_max = 64ull * 1024 * 1024;

// Reads a document by its content. FHIR R4 in JSON or XML: a Bundle of any type,
// resources one a line, or one alone (bb/fhir/element.hpp). Text by its first 2 kB: My HealtheVet
// (va_text.hpp), MyMedicare.gov (cms_text.hpp), any other with titles and keys
// (key_value_text.hpp). XML by its root element: CDA R2 as read_ccda() does
// (ccda.hpp), a body without structure (C62) as an attachment; a CCR (ASTM
// E2369-05). Bounded: `document_bytes_max`, 100,000 facts and what the headers say.
// The error says where and what was found instead.
[[nodiscard]] Result<Record> read_record(std::string_view bytes);

}  // namespace bb::records
