#include "harness/suite/row_claims.hpp"

#include <algorithm>

namespace bb::suite {

RowLevels row_levels(const Catalogue& catalogue) {
  RowLevels levels;
  for (const auto& requirement : catalogue.requirements)
    if (requirement.is_whole) levels.emplace(requirement.id, requirement.level);
  return levels;
}

Level strongest_level(const RowLevels& levels, const std::vector<std::string>& rows) {
  std::optional<Level> strongest;
  for (const auto& id : rows)
    if (const auto level = levels.find(id); level != levels.end())
      strongest = strongest ? std::min(*strongest, level->second) : level->second;
  return strongest.value_or(Level::shall);
}

std::vector<RowClaims> row_claims(const RowLevels& levels, const Test& test) {
  const bool is_asked =
      std::any_of(test.steps.begin(), test.steps.end(), [](const Step& step) { return step.action == Action::attest; });
  std::vector<RowClaims> rows;
  for (const auto& id : test.verifies) rows.push_back({id, 0, std::nullopt, is_asked});
  const auto row = [&](const std::string& id) -> RowClaims& {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const RowClaims& one) { return one.id == id; });
    return found != rows.end() ? *found : rows.emplace_back(RowClaims{id, 0, std::nullopt, false});
  };
  for (const auto& step : test.steps)
    for (const auto& claim : step.expect) {
      const auto& spoken_for = claim.verifies.empty() ? test.verifies : claim.verifies;
      const Level level = claim.level.value_or(strongest_level(levels, spoken_for));
      for (const auto& id : spoken_for) {
        RowClaims& one = row(id);
        ++one.claims;
        one.strongest = one.strongest ? std::min(*one.strongest, level) : level;
      }
    }
  return rows;
}

}  // namespace bb::suite
