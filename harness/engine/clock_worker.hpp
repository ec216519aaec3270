// harness/engine/clock_worker.hpp - a thread's part in virtual time.
//
// Virtual time moves on when every worker sleeps. A thread that waits for
// another thread must step out for that long, or time would stand still.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include <bb/host/clock.hpp>

namespace bb::engine {

class ClockWorker {
 public:
  // Null in real time: then nothing here does anything.
  explicit ClockWorker(host::VirtualClock* clock) : clock_(clock) { step_in(); }

  // While nothing is done for it, time goes on without it.
  void step_out() { worker_.reset(); }
  void step_in() {
    if (clock_ != nullptr && !worker_) worker_.emplace(*clock_);
  }

  // Locks, outside virtual time while it has to wait.
  std::unique_lock<std::mutex> lock(std::mutex& mutex) {
    std::unique_lock lock(mutex, std::try_to_lock);
    if (lock.owns_lock()) return lock;
    step_out();
    lock.lock();
    step_in();
    return lock;
  }

  // Waits for what other threads do, outside virtual time.
  template <class Condition>
  void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, const Condition& holds) {
    step_out();
    changed.wait(lock, holds);
    step_in();
  }

 private:
  host::VirtualClock* clock_;
  std::optional<host::VirtualClock::Worker> worker_;
};

}  // namespace bb::engine
