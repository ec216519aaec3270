// bb/host/pace.hpp - how fast one system is asked.
//
// All instances that speak to a system share one. Its requests are spaced as the
// rate says, and an answer 429 or 503 with Retry-After (RFC 9110, 10.2.3) holds
// all of them back until then. Times are the clock's, which may be virtual.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include <bb/host/clock.hpp>

namespace bb::host {

// [any thread]
class Pace {
 public:
  // At most so many requests a second, one after the other at even distances; 0: no limit.
  Pace(Clock& clock, double requests_per_second);
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

  enum class Turn {
    now,       // it may go out
    too_late,  // that would be after the time it has: nothing was waited for
    cancelled,
  };
  struct Waited {
    Turn turn = Turn::now;
    std::int64_t ms = 0;  // of the clock
  };
  struct Bounds {
    std::optional<std::int64_t> ns_max = {};            // of the whole wait
    std::optional<std::int64_t> throttled_ns_max = {};  // the system is asked again so long after the wait began
  };
  // Waits until a request may go out.
  Waited wait(const Cancellation* cancellation, const Bounds& bounds);
  // The system asked to be left alone for so long. Whether that is longer than was known.
  bool throttle(std::int64_t for_ns);
  // Until when it wants to be left alone; 0: it never said so.
  std::int64_t throttled_until_unix_ns() const;

 private:
  std::int64_t free_from_ns(std::int64_t began_ns, const Bounds& bounds) const;

  Clock& clock_;
  const std::int64_t interval_ns_;  // 0: no limit
  mutable std::mutex mutex_;        // not held while anybody waits
  std::int64_t next_slot_ns_ = 0;
  std::int64_t throttled_until_ns_ = 0;
};

// What an answer's Retry-After asks for: seconds, or a date; nothing where it is neither. At most a week.
std::optional<std::int64_t> retry_after_ns(std::string_view field, std::int64_t now_unix_ns);

}  // namespace bb::host
