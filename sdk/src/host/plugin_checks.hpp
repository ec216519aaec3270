// plugin_checks.hpp - compares what a library says of itself with its manifest.
#pragma once

#include <string>
#include <vector>

#include <bb/abi/plugin.h>
#include <bb/core/result.hpp>
#include <bb/host/manifest.hpp>

namespace bb::host {

// Whether the table can be used at all and equals the manifest: sizes, NULL
// members, versions, type ids and their interfaces. The error is one sentence
// that names the library and both values.
[[nodiscard]] Status check_plugin(const bb_plugin* plugin, const Manifest& manifest);

// The type by id, or nullptr.
const bb_connector_type* find_connector_type(const bb_plugin& plugin, const std::string& id);

// What the NULL terminated list holds; nothing for a NULL list.
std::vector<std::string> interface_list(const bb_connector_type& type);

}  // namespace bb::host
