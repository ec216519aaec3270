// harness/engine/claim_view.hpp - a judged claim as it is written down.
#pragma once

#include "harness/checks/judge.hpp"
#include "harness/evidence/run_view.hpp"

namespace bb::engine {

evidence::ClaimView claim_view(const checks::ClaimResult& result);

}  // namespace bb::engine
