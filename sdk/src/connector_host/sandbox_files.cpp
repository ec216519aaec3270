// Landlock: of the file system the process keeps libraries to read and its
// working folder to write. The constants are the kernel's; Debian 12's headers
// know the older ones only (Documentation/userspace-api/landlock.rst).
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include <bb/core/text.hpp>
#include "sandbox.hpp"

namespace bb::host {
namespace {

// struct landlock_ruleset_attr as of ABI 6; older kernels take its beginning.
struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

constexpr std::uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t read_folder = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t read_and_write_file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t execute = LANDLOCK_ACCESS_FS_EXECUTE;

// By the kernel's ABI: all that it can refuse.
constexpr std::array<std::uint64_t, 5> file_rights{
    (1ULL << 13) - 1,  // 1
    (1ULL << 14) - 1,  // 2: links and renames between folders
    (1ULL << 15) - 1,  // 3: truncate
    (1ULL << 15) - 1,  // 4
    (1ULL << 16) - 1,  // 5: ioctl of devices
};
constexpr int network_abi_min = 4;
constexpr std::uint64_t bind_and_connect_tcp = 3;
constexpr int scope_abi_min = 6;
constexpr std::uint64_t abstract_sockets_and_signals = 3;

constexpr int files_beside_max = 4096;

RulesetAttributes attributes_for(int abi, const SandboxPolicy& policy) {
  RulesetAttributes attributes;
  const auto known = std::min<std::size_t>(static_cast<std::size_t>(abi), file_rights.size());
  attributes.files = file_rights.at(known - 1);
  if (abi >= network_abi_min && !policy.is_network_allowed) attributes.network = bind_and_connect_tcp;
  if (abi >= scope_abi_min) attributes.scoped = abstract_sockets_and_signals;
  return attributes;
}

std::size_t size_for(int abi) {
  if (abi < network_abi_min) return sizeof(std::uint64_t);
  return abi < scope_abi_min ? 2 * sizeof(std::uint64_t) : sizeof(RulesetAttributes);
}

class Ruleset {
 public:
  explicit Ruleset(const RulesetAttributes& attributes, std::size_t size)
      : files_(attributes.files),
        descriptor_(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0))) {}
  ~Ruleset() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Ruleset(const Ruleset&) = delete;
  Ruleset& operator=(const Ruleset&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  // What is not there cannot be opened, and needs no rule.
  void allow(const std::filesystem::path& path, std::uint64_t rights) {
    const int place = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (place < 0) return;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights & files_;
    rule.parent_fd = place;
    ::syscall(SYS_landlock_add_rule, descriptor_, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    ::close(place);
  }
  bool restrict_self() const { return ::syscall(SYS_landlock_restrict_self, descriptor_, 0) == 0; }

 private:
  std::uint64_t files_;
  int descriptor_;
};

bool is_library(std::string_view name) { return name.ends_with(".so") || name.find(".so.") != std::string_view::npos; }

// Where the loader looks, and what the machine's administrator added.
void allow_system_libraries(Ruleset& rules) {
  for (const char* const folder :
       {"/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib"})
    rules.allow(folder, read_folder);
  rules.allow("/etc/ld.so.cache", read_file);
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/etc/ld.so.conf.d", none)) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);)
      if (line.starts_with('/')) rules.allow(trim(line), read_folder);
  }
}

// The library, and libraries that lie in the same folder; not the folder, which
// may be somebody's home.
void allow_library(Ruleset& rules, const std::filesystem::path& library) {
  rules.allow(library, read_file);
  std::error_code none;
  int left = files_beside_max;
  for (const auto& entry : std::filesystem::directory_iterator(library.parent_path(), none)) {
    if (--left < 0) return;
    if (is_library(entry.path().filename().string()) && entry.is_regular_file(none))
      rules.allow(entry.path(), read_file);
  }
}

}  // namespace

SandboxLayer restrict_files(const SandboxPolicy& policy) {
  const auto refused = [](const char* call) { return SandboxLayer{"landlock", false, failed_call(call)}; };
  const int abi = static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (abi < 1) return refused("landlock_create_ruleset");
  const RulesetAttributes attributes = attributes_for(abi, policy);
  Ruleset rules(attributes, size_for(abi));
  if (!rules.is_open()) return refused("landlock_create_ruleset");

  allow_system_libraries(rules);
  allow_library(rules, policy.library);
  rules.allow(".", attributes.files & ~execute);
  rules.allow("/dev/null", read_and_write_file);
  for (const char* const file : {"/dev/urandom", "/dev/random", "/dev/zero", "/etc/ssl/openssl.cnf"})
    rules.allow(file, read_file);
  rules.allow("/usr/share/zoneinfo", read_folder);
  if (is_sanitized) rules.allow("/proc", read_folder);
  if (policy.is_network_allowed) {
    for (const char* const file : {"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf",
                                   "/etc/gai.conf", "/etc/services", "/etc/protocols"})
      rules.allow(file, read_file);
    for (const char* const folder :
         {"/etc/ssl/certs", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates"})
      rules.allow(folder, read_folder);
  }
  if (!rules.restrict_self()) return refused("landlock_restrict_self");
  return {"landlock", true,
          "reads libraries, writes its own empty folder" +
              std::string(is_sanitized ? ", reads /proc (sanitizer build)" : "") + " (ABI " + std::to_string(abi) +
              ")"};
}

}  // namespace bb::host
