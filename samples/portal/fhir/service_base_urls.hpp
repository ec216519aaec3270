// portal/fhir/service_base_urls.hpp - the list that the maker of a portal publishes: whose records are where.
//
// Source: 45 CFR 170.404(b)(2) (FHIR-G10-11, FHIR-SBU-01 to -05); FHIR R4 Endpoint and Organization.
#pragma once

#include <cstdint>
#include <string>

#include <bb/core/value.hpp>

namespace bb::portal::fhir {

inline constexpr const char* service_base_urls_path = "service-base-urls";

// A Bundle of one hospital, which the base is of, and a clinic that is part of it.
Value service_base_urls(const std::string& base_url, std::int64_t now_unix_ns);

}  // namespace bb::portal::fhir
