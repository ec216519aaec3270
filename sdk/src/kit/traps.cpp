#include "traps.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bb::kit {
namespace {

std::atomic<int> caught{-1};

void on_trap(int, siginfo_t* info, void* context) {
  int none = -1;
  caught.compare_exchange_strong(none, info->si_syscall);
  auto* const machine = static_cast<ucontext_t*>(context);
#if defined(__x86_64__)
  machine->uc_mcontext.gregs[REG_RAX] = -EACCES;
#elif defined(__aarch64__)
  machine->uc_mcontext.regs[0] = static_cast<unsigned long long>(-EACCES);
#else
  (void)machine;
#endif
}

sock_filter statement(unsigned code, std::uint32_t k) { return {static_cast<std::uint16_t>(code), 0, 0, k}; }
sock_filter jump(unsigned code, std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
  return {static_cast<std::uint16_t>(code), yes, no, k};
}

}  // namespace

bool set_trap(Trap trap) {
  struct sigaction action = {};
  action.sa_sigaction = on_trap;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (::sigaction(SIGSYS, &action, nullptr) != 0) return false;
  std::vector<sock_filter> filter{statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const auto number : {SYS_socket, SYS_connect, SYS_bind, SYS_sendto, SYS_sendmsg}) {
    filter.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  }
  if (trap == Trap::sockets_and_writes) {
    // openat(folder, path, flags): the low half of the third argument.
    filter.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3));
    filter.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 16));
    filter.push_back(jump(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT, 0, 1));
    filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  }
  filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

std::string caught_by_trap() {
  switch (caught.load()) {
    case -1:
      return "";
    case SYS_socket:
      return "socket";
    case SYS_connect:
      return "connect";
    case SYS_openat:
      return "open for writing";
    default:
      return "send or bind";
  }
}

}  // namespace bb::kit
