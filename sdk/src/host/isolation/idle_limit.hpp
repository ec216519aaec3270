// idle_limit.hpp - how much a connector's process may say between calls.
//
// Nobody waits for it then: what it says is heard by one thread for all of
// them. Its threads may ask for the time or write a line; no more.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bb::host {

// [serial]
class IdleLimit {
 public:
  static constexpr std::int64_t window_ns = 1'000'000'000;
  static constexpr std::size_t message_count_max = 5'000;  // within a window
  static constexpr std::size_t bytes_max = 1024 * 1024;

  // Counts what came at `now_ns` (bb::monotonic_ns): messages that became
  // whole, and bytes of any. False where it is too much.
  bool count(std::size_t messages, std::size_t bytes, std::int64_t now_ns);

 private:
  std::int64_t window_began_ns_ = 0;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace bb::host
