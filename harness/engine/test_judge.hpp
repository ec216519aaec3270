// harness/engine/test_judge.hpp - a step of a test, judged and written down.
#pragma once

#include "harness/engine/test_context.hpp"

namespace bb::engine {

// Whether the system may have done a step already that an earlier process asked for.
enum class Doubt { none, done_before };

// The claims of the step that was begun last; what it saves goes into the scope. `message` is null
// for one that only checks.
Came judge(TestContext& test, const suite::Step& step, const evidence::Message* message, Doubt doubt = Doubt::none);

}  // namespace bb::engine
