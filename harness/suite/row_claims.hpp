// harness/suite/row_claims.hpp - which claims of a test speak for which requirement.
//
// A claim that states `verifies` speaks for those rows alone, every other claim
// for all rows of its test; docs/reference/events.md, "From events to
// requirements". Used by the linter and by the plan of a run.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/suite/model.hpp"

namespace bb::suite {

// Levels of requirements by id. Without those that could not be read.
using RowLevels = std::unordered_map<std::string, Level>;
RowLevels row_levels(const Catalogue& catalogue);

// The level of claims that state none: the strongest of the rows; SHALL without
// any.
Level strongest_level(const RowLevels& levels, const std::vector<std::string>& rows);

struct RowClaims {
  std::string id;
  int claims = 0;                  // that speak for the row; `require` does not
  std::optional<Level> strongest;  // of these
  bool is_asked = false;           // a person is, too
};
// The rows of a test in order: its own, then those that only claims name.
std::vector<RowClaims> row_claims(const RowLevels& levels, const Test& test);

}  // namespace bb::suite
