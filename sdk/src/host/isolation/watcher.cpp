#include "watcher.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <utility>

namespace bb::host {

Watcher::Watcher() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = stop_;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, stop_, &event);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { watch(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Watcher::~Watcher() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
  thread_.join();
  ::close(stop_);
  ::close(epoll_);
}

void Watcher::add(int descriptor, Action action) {
  const std::scoped_lock lock(mutex_);
  actions_[descriptor] = std::make_shared<const Action>(std::move(action));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Watcher::remove(int descriptor) {
  std::unique_lock lock(mutex_);
  if (actions_.erase(descriptor) != 0) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  acted_.wait(lock, [&] { return acting_ != descriptor; });
}

void Watcher::act(int descriptor) {
  std::unique_lock lock(mutex_);
  const auto found = actions_.find(descriptor);
  if (found == actions_.end()) return;
  const auto action = found->second;
  acting_ = descriptor;
  lock.unlock();
  const bool goes_on = (*action)();
  lock.lock();
  acting_ = -1;
  // Who removed it meanwhile waits for this; nobody can have added it again.
  if (!goes_on && actions_.erase(descriptor) != 0) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  lock.unlock();
  acted_.notify_all();
}

void Watcher::watch() {
  std::array<epoll_event, 16> events;
  for (;;) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int index = 0; index < count; ++index) {
      const int descriptor = events[static_cast<std::size_t>(index)].data.fd;
      if (descriptor == stop_) return;
      act(descriptor);
    }
  }
}

}  // namespace bb::host
