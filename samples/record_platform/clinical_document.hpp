// clinical_document.hpp - what a report reads of a CDA document: whose it is, of which organisation and visit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bb::record_platform {

struct ClinicalDocument {
  std::string patient_id;                // recordTarget/patientRole/id
  std::string organization_id;           // .../providerOrganization/id
  std::optional<std::int64_t> event_ns;  // componentOf/encompassingEncounter/effectiveTime, its end where it has one
};

// Nothing where it is no CDA document.
std::optional<ClinicalDocument> read_clinical_document(std::string_view data);

}  // namespace bb::record_platform
