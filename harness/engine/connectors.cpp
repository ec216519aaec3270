#include "harness/engine/connectors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/engine/run.hpp"

namespace bb::engine {

Result<std::unique_ptr<host::Connector>> HostConnectors::create(const host::InstanceOptions& options) {
  return host_.create(options);
}

Result<std::vector<std::string>> HostConnectors::interfaces(const std::string& type_id) {
  BB_TRY(const host::Manifest manifest, host_.find_type(type_id));
  const auto type = std::find_if(manifest.types.begin(), manifest.types.end(),
                                 [&](const host::ManifestType& candidate) { return candidate.id == type_id; });
  if (type == manifest.types.end())
    return Error{fmt::format("{}: the manifest does not offer type '{}'", manifest.file.string(), type_id)};
  return type->interfaces;
}

PluginVersion HostConnectors::version(const std::string& type_id) const {
  const auto manifest = host_.find_type(type_id);
  if (!manifest) return {};
  return {manifest->id, manifest->version, fmt::format("{}.{}", manifest->abi_major, manifest->abi_minor),
          manifest->sha256};
}

std::string HostConnectors::quarantine(const std::string& type_id) const { return host_.quarantine(type_id); }

Result<RunResult> run(const RunInput& input, const RunOptions& options, host::Host& host) {
  HostConnectors connectors(host);
  return run(input, options, connectors);
}

Result<RunResult> resume(const RunInput& input, const RunOptions& options, evidence::RunFolder& folder,
                         const RecordedRun& before, host::Host& host) {
  HostConnectors connectors(host);
  return resume(input, options, folder, before, connectors);
}

}  // namespace bb::engine
