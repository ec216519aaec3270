// harness/engine/scheduler.hpp - runs a graph of jobs on some threads.
//
// A job starts when all it needs has ended and none of its locks is held.
// Among those that may start, the first in order starts first, one that would
// have to wait for what a running job uses only where there is no other. With
// one thread the order is always the same. A job that waits for something outside
// may park: it gives its thread back and keeps its locks, and has another turn when
// nothing else can go on. Knows nothing of tests.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bb::engine {

struct Job {
  std::vector<std::size_t> needs;   // indices of jobs; never a circle
  std::vector<std::string> locks;   // names of things that only one job may use at a time
  std::vector<std::size_t> uses{};  // numbers, from 0 on, of things that only so many running jobs can use at once
  // Begun by an earlier process: it has its locks from the start, and goes first.
  bool is_begun = false;
};

enum class Turn { done, parked };

// Runs every job, `work` with its index, on `threads` threads (at least one; the
// caller's is one of them). `capacities` are of the things that are used, by number; one job where they do not say.
// What a job wrote is seen by those that need it. A parked job is worked on again when no other can go on, where
// another ended since or parked for the first time. Returns when all are done, or none but parked ones and those that
// need them is left.
void run_jobs(const std::vector<Job>& jobs, int threads, const std::function<Turn(std::size_t)>& work,
              const std::vector<int>& capacities = {});

}  // namespace bb::engine
