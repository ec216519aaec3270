// library.hpp - opens plugin libraries. The only place that knows Boost.DLL.
//
// A library is opened once per process and never closed: threads, static data
// and exit handlers of a plugin outlive dlclose.
#pragma once

#include <bb/abi/plugin.h>
#include <bb/core/result.hpp>
#include <bb/host/manifest.hpp>

namespace bb::host {

// Checks the file against the manifest's hash, opens it, finds bb_plugin_v1 and
// compares its table with the manifest. The error is one sentence that names
// the file and what to do about it.
[[nodiscard]] Result<const bb_plugin*> load_plugin(const Manifest& manifest);

}  // namespace bb::host
