// shape.hpp - which fields the facts of a record have.
#pragma once

#include <string_view>

namespace bb::healthvault::types {

// Whether a fact of the list (or "patient") has a text at the path: "reactions.2.display".
bool has_field(std::string_view list, std::string_view path);

}  // namespace bb::healthvault::types
