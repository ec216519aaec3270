// harness/documents/fhir_view.hpp - what rules see of a FHIR resource in JSON or XML.
//
// Not the resource itself, which the published definitions judge, but what makes it
// a copy of a record: docs/reference/document-rules.md has the elements.
#pragma once

#include <vector>

#include <bb/fhir/element.hpp>

#include "harness/documents/view.hpp"

namespace bb::documents {

View fhir_view(const fhir::Document& document);
// Of lines of resources: together one record. Those that cannot be read are left out.
View fhir_lines_view(const std::vector<fhir::Reading>& lines);

}  // namespace bb::documents
