// bb/host/clock.hpp - civil time, real or virtual, and cancellation.
//
// Two clocks: deadlines and measured times are real and monotonic
// (bb::monotonic_ns); civil time comes from a Clock and may be virtual.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace bb::host {

// One "please stop" for a group of calls. [any thread]
class Cancellation {
 public:
  Cancellation();
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  void cancel();
  bool is_cancelled() const;
  int wait_handle() const;  // readable once cancelled; never read or close it
  // Runs `action` once on cancel (at once when already cancelled), until the
  // returned registration is destroyed. The action must be quick.
  class Registration;
  std::unique_ptr<Registration> on_cancel(std::function<void()> action) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

class Cancellation::Registration {
 public:
  virtual ~Registration() = default;
};

enum class Slept { whole, cancelled, deadline };

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_unix_ns() = 0;
  // Sleeps in civil time. `deadline_ns` is on bb::monotonic_ns, 0 = none.
  virtual Slept sleep_ns(std::int64_t duration_ns, const Cancellation* cancellation, std::int64_t deadline_ns) = 0;
};

std::unique_ptr<Clock> make_real_clock();

// Time that stands still and moves on by itself only when every worker sleeps:
// it then jumps to the earliest wake-up. A thread that may sleep registers as a
// worker for as long as it runs tests.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(std::int64_t start_unix_ns);
  ~VirtualClock() override;
  std::int64_t now_unix_ns() override;
  Slept sleep_ns(std::int64_t duration_ns, const Cancellation* cancellation, std::int64_t deadline_ns) override;
  void advance_ns(std::int64_t duration_ns);

  class Worker {
   public:
    explicit Worker(VirtualClock& clock);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

   private:
    VirtualClock& clock_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::host
