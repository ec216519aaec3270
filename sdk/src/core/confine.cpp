// confine.cpp - resource limits, Landlock for files, and a seccomp filter for
// network and processes. A kernel without the last two runs the program within
// the limits alone: confinement() says so.
#include "confine.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace bb {
namespace {

constexpr std::uint64_t file_rights = (1ULL << 13) - 1;  // Landlock ABI 1: every one
constexpr std::uint64_t read_and_execute =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t of_a_file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;

void allow(int rules, const std::filesystem::path& path, std::uint64_t rights) {
  const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (place.get() < 0) return;  // what is not there cannot be opened
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = place.get();
  ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
#  error "no seccomp filter for this architecture"
#endif

constexpr sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr sock_filter answer(std::uint32_t action) { return BPF_STMT(BPF_RET | BPF_K, action); }
// Skips `skip` instructions unless the call is `number`.
constexpr sock_filter unless_call(long number, std::uint8_t skip) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, skip);
}

constexpr std::uint32_t refused = SECCOMP_RET_ERRNO | EACCES;

// Sockets, io_uring (which makes them without a system call), processes other
// than threads, and looking into other processes. x32 is refused with the rest of
// its numbers: none is a call of a 64-bit program.
const std::array filter {
  load(offsetof(seccomp_data, arch)), sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
      answer(SECCOMP_RET_KILL_PROCESS), load(offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), answer(refused), unless_call(SYS_socket, 1),
      answer(refused), unless_call(SYS_io_uring_setup, 1), answer(refused), unless_call(SYS_ptrace, 1), answer(refused),
      unless_call(SYS_process_vm_readv, 1), answer(refused), unless_call(SYS_process_vm_writev, 1), answer(refused),
      unless_call(SYS_kill, 1), answer(refused),
#if defined(__x86_64__)
      unless_call(SYS_fork, 1), answer(refused), unless_call(SYS_vfork, 1), answer(refused),
#endif
      unless_call(SYS_clone3, 1),
      answer(SECCOMP_RET_ERRNO | ENOSYS),  // the C library then takes clone
      unless_call(SYS_clone, 3), load(offsetof(seccomp_data, args)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0), answer(refused), answer(SECCOMP_RET_ALLOW),
};

bool limit(__rlimit_resource resource, rlim_t most) {
  rlimit before{};
  ::getrlimit(resource, &before);
  const rlim_t value = before.rlim_max < most ? before.rlim_max : most;
  const rlimit after{value, value};
  return ::setrlimit(resource, &after) == 0;
}

int landlock_abi() {
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

}  // namespace

Confinement confinement() {
  return {.has_landlock = landlock_abi() >= 1, .has_seccomp = ::prctl(PR_GET_SECCOMP) >= 0 || errno != EINVAL};
}

Cell::Cell(const std::filesystem::path& program, const Bounds& bounds) : bounds_(bounds) {
  if (landlock_abi() < 1) return;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = file_rights;
  rules_ = Descriptor(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (rules_.get() < 0) return;
  for (const char* const folder : {"/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/fonts"})
    allow(rules_.get(), folder, read_and_execute);
  for (const char* const file : {"/etc/ld.so.cache", "/dev/null", "/dev/urandom"})
    allow(rules_.get(), file, LANDLOCK_ACCESS_FS_READ_FILE);
  allow(rules_.get(), program, of_a_file);
}

bool Cell::enter() const {
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_NOFILE, 64) ||
      !limit(RLIMIT_CPU, bounds_.cpu_seconds_max) || !limit(RLIMIT_AS, bounds_.memory_bytes_max))
    return false;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (rules_.get() >= 0 && ::syscall(SYS_landlock_restrict_self, rules_.get(), 0) != 0) return false;
  const sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 || errno == EINVAL;
}

}  // namespace bb
