// harness/engine/test_wait.hpp - a step that waits for a message, and mail that is none of its test's.
#pragma once

#include <cstddef>

#include "harness/engine/test_context.hpp"

namespace bb::engine {

// Waits, or parks the test; judges what came.
Came run_wait(TestContext& test, const suite::Step& step, std::size_t index);
// Mail that was there before this test sent anything is not what a later wait
// of the test is for. `index` is that of the step that is about to send.
void forget_old_mail(TestContext& test, const suite::Step& step, std::size_t index);

}  // namespace bb::engine
