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
  PluginDescription description;
};

// Before a library is opened, here or in a process of its own: the manifest's
// ABI major, that the file is one, and its hash where the manifest has one. The
// error is one sentence that names the file and what to do.
[[nodiscard]] Status check_library(const Manifest& manifest);
// Opens the library, finds bb_plugin_v1 and copies what its table says. Of the
// manifest only the paths are read.
[[nodiscard]] Result<LoadedPlugin> open_plugin(const Manifest& manifest);
// Checks, opens, and compares the table with the manifest.
[[nodiscard]] Result<LoadedPlugin> load_plugin(const Manifest& manifest);

}  // namespace bb::host
