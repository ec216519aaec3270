#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include <bb/core/time.hpp>
#include <bb/host/clock.hpp>

namespace bb::host {

// A sleeper that a jump woke leaves the list at once, under the mutex, so that
// its thread counts as running before it really does: no second jump can
// overtake it.
struct VirtualClock::Impl {
  struct Sleeper {
    std::int64_t wake_ns = 0;
    bool is_worker = false;
    bool is_awake = false;
  };

  std::mutex mutex;
  std::condition_variable changed;
  std::int64_t now_ns = 0;
  std::map<std::thread::id, int> workers;
  std::list<Sleeper*> sleepers;

  void wake_due() {
    sleepers.remove_if([this](Sleeper* sleeper) {
      sleeper->is_awake = sleeper->wake_ns <= now_ns;
      return sleeper->is_awake;
    });
    changed.notify_all();
  }

  void jump_when_all_sleep() {
    const auto sleeping =
        std::count_if(sleepers.begin(), sleepers.end(), [](const Sleeper* sleeper) { return sleeper->is_worker; });
    if (sleepers.empty() || static_cast<std::size_t>(sleeping) < workers.size()) return;
    const auto first = *std::min_element(sleepers.begin(), sleepers.end(),
                                         [](const Sleeper* a, const Sleeper* b) { return a->wake_ns < b->wake_ns; });
    now_ns = std::max(now_ns, first->wake_ns);
    wake_due();
  }
};

VirtualClock::VirtualClock(std::int64_t start_unix_ns) : impl_(std::make_unique<Impl>()) {
  impl_->now_ns = start_unix_ns;
}
VirtualClock::~VirtualClock() = default;

std::int64_t VirtualClock::now_unix_ns() {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->now_ns;
}

void VirtualClock::advance_ns(std::int64_t duration_ns) {
  const std::scoped_lock lock(impl_->mutex);
  impl_->now_ns += duration_ns;
  impl_->wake_due();
}

Slept VirtualClock::sleep_ns(std::int64_t duration_ns, const Cancellation* cancellation, std::int64_t deadline_ns) {
  const auto registration = cancellation ? cancellation->on_cancel([this] {
    const std::scoped_lock lock(impl_->mutex);
    impl_->changed.notify_all();
  })
                                         : nullptr;
  std::unique_lock lock(impl_->mutex);
  Impl::Sleeper sleeper{impl_->now_ns + std::max<std::int64_t>(duration_ns, 0),
                        impl_->workers.contains(std::this_thread::get_id()), false};
  impl_->sleepers.push_back(&sleeper);
  if (duration_ns <= 0) impl_->wake_due();
  const auto give_up = [&](Slept why) {
    impl_->sleepers.remove(&sleeper);
    return why;
  };
  for (;;) {
    if (sleeper.is_awake) return Slept::whole;
    if (cancellation && cancellation->is_cancelled()) return give_up(Slept::cancelled);
    if (deadline_ns != 0 && monotonic_ns() >= deadline_ns) return give_up(Slept::deadline);
    impl_->jump_when_all_sleep();
    if (sleeper.is_awake) continue;
    if (deadline_ns == 0) {
      impl_->changed.wait(lock);
    } else {
      impl_->changed.wait_for(lock, std::chrono::nanoseconds(deadline_ns - monotonic_ns()));
    }
  }
}

VirtualClock::Worker::Worker(VirtualClock& clock) : clock_(clock) {
  const std::scoped_lock lock(clock_.impl_->mutex);
  ++clock_.impl_->workers[std::this_thread::get_id()];
}

VirtualClock::Worker::~Worker() {
  const std::scoped_lock lock(clock_.impl_->mutex);
  auto& workers = clock_.impl_->workers;
  const auto mine = workers.find(std::this_thread::get_id());
  if (mine != workers.end() && --mine->second == 0) workers.erase(mine);
  clock_.impl_->jump_when_all_sleep();
}

}  // namespace bb::host
