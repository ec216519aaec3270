// bb/sdk/services/clock.hpp - bb.host.clock/1: the only time a connector takes.
#pragma once

#include <cstdint>

#include <bb/sdk/call.hpp>
#include <bb/sdk/services/service.hpp>

namespace bb {

class Clock {
 public:
  using Table = bb_host_clock;
  static constexpr const char* id = BB_HOST_CLOCK;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, sleep_ns); }

  Clock(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  // Civil time, virtual where the target says so.
  std::int64_t now_unix_ns() const noexcept { return table_->now_unix_ns(host_); }
  // Real time; deadlines are on it.
  std::int64_t monotonic_ns() const noexcept { return table_->monotonic_ns(host_); }

  // Sleeps in civil time; ends the call early when it is cancelled or late.
  void sleep_ms(Call& call, std::int64_t duration_ms) const {
    detail::expect_ok(table_->sleep_ns(host_, call.raw(), duration_ms * 1'000'000), id, "sleeping");
  }
  // As Call::check(), and BB_E_DEADLINE once the deadline has passed.
  void check(const Call& call) const {
    call.check();
    if (call.deadline_ns() != 0 && monotonic_ns() >= call.deadline_ns())
      throw Failure{BB_E_DEADLINE, "the deadline of the call has passed"};
  }

 private:
  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
