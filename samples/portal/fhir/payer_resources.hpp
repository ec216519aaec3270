// portal/fhir/payer_resources.hpp - what a payer says of one patient, beside the resources of their record.
//
// Source: CARIN Consumer Directed Payer Data Exchange (CARIN IG for Blue Button), 2.0.0.
#pragma once

#include <vector>

#include "portal/fhir/record_resources.hpp"

namespace bb::portal::fhir {

// Adds the patient's coverage, claims and what those refer to, as the payer wrote them (resource_file.hpp), each
// coverage and claim with a Provenance. What the payer's Patient says of the membership becomes part of the Patient
// among `resources`.
void add_payer_resources(const Patient& patient, const Making& making, std::vector<Resource>& resources);

}  // namespace bb::portal::fhir
