#include "sandbox.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace bb::host {
namespace {

// The wish to die with the parent is not inherited; what the plugin forks gets
// it too, with this process as its parent.
extern "C" void tie_forked() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }

}  // namespace

bool tie_to_parent(int parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pthread_atfork(nullptr, nullptr, tie_forked);
  return ::getppid() == parent;
}

std::vector<std::string> apply_sandbox() {
  std::vector<std::string> layers;
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) == 0) layers.emplace_back("no-core");
  // A core limit of 0 does not stop a handler behind a pipe.
  if (::prctl(PR_SET_DUMPABLE, 0) == 0) layers.emplace_back("not-dumpable");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) layers.emplace_back("no-new-privileges");
  return layers;
}

}  // namespace bb::host
