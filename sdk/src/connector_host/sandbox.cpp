#include "sandbox.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bb::host {
namespace {

// The wish to die with the parent is not inherited. Where no seccomp filter
// keeps the plugin from forking, what it forks gets it too.
extern "C" void tie_forked() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }

}  // namespace

bool tie_to_parent(int parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pthread_atfork(nullptr, nullptr, tie_forked);
  return ::getppid() == parent;
}

std::vector<SandboxLayer> apply_sandbox(const SandboxPolicy& policy) {
  return {drop_privileges(), limit_resources(), restrict_files(policy), restrict_system_calls(policy)};
}

std::string failed_call(std::string_view call) { return std::string(call) + ": " + std::strerror(errno); }

}  // namespace bb::host
