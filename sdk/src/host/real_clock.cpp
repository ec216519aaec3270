#include <poll.h>

#include <algorithm>

#include <bb/core/time.hpp>
#include <bb/host/clock.hpp>

namespace bb::host {
namespace {

class RealClock final : public Clock {
 public:
  std::int64_t now_unix_ns() override { return bb::now_unix_ns(); }

  Slept sleep_ns(std::int64_t duration_ns, const Cancellation* cancellation, std::int64_t deadline_ns) override {
    const std::int64_t wake_ns = monotonic_ns() + std::max<std::int64_t>(duration_ns, 0);
    const bool is_cut = deadline_ns != 0 && deadline_ns < wake_ns;
    const std::int64_t end_ns = is_cut ? deadline_ns : wake_ns;
    pollfd cancelled{cancellation ? cancellation->wait_handle() : -1, POLLIN, 0};
    for (;;) {
      if (cancellation && cancellation->is_cancelled()) return Slept::cancelled;
      const std::int64_t left_ns = end_ns - monotonic_ns();
      if (left_ns <= 0) return is_cut ? Slept::deadline : Slept::whole;
      const timespec left{left_ns / ns_per_second, left_ns % ns_per_second};
      ::ppoll(&cancelled, 1, &left, nullptr);
    }
  }
};

}  // namespace

std::unique_ptr<Clock> make_real_clock() { return std::make_unique<RealClock>(); }

}  // namespace bb::host
