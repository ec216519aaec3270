// rights.hpp - what an application may do with things of one type (HV-PERM-05).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bb::record_platform {

enum Right : std::int64_t { create = 1, read = 2, update = 4, remove = 8, all_rights = 15 };

struct RightName {
  std::int64_t rights;
  std::string_view word;  // of a set-up file
  std::string_view name;  // of a message
};
// The first stands for all of the others.
inline constexpr std::array<RightName, 5> right_names{{{all_rights, "all", "All"},
                                                       {create, "create", "Create"},
                                                       {read, "read", "Read"},
                                                       {update, "update", "Update"},
                                                       {remove, "delete", "Delete"}}};

// The rights of one type, for a person who is there and for one who is not.
struct TypeRights {
  std::int64_t online = 0;
  std::int64_t offline = 0;
};

}  // namespace bb::record_platform
