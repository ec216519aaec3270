// harness/engine/test_gates.hpp - whether a test may run, and whether what it came to is a verdict.
#pragma once

#include "harness/engine/test_context.hpp"

namespace bb::engine {

// Whether it may begin, without any call: cancelled, omitted, what it needs, the limit of failures.
Came check_gates(const TestContext& test);
// Whether the connectors offer what `when` asks for.
Came check_supports(TestContext& test);
// Gives the scope the addresses of the inboxes that the test speaks of.
Came find_addresses(TestContext& test);
// Makes a skip of a pass for which nothing that must hold was judged.
void check_decided(const TestContext& test, Came& came);

}  // namespace bb::engine
