#include "watchdog.hpp"

#include <chrono>
#include <utility>

#include <bb/core/time.hpp>

namespace bb::host {

Watchdog::~Watchdog() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    const std::int64_t now_ns = monotonic_ns();
    std::int64_t next_ns = now_ns + 60 * ns_per_second;
    for (auto& [at_ns, action] : actions_) {
      if (!action) continue;
      if (at_ns > now_ns) {
        next_ns = at_ns;
        break;
      }
      std::exchange(action, nullptr)();
    }
    changed_.wait_for(lock, std::chrono::nanoseconds(next_ns - now_ns));
  }
}

Watchdog::Guard::Guard(Watchdog& watchdog, std::int64_t at_ns, std::function<void()> action) : watchdog_(watchdog) {
  const std::scoped_lock lock(watchdog_.mutex_);
  place_ = watchdog_.actions_.emplace(at_ns, std::move(action));
  if (!watchdog_.thread_.joinable()) watchdog_.thread_ = std::thread([&watchdog] { watchdog.run(); });
  watchdog_.changed_.notify_all();
}

Watchdog::Guard::~Guard() {
  const std::scoped_lock lock(watchdog_.mutex_);
  watchdog_.actions_.erase(place_);
}

}  // namespace bb::host
