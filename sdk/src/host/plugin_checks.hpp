// plugin_checks.hpp - compares what a library says of itself with its manifest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bb/abi/plugin.h>
#include <bb/core/result.hpp>
#include <bb/host/manifest.hpp>

namespace bb::host {

// What a library says of itself, copied out of it.
struct TypeDescription {
  std::string id, name, vendor, version, url;
  std::vector<std::string> interfaces;
  std::optional<std::string> config_schema;  // JSON text
  std::uint32_t flags = 0;
};
struct PluginDescription {
  std::string id, version;
  std::uint32_t abi_minor = 0;
  std::uint32_t min_host_minor = 0;
  std::vector<TypeDescription> types;
};

// Copies what the table says. The error is one sentence: the table cannot be
// used at all (sizes, NULL members). Of the manifest only the paths are read.
[[nodiscard]] Result<PluginDescription> describe_plugin(const bb_plugin* plugin, const Manifest& manifest);

// Whether it equals the manifest: versions, type ids and their interfaces. The
// error names the library and both values.
[[nodiscard]] Status check_description(const PluginDescription& plugin, const Manifest& manifest);

// The type by id, or nullptr.
const TypeDescription* find_type(const PluginDescription& plugin, const std::string& id);

}  // namespace bb::host
