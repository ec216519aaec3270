#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <utility>

#include <bb/host/clock.hpp>

namespace bb::host {

// Actions run under the mutex, so that a registration's end waits for a
// running action: nothing it refers to can go away under it.
struct Cancellation::Impl {
  std::atomic<bool> is_cancelled = false;
  int event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::mutex mutex;
  std::list<std::function<void()>> actions;

  ~Impl() {
    if (event >= 0) ::close(event);
  }
};

namespace {

class ActionRegistration final : public Cancellation::Registration {
 public:
  explicit ActionRegistration(std::function<void()> remove) : remove_(std::move(remove)) {}
  ~ActionRegistration() override { remove_(); }

 private:
  std::function<void()> remove_;
};

}  // namespace

Cancellation::Cancellation() : impl_(std::make_shared<Impl>()) {}
Cancellation::~Cancellation() = default;

void Cancellation::cancel() {
  const std::scoped_lock lock(impl_->mutex);
  if (impl_->is_cancelled.exchange(true)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(impl_->event, &one, sizeof(one));
  for (const auto& action : impl_->actions) action();
}

bool Cancellation::is_cancelled() const { return impl_->is_cancelled.load(std::memory_order_acquire); }
int Cancellation::wait_handle() const { return impl_->event; }

std::unique_ptr<Cancellation::Registration> Cancellation::on_cancel(std::function<void()> action) const {
  const std::scoped_lock lock(impl_->mutex);
  if (is_cancelled()) action();
  const auto place = impl_->actions.insert(impl_->actions.end(), std::move(action));
  return std::make_unique<ActionRegistration>([impl = impl_, place] {
    const std::scoped_lock removal(impl->mutex);
    impl->actions.erase(place);
  });
}

}  // namespace bb::host
