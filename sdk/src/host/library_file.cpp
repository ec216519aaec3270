#include <array>
#include <fstream>
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

bool is_elf(const std::filesystem::path& file) {
  std::array<char, elf_magic.size()> begin{};
  std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
  return std::string_view(begin.data(), begin.size()) == elf_magic;
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
  if (!is_elf(manifest.library))
    return Error{manifest.library.string() + " is not a plugin: it is no shared library (ELF)"};
  if (manifest.sha256.empty()) return {};
  BB_TRY(const std::string bytes, read_text(manifest.library));
  const std::string sha256 = sha256_hex(bytes);
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
