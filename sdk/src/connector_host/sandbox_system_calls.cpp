// seccomp: system calls that a connector has no use for answer EPERM.
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "sandbox.hpp"

namespace bb::host {
namespace {

// Younger than Debian 12's headers; numbers are the same everywhere.
constexpr int call_fchmodat2 = 452;
constexpr int call_setxattrat = 463;
constexpr int call_removexattrat = 466;
constexpr int call_file_setattr = 469;

// What Landlock does not see: modes, owners, times and attributes of files.
constexpr std::array file_calls{
    SCMP_SYS(chmod),       SCMP_SYS(fchmod),       SCMP_SYS(fchmodat),   call_fchmodat2,         SCMP_SYS(chown),
    SCMP_SYS(fchown),      SCMP_SYS(lchown),       SCMP_SYS(fchownat),   SCMP_SYS(utime),        SCMP_SYS(utimes),
    SCMP_SYS(futimesat),   SCMP_SYS(utimensat),    SCMP_SYS(setxattr),   SCMP_SYS(lsetxattr),    SCMP_SYS(fsetxattr),
    SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), call_setxattrat,      SCMP_SYS(fremovexattr), call_removexattrat,
    call_file_setattr,     SCMP_SYS(quotactl),     SCMP_SYS(quotactl_fd)};

constexpr std::array process_calls{SCMP_SYS(fork),
                                   SCMP_SYS(vfork),
                                   SCMP_SYS(execve),
                                   SCMP_SYS(execveat),
                                   SCMP_SYS(ptrace),
                                   SCMP_SYS(kcmp),
                                   SCMP_SYS(process_vm_readv),
                                   SCMP_SYS(process_vm_writev),
                                   SCMP_SYS(pidfd_open),
                                   SCMP_SYS(pidfd_getfd),
                                   SCMP_SYS(process_madvise),
                                   SCMP_SYS(pidfd_send_signal),
                                   SCMP_SYS(tkill),
                                   SCMP_SYS(setpgid),
                                   SCMP_SYS(setsid),
                                   SCMP_SYS(setrlimit),
                                   SCMP_SYS(process_mrelease),
                                   SCMP_SYS(setpriority),
                                   SCMP_SYS(ioprio_set)};

constexpr std::array kernel_calls{SCMP_SYS(mount),
                                  SCMP_SYS(umount2),
                                  SCMP_SYS(move_mount),
                                  SCMP_SYS(open_tree),
                                  SCMP_SYS(fsopen),
                                  SCMP_SYS(fsconfig),
                                  SCMP_SYS(fsmount),
                                  SCMP_SYS(fspick),
                                  SCMP_SYS(mount_setattr),
                                  SCMP_SYS(pivot_root),
                                  SCMP_SYS(chroot),
                                  SCMP_SYS(setns),
                                  SCMP_SYS(unshare),
                                  SCMP_SYS(bpf),
                                  SCMP_SYS(perf_event_open),
                                  SCMP_SYS(userfaultfd),
                                  SCMP_SYS(keyctl),
                                  SCMP_SYS(add_key),
                                  SCMP_SYS(request_key),
                                  SCMP_SYS(io_uring_setup),
                                  SCMP_SYS(io_uring_enter),
                                  SCMP_SYS(io_uring_register),
                                  SCMP_SYS(init_module),
                                  SCMP_SYS(finit_module),
                                  SCMP_SYS(delete_module),
                                  SCMP_SYS(kexec_load),
                                  SCMP_SYS(kexec_file_load),
                                  SCMP_SYS(reboot),
                                  SCMP_SYS(swapon),
                                  SCMP_SYS(swapoff),
                                  SCMP_SYS(acct),
                                  SCMP_SYS(settimeofday),
                                  SCMP_SYS(clock_settime),
                                  SCMP_SYS(clock_adjtime),
                                  SCMP_SYS(adjtimex),
                                  SCMP_SYS(sethostname),
                                  SCMP_SYS(setdomainname),
                                  SCMP_SYS(iopl),
                                  SCMP_SYS(ioperm),
                                  SCMP_SYS(modify_ldt),
                                  SCMP_SYS(syslog),
                                  SCMP_SYS(vhangup),
                                  SCMP_SYS(lookup_dcookie),
                                  SCMP_SYS(fanotify_init),
                                  SCMP_SYS(open_by_handle_at),
                                  SCMP_SYS(name_to_handle_at),
                                  SCMP_SYS(shmget),
                                  SCMP_SYS(shmat),
                                  SCMP_SYS(semget),
                                  SCMP_SYS(msgget),
                                  SCMP_SYS(mq_open),
                                  SCMP_SYS(memfd_secret)};

constexpr std::array socket_calls{SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind),
                                  SCMP_SYS(listen), SCMP_SYS(accept),  SCMP_SYS(accept4)};

// seccomp's functions answer minus an error number.
class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_ALLOW), ::seccomp_release) {
    if (!context_) error_ = ENOMEM;
  }

  template <std::size_t Count>
  void refuse(const std::array<int, Count>& calls) {
    for (const int call : calls) add(::seccomp_rule_add_array(context_.get(), refusal, call, 0, nullptr));
  }
  void refuse_where(int call, scmp_arg_cmp argument) {
    add(::seccomp_rule_add_array(context_.get(), refusal, call, 1, &argument));
  }
  // So that libc takes an older call, whose arguments can be seen.
  void hide(int call) { add(::seccomp_rule_add_array(context_.get(), SCMP_ACT_ERRNO(ENOSYS), call, 0, nullptr)); }

  // 0, or an error number.
  int load() {
    if (error_ == 0) error_ = -::seccomp_load(context_.get());
    return error_;
  }

 private:
  static constexpr std::uint32_t refusal = SCMP_ACT_ERRNO(EPERM);
  void add(int answer) {
    // A call that this architecture does not have needs no rule.
    if (answer < 0 && answer != -EDOM && error_ == 0) error_ = -answer;
  }

  int error_ = 0;
  std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
};

// Internet sockets, and what name resolution asks the kernel with; no Unix
// sockets: other programs of the user listen on those.
void refuse_other_sockets(Filter& filter) {
  for (int family = 0; family <= AF_NETLINK; ++family)
    if (family != AF_INET && family != AF_INET6 && family != AF_NETLINK)
      filter.refuse_where(SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)));
  filter.refuse_where(SCMP_SYS(socket), SCMP_A0(SCMP_CMP_GT, AF_NETLINK));
}

}  // namespace

SandboxLayer restrict_system_calls(const SandboxPolicy& policy) {
  Filter filter;
  filter.refuse(file_calls);
  filter.refuse(process_calls);
  filter.refuse(kernel_calls);
  filter.hide(SCMP_SYS(clone3));
  filter.refuse_where(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  filter.refuse_where(SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_NE, 0));
  filter.refuse_where(SCMP_SYS(personality), SCMP_A0(SCMP_CMP_NE, 0xffffffff));
  const auto self = static_cast<scmp_datum_t>(::getpid());
  for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo)})
    filter.refuse_where(call, SCMP_A0(SCMP_CMP_NE, self));
  for (const scmp_datum_t request : {scmp_datum_t{TIOCSTI}, scmp_datum_t{TIOCLINUX}, scmp_datum_t{TIOCSETD}})
    filter.refuse_where(SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, request));
  if (policy.is_network_allowed)
    refuse_other_sockets(filter);
  else
    filter.refuse(socket_calls);
  if (const int error = filter.load(); error != 0) return {"seccomp", false, std::strerror(error)};
  return {"seccomp", true,
          std::string("no processes, no programs, no signals to others, ") +
              (policy.is_network_allowed ? "Internet sockets only" : "no sockets")};
}

}  // namespace bb::host
