// bb/records/fhir.hpp - a record as a FHIR R4 Bundle.
#pragma once

#include <string>

#include <bb/records/record.hpp>

namespace bb::records {

// A Bundle of type collection in JSON: Patient, AllergyIntolerance, Condition,
// MedicationStatement, Immunization, Observation, DiagnosticReport, Encounter.
// Every reference resolves inside the bundle; required elements that the record
// does not have carry data-absent-reason.
std::string write_fhir_bundle(const Record& record);

}  // namespace bb::records
