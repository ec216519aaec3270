// harness/engine/setup.hpp - whether a run's connectors can be made, asked
// before anything is sent.
//
// Works out from the plan who is called as whom, so that a run asks only for
// the secrets it needs. The rules are those of suite::lint_setup().
#pragma once

#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/host/host.hpp>
#include "harness/engine/run.hpp"
#include "harness/suite/lint.hpp"

namespace bb::engine {

// Suites with mistakes make no plan; what they ask for by name is known.
enum class SuitesAre { good, faulty };

// All mistakes at once. Where no plan can be made, what a plan would say (who is
// called, so which secrets are needed) is left out: make_plan() says why.
std::vector<Diagnostic> check_setup(const RunInput& input, const RunOptions& options, host::Host& host,
                                    suite::SecretsAre secrets, SuitesAre suites_are);

}  // namespace bb::engine
