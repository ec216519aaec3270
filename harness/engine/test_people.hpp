// harness/engine/test_people.hpp - what people say and do in a test: `attest` steps, and what is left
// open until somebody answers.
#pragma once

#include <string>

#include "harness/engine/test_context.hpp"

namespace bb::engine {

// Whether a call is left open because a person has not answered, to be made again by a later process.
bool waits_for_person(const TestContext& test, const host::Reply& reply);
// Parks the test for the rest of this process.
void leave_to_person(TestContext& test, const suite::Step& step, const std::string& question);
Came run_attest(TestContext& test, const suite::Step& step);

}  // namespace bb::engine
