#include <sys/resource.h>

#include <array>

#include "sandbox.hpp"

namespace bb::host {
namespace {

constexpr rlim_t gib = 1024ull * 1024 * 1024;

struct Limit {
  __rlimit_resource resource;
  const char* name;
  rlim_t most;
  bool is_for_sanitizers = true;
};

// None on processes: it counts all of the user's, and not root's at all; the
// seccomp filter lets none be made.
constexpr std::array limits{
    Limit{RLIMIT_CORE, "RLIMIT_CORE", 0},          Limit{RLIMIT_NOFILE, "RLIMIT_NOFILE", 64},
    Limit{RLIMIT_FSIZE, "RLIMIT_FSIZE", gib},      Limit{RLIMIT_CPU, "RLIMIT_CPU", 3600},
    Limit{RLIMIT_AS, "RLIMIT_AS", 4 * gib, false},
};

}  // namespace

SandboxLayer limit_resources() {
  for (const Limit& limit : limits) {
    if (is_sanitized && !limit.is_for_sanitizers) continue;
    rlimit before{};
    ::getrlimit(limit.resource, &before);
    const rlim_t most = before.rlim_max < limit.most ? before.rlim_max : limit.most;
    const rlimit after{most, most};
    if (::setrlimit(limit.resource, &after) != 0)
      return {"limits", false, failed_call("setrlimit(" + std::string(limit.name) + ")")};
  }
  return {"limits", true,
          std::string(is_sanitized ? "address space not limited (sanitizer build)" : "4 GiB of address space") +
              ", 64 open files, 1 GiB a file, 1 h of CPU time, no core"};
}

}  // namespace bb::host
