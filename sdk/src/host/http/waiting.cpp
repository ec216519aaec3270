#include "waiting.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <cerrno>

#include <bb/core/time.hpp>

namespace bb::host {

Fault wait_ready(int descriptor, short events, const Bounds& bounds) {
  pollfd waits[]{{descriptor, events, 0}, {bounds.cancellation ? bounds.cancellation->wait_handle() : -1, POLLIN, 0}};
  for (;;) {
    timespec left{};
    if (bounds.deadline_ns != 0) {
      const std::int64_t left_ns = bounds.deadline_ns - monotonic_ns();
      if (left_ns <= 0) return Fault::deadline;
      left = {left_ns / ns_per_second, left_ns % ns_per_second};
    }
    const int ready = ::ppoll(waits, 2, bounds.deadline_ns != 0 ? &left : nullptr, nullptr);
    if (ready < 0 && errno != EINTR) return Fault::unavailable;
    if (ready <= 0) continue;
    if (waits[1].revents != 0) return Fault::cancelled;
    return Fault::none;
  }
}

// poll() passes over a negative descriptor.
Fault wait_until(std::int64_t at_ns, const Cancellation* cancellation) {
  return wait_ready(-1, POLLIN, {at_ns, cancellation});
}

namespace {

sigset_t pipe_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_pipe_signal_pending() {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

PipeSignalGuard::PipeSignalGuard() : was_pending_(is_pipe_signal_pending()) {
  const sigset_t set = pipe_signal();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  was_blocked_ = sigismember(&before, SIGPIPE) == 1;
}

PipeSignalGuard::~PipeSignalGuard() {
  const sigset_t set = pipe_signal();
  const timespec at_once{0, 0};
  if (!was_pending_)
    while (sigtimedwait(&set, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  if (!was_blocked_) pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace bb::host
