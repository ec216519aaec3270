// portal/fhir/resource.hpp - a FHIR R4 resource as the portal serves it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::portal::fhir {

struct Resource {
  std::string type, id;
  Value content;
  std::int64_t last_updated_ns = 0;  // as meta.lastUpdated says
  // The accounts whose record it is of; several of what patients share, an organization; none: of nobody's.
  std::vector<std::string> owners = {};

  std::string reference() const { return type + "/" + id; }
  bool is_of(const std::string& account) const {
    return std::find(owners.begin(), owners.end(), account) != owners.end();
  }
};

}  // namespace bb::portal::fhir
