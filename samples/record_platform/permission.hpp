// permission.hpp - rights as messages have them.
#pragma once

#include <bb/healthvault/people_methods.hpp>

#include "record_platform/rights.hpp"

namespace bb::record_platform {

// "All" stands for every right; no right is no list (HV-PERM-04).
inline std::optional<std::vector<std::string>> names_of(std::int64_t rights) {
  if (rights == 0) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& right : right_names)
    if ((rights & right.rights) == right.rights) {
      names.emplace_back(right.name);
      if (right.rights == all_rights) break;
    }
  return names;
}

inline healthvault::TypePermission permission_of(const std::string& type_id, const TypeRights& rights) {
  return {type_id, names_of(rights.online), names_of(rights.offline)};
}

}  // namespace bb::record_platform
