// portal/fhir/clinical_document.hpp - a patient's C-CDA as DocumentReference and Binary, whole or of a range of dates.
//
// Source: US Core 6.1.0, operation docref (FHIR-DOCREF-01 to -04).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "portal/fhir/resource.hpp"
#include "portal/patients.hpp"
#include "portal/selection.hpp"

namespace bb::portal::fhir {

// LOINC, "Summary of episode note": a CCD.
inline constexpr std::string_view summary_loinc_code = "34133-9";
inline constexpr std::string_view ccda_media_type = "application/xml";

struct ClinicalDocument {
  Value reference;  // the DocumentReference
  Value binary;     // under the same id
};

// With a range the document is made anew of what lies in it, and its id tells the range; meta is the caller's.
ClinicalDocument clinical_document(const Patient& patient, std::string_view base_url, const DateRange& range);
std::string clinical_document_id(const Patient& patient, const DateRange& range);

// The range that an id of such a document of this patient tells; none: it is no such id.
std::optional<DateRange> range_of_id(std::string_view id, const Patient& patient);

}  // namespace bb::portal::fhir
