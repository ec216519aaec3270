// watchdog.hpp - one thread that runs an action when a time has come.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace bb::host {

// Ends what would otherwise wait for ever. The thread starts with the first
// guard. [any thread]
class Watchdog {
 public:
  Watchdog() = default;
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Runs `action` once at `at_ns` (bb::monotonic_ns), unless the guard is gone
  // by then. The guard's end waits for a running action, which must be quick.
  class Guard {
   public:
    Guard(Watchdog& watchdog, std::int64_t at_ns, std::function<void()> action);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Watchdog& watchdog_;
    std::multimap<std::int64_t, std::function<void()>>::iterator place_;
  };

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::int64_t, std::function<void()>> actions_;  // by time; emptied, not removed, when run
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace bb::host
