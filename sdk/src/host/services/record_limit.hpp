// record_limit.hpp - how much of what a connector says of itself is kept: log
// lines, or evidence notes. What is more is counted and dropped.
#pragma once

#include <cstdint>
#include <mutex>

namespace bb::host {

// [any thread]
class RecordLimit {
 public:
  struct Most {
    std::uint64_t count;
    std::uint64_t bytes;
  };
  RecordLimit(Most in_call, Most in_all) : in_call_max_(in_call), in_all_max_(in_all) {}

  // Whether one more of so many bytes is kept.
  bool keep(std::uint64_t bytes);
  // How many were not, since the call before ended. What calls that overlap say counts to the one that ends first.
  std::uint64_t end_call();

 private:
  const Most in_call_max_, in_all_max_;
  std::mutex mutex_;
  Most in_call_{0, 0}, in_all_{0, 0};  // that were kept
  std::uint64_t dropped_ = 0;
};

// What comes between calls counts to the call after it.
inline constexpr RecordLimit::Most log_lines_in_call{1'000, 4 * 1024 * 1024};
inline constexpr RecordLimit::Most log_lines_in_all{20'000, 64 * 1024 * 1024};
// A note may hold a message as it was sent and as it came.
inline constexpr RecordLimit::Most notes_in_call{1'000, 256 * 1024 * 1024};
inline constexpr RecordLimit::Most notes_in_all{20'000, 1024 * 1024 * 1024};

}  // namespace bb::host
