// readers.hpp - one reader for each vocabulary of clinical documents.
#pragma once

#include <cstddef>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

// Facts and absences; a reader stops when there are more, and then fails.
inline constexpr std::size_t statement_count_max = 100'000;
// A panel of results counts once.
std::size_t statement_count(const Record& record);
// Also of sections, patients and the observations in panels there may be so many.
Status check_statement_count(const Record& record);

// The root is a ClinicalDocument of HL7 version 3.
Result<Record> read_cda(const XmlDocument& document);

// The root is a ContinuityOfCareRecord (ASTM E2369-05).
Result<Record> read_ccr(const XmlDocument& document);

// Resources of FHIR R4, in JSON, XML or one a line: fhir::looks_like_fhir().
Result<Record> read_fhir(std::string_view bytes);

}  // namespace bb::records
