// portal/fhir/provenance.hpp - where a resource comes from, as US Core's Provenance says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <bb/core/value.hpp>

namespace bb::portal::fhir {

// References. `author` is empty where only the organization is known that it wrote for.
struct Origin {
  std::string author;        // a Practitioner
  std::string organization;  // that the author wrote for, or wrote itself
  std::string transmitter;   // an organization
};

Value provenance_of(std::string_view target, std::string_view id, std::int64_t recorded_ns, const Origin& origin);

}  // namespace bb::portal::fhir
