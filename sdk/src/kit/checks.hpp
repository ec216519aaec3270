// checks.hpp - the table of checks: one function each, in files by level.
#pragma once

#include <vector>

#include "bench.hpp"
#include "verdict.hpp"

namespace bb::kit {

struct Check {
  CheckInfo info;
  Verdict (*run)(Bench& bench);
};

std::vector<Check> library_checks();     // level 1 and the table
std::vector<Check> lifecycle_checks();   // level 2
std::vector<Check> call_checks();        // level 3, whatever the capability
std::vector<Check> capability_checks();  // level 3, by capability
std::vector<Check> host_checks();        // level 3, what a host may be
std::vector<Check> stream_checks();      // level 3, what is asked of streams
std::vector<Check> stress_checks();      // level 4
std::vector<Check> thread_checks();      // level 4, calls beside each other and forks
std::vector<Check> fuzz_checks();        // level 5

const std::vector<Check>& all_checks();

}  // namespace bb::kit
