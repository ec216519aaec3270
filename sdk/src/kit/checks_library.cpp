// Level 1: the library loads, and describes itself as its manifest does.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <set>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "checks.hpp"
#include "elf.hpp"
#include "folder_entries.hpp"
#include "sanitizer.hpp"
#include "traps.hpp"

namespace bb::kit {
namespace {

// What a scanner does: load, ask for the table, list the types.
Verdict describe(Bench& bench) {
  BB_KIT_TRY(bench.usable());
  for (std::uint32_t index = 0; index < type_count_max && bench.plugin->type_at(index) != nullptr; ++index) {
  }
  return pass();
}

Verdict loads_now(Bench& bench) {
  const auto handle = bench.load();
  if (!handle) return fail("the library does not load: {}", handle.error().what);
  return pass();
}

Verdict one_symbol(Bench& bench) {
  const auto facts = read_elf(bench.subject().manifest.library);
  if (!facts) return skip("{}", facts.error().what);
  auto names = facts->defined;
  std::sort(names.begin(), names.end());
  if (std::find(names.begin(), names.end(), BB_PLUGIN_V1_SYMBOL) == names.end())
    return fail("the library shows {} symbols, but not " BB_PLUGIN_V1_SYMBOL, names.size());
  std::vector<std::string> others;
  for (const auto& name : names)
    if (!name.starts_with("bb_plugin_v")) others.push_back(name);
  if (others.empty()) return pass();
  const auto count = others.size();
  others.resize(std::min<std::size_t>(count, 5));
  return warn("the library shows {} more {}, expected " BB_PLUGIN_V1_SYMBOL " alone: {}{}", count,
              count == 1 ? "symbol" : "symbols", join(others, ", "), count > 5 ? ", ..." : "");
}

Verdict needed(Bench& bench) {
  const auto facts = read_elf(bench.subject().manifest.library);
  if (!facts) return skip("{}", facts.error().what);
  static const std::set<std::string, std::less<>> runtime{
      "libc.so.6",       "libm.so.6",      "libdl.so.2",           "librt.so.1",
      "libpthread.so.0", "libgcc_s.so.1",  "libstdc++.so.6",       "libc++.so.1",
      "libc++abi.so.1",  "libunwind.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
      "libasan.so.8",    "libubsan.so.1",  "libtsan.so.2"};
  const auto& links = bench.subject().manifest.links;
  for (const auto& name : facts->needed)
    if (!runtime.contains(name) && std::find(links.begin(), links.end(), name) == links.end())
      return fail("the library links {}, which the manifest's 'links:' does not name", name);
  for (const auto& name : links)
    if (std::find(facts->needed.begin(), facts->needed.end(), name) == facts->needed.end())
      return fail("the manifest's 'links:' names {}, which the library does not link", name);
  for (const auto& path : facts->search)
    if (!path.starts_with("$ORIGIN"))
      return fail("the library searches for others in '{}', expected nothing outside $ORIGIN", path);
  return pass();
}

Verdict scan_time(Bench& bench) {
  constexpr std::int64_t warn_ms = 100, fail_ms = 2000;
  const auto begin = monotonic_ns();
  BB_KIT_TRY(describe(bench));
  const auto took_ms = (monotonic_ns() - begin) / ns_per_ms;
  if (took_ms >= fail_ms) return fail("load and describe took {} ms, expected less than {}", took_ms, fail_ms);
  if (took_ms >= warn_ms) return warn("load and describe took {} ms, expected less than {}", took_ms, warn_ms);
  return pass();
}

Verdict no_threads_on_load(Bench& bench) {
  const auto threads = entries_of("/proc/self/task"), files = entries_of("/proc/self/fd");
  BB_KIT_TRY(describe(bench));
  const auto threads_after = entries_of("/proc/self/task"), files_after = entries_of("/proc/self/fd");
  if (threads_after != threads)
    return fail("{} threads after load and describe, expected {} as before", threads_after, threads);
  if (files_after != files)
    return fail("{} open descriptors after load and describe, expected {} as before", files_after, files);
  return pass();
}

Verdict no_io_on_load(Bench& bench) {
  if (!set_trap(Trap::sockets_and_writes)) return skip("the kernel allows no seccomp filter here");
  BB_KIT_TRY(describe(bench));
  if (const auto what = caught_by_trap(); !what.empty())
    return fail("load and describe tried to {}, expected nothing outside the process", what);
  return pass();
}

// What is printed while it lives.
class Printed {
 public:
  Printed() : file_(::memfd_create("bluebridge-kit", MFD_CLOEXEC)) {
    std::fflush(nullptr);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      kept_[i] = ::fcntl(streams[i], F_DUPFD_CLOEXEC, 0);
      ::dup2(file_, streams[i]);
    }
  }
  ~Printed() {
    std::fflush(nullptr);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      ::dup2(kept_[i], streams[i]);
      ::close(kept_[i]);
    }
    ::close(file_);
  }
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;

  std::string text() const {
    std::fflush(nullptr);
    std::array<char, 4096> buffer;
    const auto count = ::pread(file_, buffer.data(), buffer.size(), 0);
    return count <= 0 ? std::string() : to_utf8_lossy(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  }

 private:
  static constexpr std::array<int, 2> streams{STDOUT_FILENO, STDERR_FILENO};
  int file_;
  std::array<int, 2> kept_{};
};

Verdict static_init_clean(Bench& bench) {
  const Printed printed;
  BB_KIT_TRY(describe(bench));
  const auto text = printed.text();
  if (const auto report = sanitizer_report(text); !report.empty())
    return fail("load and describe made a sanitizer say: {}", shorten(report, 200));
  if (!text.empty())
    return fail("load and describe printed '{}', expected nothing",
                shorten(std::string_view(text).substr(0, text.find('\n')), 200));
  return pass();
}

Verdict entry_pure(Bench& bench) {
  BB_KIT_TRY(bench.usable());
  const auto size = std::min<std::size_t>(bench.plugin->struct_size, 4096);
  const std::string before(reinterpret_cast<const char*>(bench.plugin), size);
  const auto again = bench.entry();
  if (*again != bench.plugin) return fail("two calls of bb_plugin_v1 gave two tables, expected the same pointer");
  if (std::memcmp(before.data(), *again, size) != 0)
    return fail("two calls of bb_plugin_v1 gave one table with two contents, expected the same bytes");
  return pass();
}

Verdict entry_size_min(Bench& bench) {
  const auto plugin = bench.entry();
  if (!plugin) return skip("the library cannot be loaded, see lib-loads-now: {}", plugin.error().what);
  if (const auto defect = table_defect(*plugin); !defect.empty()) return fail("{}", defect);
  return pass();
}

Verdict differs(std::string_view what, std::string_view in_manifest, std::string_view in_library) {
  return fail("{} is '{}' in the manifest, '{}' in the library", what, in_manifest, in_library);
}

Verdict manifest_matches(Bench& bench) {
  const auto& manifest = bench.subject().manifest;
  if (!manifest.sha256.empty() && manifest.sha256 != bench.subject().sha256)
    return differs("sha256", manifest.sha256, bench.subject().sha256);
  BB_KIT_TRY(bench.usable_types());
  const auto& plugin = *bench.plugin;
  if (manifest.id != plugin.id) return differs("id", manifest.id, plugin.id);
  if (manifest.version != plugin.version) return differs("version", manifest.version, plugin.version);
  if (manifest.abi_minor != plugin.abi_minor)
    return differs("abi minor", std::to_string(manifest.abi_minor), std::to_string(plugin.abi_minor));
  if (manifest.min_host_minor != plugin.min_host_minor)
    return differs("min_host_minor", std::to_string(manifest.min_host_minor), std::to_string(plugin.min_host_minor));
  for (const auto* type : bench.types) {
    const auto* const known = bench.in_manifest(type->id);
    if (known == nullptr) return fail("type '{}' is in the library but not in the manifest", type->id);
    auto expected = known->interfaces, found = interface_list(*type);
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    if (expected != found)
      return differs(fmt::format("interfaces of type '{}'", type->id), join(expected, ", "), join(found, ", "));
  }
  for (const auto& type : manifest.types)
    if (std::none_of(bench.types.begin(), bench.types.end(), [&](const auto* known) { return type.id == known->id; }))
      return fail("type '{}' is in the manifest but not in the library", type.id);
  return pass();
}

bool is_reverse_dns(std::string_view id) {
  const auto parts = split(id, '.');
  return parts.size() >= 2 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
         });
}

Verdict type_enumeration(Bench& bench) {
  BB_KIT_TRY(bench.usable());
  const auto& plugin = *bench.plugin;
  std::set<std::string> seen;
  std::uint32_t count = 0;
  for (; count < type_count_max; ++count) {
    const auto* const type = plugin.type_at(count);
    if (type == nullptr) break;
    if (!BB_HAS(type, config_schema))
      return fail("type {} says struct_size {}, version 1.0 has {}", count, type->struct_size,
                  sizeof(bb_connector_type));
    if (type->id == nullptr) return fail("the id of type {} is NULL", count);
    const std::string id(type->id);
    if (!is_reverse_dns(id)) return fail("type id '{}' is no reverse DNS, as com.example.portal", id);
    if (id != plugin.id && !id.starts_with(std::string(plugin.id) + "."))
      return fail("type id '{}' does not belong to library '{}'", id, plugin.id);
    if (!seen.insert(id).second) return fail("type id '{}' is given twice, at index {} again", id, count);
    for (const auto* text : {type->name, type->vendor, type->version, type->url})
      if (text != nullptr && !is_utf8(text)) return fail("a text of type '{}' is not well-formed UTF-8", id);
  }
  if (count == 0) return fail("type_at(0) gave NULL, expected at least one type");
  if (count == type_count_max) return fail("type_at gives more than {} types, expected NULL at the end", count - 1);
  for (const auto index : {count, count + 1, count + 1000, UINT32_MAX})
    if (plugin.type_at(index) != nullptr) return fail("type_at({}) gave a type, expected NULL after {}", index, count);
  return pass();
}

}  // namespace

std::vector<Check> library_checks() {
  return {
      {{"lib-loads-now", 1, "BB-R002", "the library loads with every symbol resolved"}, loads_now},
      {{"lib-one-symbol", 1, "BB-R003", "the library shows bb_plugin_v1 alone"}, one_symbol},
      {{"lib-needed", 1, "BB-R004", "what it links is what the manifest says"}, needed},
      {{"lib-scan-time", 1, "BB-R007", "load and describe are quick"}, scan_time},
      {{"lib-no-threads-on-load", 1, "BB-R005", "load and describe start no thread and open no descriptor"},
       no_threads_on_load},
      {{"lib-no-io-on-load", 1, "BB-R006", "load and describe open no socket and write no file"}, no_io_on_load},
      {{"lib-static-init-clean", 2, "BB-R068", "constructors print nothing, and no sanitizer reports"},
       static_init_clean},
      {{"entry-pure", 1, "BB-R010", "bb_plugin_v1 gives one table"}, entry_pure},
      {{"entry-size-min", 1, "BB-R011", "the table has every field of 1.0"}, entry_size_min},
      {{"manifest-matches", 1, "BB-R009", "manifest and library say the same"}, manifest_matches},
      {{"type-enumeration", 1, "BB-R013", "types are listed from 0 on, once each"}, type_enumeration},
  };
}

}  // namespace bb::kit
