#include "sandbox.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bb::host {
namespace {

volatile sig_atomic_t forking = 0;  // the process that forks; a new one finds it here

extern "C" void note_forking() { forking = ::getpid(); }

// The wish to die with the parent is not inherited. Where no seccomp filter
// keeps the plugin from forking, what it forks gets it too. A parent that died
// before could not send the signal any more.
extern "C" void tie_forked() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != forking) ::_exit(1);
}

}  // namespace

bool tie_to_parent(int parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pthread_atfork(note_forking, nullptr, tie_forked);
  return ::getppid() == parent;
}

std::vector<SandboxLayer> apply_sandbox(const SandboxPolicy& policy) {
  return {drop_privileges(), limit_resources(), restrict_files(policy), restrict_system_calls(policy)};
}

std::string failed_call(std::string_view call) { return std::string(call) + ": " + std::strerror(errno); }

}  // namespace bb::host
