// harness/checks/lint_xpath.hpp - whether the XPaths of a suite can be read (L15),
// and whether claims of them can fail (L17).
//
// Stands here and not with the other rules of the linter, because it needs what
// judges them. docs/reference/suite-lint.md.
#pragma once

#include <vector>

#include <bb/core/diagnostic.hpp>
#include "harness/suite/model.hpp"

namespace bb::checks {

std::vector<Diagnostic> lint_xpaths(const suite::Suite& suite);

}  // namespace bb::checks
