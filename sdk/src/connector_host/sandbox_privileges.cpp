// No capabilities, no way to get any, no core, nobody else may look in.
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "sandbox.hpp"

namespace bb::host {
namespace {

// Of all three sets, so also for root: none of its limits may be raised again.
bool drop_capabilities() {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace

SandboxLayer drop_privileges() {
  const auto refused = [](const char* call) { return SandboxLayer{"privileges", false, failed_call(call)}; };
  if (!drop_capabilities()) return refused("capset");
  // A core limit of 0 does not stop a handler behind a pipe.
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return refused("prctl(PR_SET_DUMPABLE)");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("prctl(PR_SET_NO_NEW_PRIVS)");
  return {"privileges", true, "no capabilities, no new privileges, not dumpable"};
}

}  // namespace bb::host
