#include "programs/ending.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace bb::programs {
namespace {

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void block_ending_signals() {
  const auto signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

void wait_for_ending_signal() {
  const auto signals = ending_signals();
  int number = 0;
  sigwait(&signals, &number);
}

bool end_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  return getppid() == parent;
}

}  // namespace bb::programs
