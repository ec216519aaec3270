// portal/fhir/record_resources.hpp - one patient's record as resources of US Core 6.1.0.
//
// What the record's facts become is the writer's (bb/records/fhir.hpp). Here they become resources of a server: with
// ids, relative references, and resources of their own for what a Bundle names in words alone.
#pragma once

#include <cstdint>
#include <vector>

#include "portal/defects.hpp"
#include "portal/fhir/resource.hpp"
#include "portal/patients.hpp"

namespace bb::portal::fhir {

struct Making {
  std::string base_url;         // of the API, without a slash at its end
  std::int64_t started_ns = 0;  // stands for the date of a record that has none
  Defects defects = {};
};

// Each once; what patients share (Organization, Practitioner, Location, Medication) has the same id in all of them.
std::vector<Resource> make_resources(const Patient& patient, const Making& making);

// The portal itself, which hands the records on.
Resource portal_organization(const Making& making);

}  // namespace bb::portal::fhir
