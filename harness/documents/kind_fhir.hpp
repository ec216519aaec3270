// harness/documents/kind_fhir.hpp - FHIR R4: a resource in JSON or XML, and lines
// of resources.
#pragma once

#include "harness/documents/kinds.hpp"

namespace bb::documents {

// Against the imported StructureDefinitions; docs/reference/fhir-structure.md.
Look look_at_fhir(std::string_view bytes, Rules& rules);
Look look_at_ndjson(std::string_view bytes, Rules& rules);

}  // namespace bb::documents
