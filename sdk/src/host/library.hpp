// library.hpp - opens plugin libraries. The only place that knows Boost.DLL.
//
// A library is opened once per process and never closed: threads, static data
// and exit handlers of a plugin outlive dlclose.
#pragma once

#include <bb/abi/plugin.h>
#include <bb/core/result.hpp>
#include <bb/host/manifest.hpp>
#include "plugin_checks.hpp"

namespace bb::host {

struct LoadedPlugin {
  const bb_plugin* table = nullptr;
  std::string sha256;  // of the file
  PluginDescription description;
};

// Checks the file against the manifest's hash, opens it, finds bb_plugin_v1 and
// copies what its table says. Of the manifest only paths, hash and ABI major
// are read. The error is one sentence that names the file and what to do.
[[nodiscard]] Result<LoadedPlugin> open_plugin(const Manifest& manifest);
// The same, and compares the table with the manifest.
[[nodiscard]] Result<LoadedPlugin> load_plugin(const Manifest& manifest);

}  // namespace bb::host
