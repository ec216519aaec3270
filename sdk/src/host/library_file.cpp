#include <elf.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include "library.hpp"

namespace bb::host {
namespace {

constexpr std::string_view elf_magic =
    "\x7f"
    "ELF";
// Of the ELF header, which has these two places in libraries of every machine.
constexpr std::size_t class_at = EI_CLASS;
constexpr std::size_t machine_at = 18;  // two bytes, in the order of the machine
#if defined(__x86_64__)
constexpr unsigned own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned own_machine = EM_AARCH64;
#endif

std::string machine_name(unsigned machine, bool is_64_bit) {
  static const std::map<unsigned, std::string> known{
      {EM_386, "i386"}, {EM_ARM, "arm"}, {EM_X86_64, "x86_64"}, {EM_AARCH64, "aarch64"}, {EM_RISCV, "riscv"}};
  const auto found = known.find(machine);
  return (found == known.end() ? "machine " + std::to_string(machine) : found->second) +
         (is_64_bit ? ", 64-bit" : ", 32-bit");
}

// The loader says of a library for another machine that there is no such file.
Status check_machine(const Manifest& manifest, std::string_view library) {
  if (library.size() < machine_at + 2) return {};  // cut off: the loader says so
  if (library[class_at] != ELFCLASS32 && library[class_at] != ELFCLASS64) return {};
  const bool is_64_bit = library[class_at] == ELFCLASS64;
  std::uint16_t machine = 0;
  std::memcpy(&machine, library.data() + machine_at, sizeof machine);
  if (is_64_bit && machine == own_machine) return {};
  return Error{"plugin library " + manifest.library.string() + " is for " + machine_name(machine, is_64_bit) +
               ", this host is " + machine_name(own_machine, true) + "; build it for this machine"};
}

}  // namespace

Status check_library(const Manifest& manifest) {
  const std::string library = "plugin library " + manifest.library.string();
  if (manifest.abi_major != BB_ABI_MAJOR)
    return Error{library + " needs a host for ABI major " + std::to_string(manifest.abi_major) + ", this host offers " +
                 std::to_string(BB_ABI_MAJOR)};
  std::error_code failure;
  if (!std::filesystem::exists(manifest.library, failure))
    return Error{library + " does not exist; " + manifest.file.filename().string() + " names it"};
  const auto bytes = read_text(manifest.library);
  if (!bytes) return bytes.error();
  if (!bytes->starts_with(elf_magic))
    return Error{manifest.library.string() + " is not a plugin: it is no shared library (ELF)"};
  BB_CHECK(check_machine(manifest, *bytes));
  if (manifest.sha256.empty()) return {};
  const std::string sha256 = sha256_hex(*bytes);
  if (sha256 == manifest.sha256) return {};
  return Error{library + " differs from its manifest: sha256 is '" + manifest.sha256 + "' in " +
               manifest.file.filename().string() + ", '" + sha256 + "' of the file"};
}

Result<LoadedPlugin> load_plugin(const Manifest& manifest) {
  BB_CHECK(check_library(manifest));
  BB_TRY(LoadedPlugin plugin, open_plugin(manifest));
  BB_CHECK(check_description(plugin.description, manifest));
  return plugin;
}

}  // namespace bb::host
