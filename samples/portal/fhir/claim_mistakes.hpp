// portal/fhir/claim_mistakes.hpp - what the defects named carin-... make of a payer's resources and of searches for
// them.
#pragma once

#include <string_view>

#include "portal/defects.hpp"
#include "portal/fhir/search.hpp"

namespace bb::portal::fhir {

inline constexpr std::string_view claim_type = "ExplanationOfBenefit";

// Of a resource as the portal is about to serve it; claims alone are changed.
void spoil_claim(Value& content, const Defects& defects);

// Of a search: what it asks for and does not get.
void spoil_claim_search(Query& query, const Defects& defects);

}  // namespace bb::portal::fhir
