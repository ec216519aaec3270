// harness/facts/levels.hpp - how much of a record is compared: the names of the levels.
//
// What each holds stands in conformance/documents/facts.yaml. Nothing is linked for this header.
#pragma once

#include <array>
#include <string_view>

namespace bb::facts {

// As the claim `same` names them: `by: facts/identity`.
inline constexpr std::array<std::string_view, 3> claimed_levels{"facts/identity", "facts/problems-meds-allergies",
                                                                "facts/all"};

// "identity" of "facts/identity".
constexpr std::string_view level_of(std::string_view claimed) { return claimed.substr(claimed.find('/') + 1); }

// As `compare --level` names them.
inline constexpr std::array<std::string_view, 3> levels{level_of(claimed_levels[0]), level_of(claimed_levels[1]),
                                                        level_of(claimed_levels[2])};
inline constexpr std::string_view level_identity = levels.front();
inline constexpr std::string_view level_all = levels.back();  // every kind

}  // namespace bb::facts
