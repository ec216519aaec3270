// bb/sdk/call.hpp - the operation that is running: cancel, deadline, progress.
#pragma once

#include <cstdint>
#include <string_view>

#include <bb/abi/base.h>
#include <bb/sdk/failure.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

// Borrowed for the length of one operation; never keep it.
class Call {
 public:
  explicit Call(bb_call* call) noexcept : call_(call) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Ends the operation when the host wants that. One word per loop.
  void check() const {
    if (is_cancelled()) throw Failure{BB_E_CANCELLED, "the call was cancelled"};
  }
  bool is_cancelled() const noexcept { return call_->is_cancelled(call_) != 0; }

  std::uint64_t id() const noexcept { return call_->call_id; }
  // On the clock of bb::Clock::monotonic_ns(); 0 = none.
  std::int64_t deadline_ns() const noexcept { return call_->deadline_ns; }

  // done <= total; total 0 = unknown.
  void progress(std::uint64_t done, std::uint64_t total, std::string_view note = {}) const noexcept {
    call_->progress(call_, done, total, to_str(note));
  }

  bb_call* raw() const noexcept { return call_; }

 private:
  bb_call* call_;
};

}  // namespace bb
