// harness/engine/plan_waivers.hpp - which tests of a plan the waivers of a target name.
#pragma once

#include <string_view>
#include <vector>

#include "harness/engine/plan.hpp"
#include "harness/evidence/run_view.hpp"
#include "harness/suite/model.hpp"

namespace bb::engine {

// Each waiver of the target with its standing on `day`, the civil day (UTC) on
// which the run began: the rule date moves rules, not what a vendor promised.
std::vector<evidence::WaiverView> plan_waivers(const suite::Target& target, const Plan& plan, std::string_view day);

}  // namespace bb::engine
