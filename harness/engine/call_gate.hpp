// harness/engine/call_gate.hpp - who may call at the same time.
//
// A thread that waits here is out of virtual time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include "harness/engine/clock_worker.hpp"

namespace bb::engine {

// Of one instance: one call alone, or several together. Who wants to be alone
// waits for those that run, and those that come later wait for it. [any thread]
class CallGate {
 public:
  enum class Way { alone, together };

  class Pass {
   public:
    Pass(CallGate& gate, Way way) : gate_(&gate), way_(way) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), way_(other.way_) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave(way_);
    }

   private:
    CallGate* gate_;
    Way way_;
  };

  Pass enter(Way way, ClockWorker& worker) {
    std::unique_lock lock(mutex_);
    const bool is_alone = way == Way::alone;
    const auto may_enter = [&] { return !is_taken_ && (is_alone ? inside_ == 0 : waiting_alone_ == 0); };
    if (!may_enter()) {
      if (is_alone) ++waiting_alone_;
      worker.wait(lock, changed_, may_enter);
      if (is_alone) --waiting_alone_;
    }
    if (is_alone)
      is_taken_ = true;
    else
      ++inside_;
    return {*this, way};
  }

 private:
  void leave(Way way) {
    {
      const std::lock_guard lock(mutex_);
      if (way == Way::alone)
        is_taken_ = false;
      else
        --inside_;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_taken_ = false;  // by one that is alone
  int inside_ = 0, waiting_alone_ = 0;
};

// Of one role: at most so many calls in flight. [any thread]
class CallPlaces {
 public:
  explicit CallPlaces(int count) : free_(count) {}

  class Place {
   public:
    Place(CallPlaces& places, ClockWorker& worker) : places_(places) { places_.take(worker); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { places_.give_back(); }

   private:
    CallPlaces& places_;
  };

 private:
  void take(ClockWorker& worker) {
    std::unique_lock lock(mutex_);
    if (free_ == 0) worker.wait(lock, changed_, [this] { return free_ > 0; });
    --free_;
  }
  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;
};

}  // namespace bb::engine
