// claims_file.hpp - what a payer says of one patient: their coverage and claims, as FHIR R4.
//
// The file is a Bundle of resources as a payer's server gives them (docs/reference/portal-fhir.md, "Claims"); the
// portal serves them as they are.
#pragma once

#include <filesystem>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::portal {

// Resources of the Bundle, in its order: each with a type that the portal serves for claims, and an id. The error names
// file, entry, and what was expected there.
[[nodiscard]] Result<std::vector<Value>> read_claims(const std::filesystem::path& file);

}  // namespace bb::portal
