// L16: what a test verifies can fail. A claim weighs no more than its level, so
// a SHALL of which only MAY is claimed would pass whatever came.
#include <algorithm>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/lint_context.hpp"
#include "harness/suite/row_claims.hpp"

namespace bb::suite {
namespace {

// Whether all that may speak for a row of the test could be read.
bool are_claims_known(const Test& test) {
  return !test.has_unknown_keys &&
         std::all_of(test.steps.begin(), test.steps.end(), [](const Step& step) { return step.is_whole; });
}

bool has_claims(const Test& test) {
  return std::any_of(test.steps.begin(), test.steps.end(), [](const Step& step) { return !step.expect.empty(); });
}

// Where the test, or else the first claim that does, cites the row.
Place citation(const Test& test, const std::string& id) {
  if (std::find(test.verifies.begin(), test.verifies.end(), id) != test.verifies.end())
    return item_place(test.node, "verifies", id, test.place);
  for (const auto& step : test.steps)
    for (const auto& claim : step.expect)
      if (std::find(claim.verifies.begin(), claim.verifies.end(), id) != claim.verifies.end())
        return item_place(claim.node, "verifies", id, claim.place);
  return test.place;
}

void check_row(LintContext& context, const Test& test, const RowClaims& row, Level level) {
  if (row.is_asked) return;
  const auto word = evidence::to_word(level);
  if (row.claims == 0) {
    context.error("L16", citation(test, row.id),
                  fmt::format("test '{}' verifies '{}', and every claim of it speaks for other requirements", test.path,
                              shorten(row.id, 60)),
                  fmt::format("cite '{}' in 'verifies' of a claim, or take it from the test", row.id));
  } else if (*row.strongest > level) {
    context.error("L16", citation(test, row.id),
                  fmt::format("test '{}' verifies '{}', a {}, and claims no more for it than {}: it would pass "
                              "whatever came",
                              test.path, shorten(row.id, 60), word, evidence::to_word(*row.strongest)),
                  fmt::format("at least one claim for it has the level {}; without 'level' a claim has that of the "
                              "requirement",
                              word));
  }
}

}  // namespace

void lint_levels(LintContext& context) {
  const RowLevels levels = row_levels(context.suite.catalogue);
  for (const auto& test : context.suite.tests) {
    // A test without any claim is reported as such.
    if (!has_claims(test) || !are_claims_known(test)) continue;
    for (const auto& row : row_claims(levels, test))
      if (const auto level = levels.find(row.id); level != levels.end()) check_row(context, test, row, level->second);
  }
}

}  // namespace bb::suite
