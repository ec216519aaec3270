// bb/records/fhir.hpp - a record as a FHIR R4 Bundle.
#pragma once

#include <string>

#include <bb/records/record.hpp>

namespace bb::records {

// A Bundle of type document in JSON, with the profiles of US Core 6.1.0: Composition
// with a narrative in each section, Patient, and a resource for each fact of the
// record but its claims. Every reference resolves inside the Bundle; required
// elements that the record does not have carry data-absent-reason. A record without a
// date is a collection, for a document must have one. read_record() states the same facts.
std::string write_fhir_bundle(const Record& record);

}  // namespace bb::records
