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

void Watcher::add(int descriptor, std::function<bool()> action) {
  const std::scoped_lock lock(mutex_);
  actions_[descriptor] = std::move(action);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Watcher::remove(int descriptor) {
  const std::scoped_lock lock(mutex_);
  if (actions_.erase(descriptor) != 0) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
}

void Watcher::watch() {
  std::array<epoll_event, 16> events;
  for (;;) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int index = 0; index < count; ++index) {
      const int descriptor = events[static_cast<std::size_t>(index)].data.fd;
      if (descriptor == stop_) return;
      const std::scoped_lock lock(mutex_);
      const auto found = actions_.find(descriptor);
      if (found == actions_.end() || found->second()) continue;
      ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
      actions_.erase(found);
    }
  }
}

}  // namespace bb::host
