// resource_file.hpp - what the portal has of one patient beside the document, as FHIR R4.
//
// A file is a Bundle of resources as a server gives them (docs/reference/portal-fhir.md); the portal serves them as
// they are.
#pragma once

#include <filesystem>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::portal {

// Resources of the Bundle, in its order: each with a type and an id, none of them twice. The error names file, entry,
// and what was expected there.
[[nodiscard]] Result<std::vector<Value>> read_resources(const std::filesystem::path& file);

// The same of a payer: all of a type that the portal serves for claims.
[[nodiscard]] Result<std::vector<Value>> read_claims(const std::filesystem::path& file);

}  // namespace bb::portal
