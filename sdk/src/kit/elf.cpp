#include "elf.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <string_view>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

namespace bb::kit {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);
using Dynamic = ElfW(Dyn);
using Relocation = ElfW(Rela);

// The bytes of a file as structs, never past its end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  bool read(std::uint64_t at, T& out) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof(T)) return false;
    std::memcpy(&out, bytes_.data() + at, sizeof(T));
    return true;
  }
  std::string text(const Section& strings, std::uint64_t at) const {
    if (at >= strings.sh_size || strings.sh_offset > bytes_.size() || at >= bytes_.size() - strings.sh_offset)
      return {};
    const auto rest = bytes_.substr(strings.sh_offset + at, strings.sh_size - at);
    return std::string(rest.substr(0, rest.find('\0')));
  }

 private:
  std::string_view bytes_;
};

}  // namespace

Result<ElfFacts> read_elf(const std::filesystem::path& library) {
  const auto read = read_text(library);
  if (!read) return read.error();
  const std::string& text = *read;
  const Bytes bytes(text);
  Header header{};
  if (!text.starts_with(ELFMAG) || !bytes.read(0, header) || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_shentsize != sizeof(Section))
    return Error{library.string() + " is no shared library (64-bit ELF)"};
  std::vector<Section> sections(header.e_shnum);
  for (std::size_t i = 0; i < sections.size(); ++i)
    if (!bytes.read(header.e_shoff + i * sizeof(Section), sections[i]))
      return Error{library.string() + " is cut off: its sections lie beyond its end"};
  ElfFacts facts;
  for (const auto& section : sections) {
    if (section.sh_link >= sections.size()) continue;
    const auto& strings = sections[section.sh_link];
    if (section.sh_type == SHT_DYNSYM) {
      Symbol symbol{};
      for (std::uint64_t at = 0; at + sizeof symbol <= section.sh_size; at += sizeof symbol) {
        if (!bytes.read(section.sh_offset + at, symbol)) break;
        const auto binding = ELF64_ST_BIND(symbol.st_info);
        const bool is_shown = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS && binding != STB_LOCAL &&
                              ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT;
        if (is_shown) facts.defined.push_back(bytes.text(strings, symbol.st_name));
      }
    }
    if (section.sh_type == SHT_DYNAMIC) {
      Dynamic entry{};
      for (std::uint64_t at = 0; at + sizeof entry <= section.sh_size; at += sizeof entry) {
        if (!bytes.read(section.sh_offset + at, entry) || entry.d_tag == DT_NULL) break;
        if (entry.d_tag == DT_NEEDED) facts.needed.push_back(bytes.text(strings, entry.d_un.d_val));
        if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH)
          for (auto& part : split(bytes.text(strings, entry.d_un.d_val), ':')) facts.search.push_back(std::move(part));
      }
    }
  }
  return facts;
}

int redirect(void* handle, const char* symbol, void* replacement) {
  link_map* map = nullptr;
  if (::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) return 0;
  const Symbol* symbols = nullptr;
  const char* strings = nullptr;
  const Relocation* tables[2] = {};
  std::size_t sizes[2] = {};
  for (const Dynamic* entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
    switch (entry->d_tag) {
      case DT_SYMTAB:
        symbols = reinterpret_cast<const Symbol*>(entry->d_un.d_ptr);
        break;
      case DT_STRTAB:
        strings = reinterpret_cast<const char*>(entry->d_un.d_ptr);
        break;
      case DT_JMPREL:
        tables[0] = reinterpret_cast<const Relocation*>(entry->d_un.d_ptr);
        break;
      case DT_PLTRELSZ:
        sizes[0] = entry->d_un.d_val / sizeof(Relocation);
        break;
      case DT_RELA:
        tables[1] = reinterpret_cast<const Relocation*>(entry->d_un.d_ptr);
        break;
      case DT_RELASZ:
        sizes[1] = entry->d_un.d_val / sizeof(Relocation);
        break;
      default:
        break;
    }
  }
  if (symbols == nullptr || strings == nullptr) return 0;
  int count = 0;
  for (int table = 0; table < 2; ++table) {
    for (std::size_t i = 0; tables[table] != nullptr && i < sizes[table]; ++i) {
      const auto& relocation = tables[table][i];
      const auto index = ELF64_R_SYM(relocation.r_info);
      if (index == 0 || std::strcmp(strings + symbols[index].st_name, symbol) != 0) continue;
      auto* const slot = reinterpret_cast<void**>(map->l_addr + relocation.r_offset);
      // RELRO made the page read-only; the kit's child is not in need of that.
      auto* const page = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(slot) & ~std::uintptr_t{4095});
      if (::mprotect(page, 8192, PROT_READ | PROT_WRITE) != 0 && ::mprotect(page, 4096, PROT_READ | PROT_WRITE) != 0)
        continue;
      *slot = replacement;
      ++count;
    }
  }
  return count;
}

}  // namespace bb::kit
