// Any text is a manifest that keeps the promises of its header, or an error
// that begins with its place.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include <bb/core/text.hpp>
#include <bb/host/manifest.hpp>

namespace {

void expect(bool is_true) {
  if (!is_true) std::abort();
}

void check(const bb::host::Manifest& manifest) {
  expect(manifest.id.find('.') != std::string::npos);
  expect(bb::split(manifest.version, '.').size() >= 3);
  expect(manifest.file.is_absolute() && manifest.library.is_absolute() && manifest.library.has_filename());
  expect(manifest.sha256.empty() || manifest.sha256.size() == 64);
  expect(manifest.min_host_minor <= manifest.abi_minor && manifest.abi_minor <= 65'535 && manifest.abi_major <= 65'535);
  expect(manifest.isolation == "process" || manifest.isolation == "in-process");
  expect(!manifest.types.empty());
  std::set<std::string> ids;
  for (const auto& type : manifest.types) {
    expect(type.id == manifest.id || type.id.starts_with(manifest.id + "."));
    expect(ids.insert(type.id).second);
    for (const auto& interface : type.interfaces) expect(interface.find('/') != std::string::npos);
  }
  for (const auto& service : manifest.host_grants) expect(service.find('/') != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto manifest = bb::host::parse_manifest(text, "/plugins/f.bbplugin.yaml");
  if (manifest) {
    check(*manifest);
  } else {
    const std::string& what = manifest.error().what;
    expect(what.starts_with("/plugins/f.bbplugin.yaml:") && bb::is_utf8(what) && !what.ends_with('\n'));
  }
  return 0;
}
