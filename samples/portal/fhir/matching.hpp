// portal/fhir/matching.hpp - whether a resource has what one search parameter asks for.
//
// Source: FHIR R4 search, 3.1.1.4 and 3.1.1.5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

#include "portal/fhir/parameters.hpp"
#include "portal/fhir/resource.hpp"

namespace bb::portal::fhir {

// "date:missing=true" is no criterion here, "name:exact=Newman" is.
struct Criterion {
  const Parameter* parameter = nullptr;
  std::string modifier;             // "exact", "contains", "not", a type; or empty
  std::vector<std::string> values;  // one of which has to match
};

// The error says which value cannot be meant, and what could.
[[nodiscard]] Result<Criterion> read_criterion(const Parameter& parameter, std::string_view modifier,
                                               std::string_view values);

struct Matching {
  std::string_view base_url;      // of absolute references
  bool ignores_prefixes = false;  // fhir-date-ignores-prefix
};
bool matches(const Resource& resource, const Criterion& criterion, const Matching& matching);

}  // namespace bb::portal::fhir
