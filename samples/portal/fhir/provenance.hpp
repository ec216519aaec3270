// portal/fhir/provenance.hpp - where a resource comes from, as US Core's Provenance says it.
#pragma once

#include <cstdint>
#include <string_view>

#include <bb/core/value.hpp>

namespace bb::portal::fhir {

// `author` and `transmitter` are references to organizations.
Value provenance_of(std::string_view target, std::string_view id, std::int64_t recorded_ns, std::string_view author,
                    std::string_view transmitter);

}  // namespace bb::portal::fhir
