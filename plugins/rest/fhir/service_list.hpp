// plugins/rest/fhir/service_list.hpp - a published list of service base URLs: who lacks what, and which bases it names.
//
// Source: 45 CFR 170.404(b)(2) (FHIR-SBU-01 to -05); FHIR R4, references.html.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::rest {

inline constexpr std::size_t told_max = 100;  // of a kind of fault, that are named

// Of a Bundle: how many `organizations` and `endpoints`; of the organizations `without_name`, `without_address`,
// `without_identifier` and `without_endpoint`, neither of its own nor of whom it is part of; and `dangling` references.
// Each is a list of "Organization/1", or "Organization/1 to Endpoint/2".
Value faults_of_list(const Value& bundle);

// The addresses of its Endpoints, each once; of more than `count_max` some, evenly.
std::vector<std::string> bases_of_list(const Value& bundle, std::size_t count_max);

}  // namespace bb::rest
