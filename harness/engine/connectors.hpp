// harness/engine/connectors.hpp - where the engine gets its connectors from.
//
// The engine names no plugin and no protocol: it asks for a type id. A run
// takes them from the host; tests and benchmarks from memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/host/host.hpp>

namespace bb::engine {

// Where a type comes from, as the manifest says.
struct PluginVersion {
  std::string id, version;
  std::string abi;     // "1.0"
  std::string sha256;  // of the library; empty where the manifest does not pin it
};

// [any thread]
class ConnectorSource {
 public:
  virtual ~ConnectorSource() = default;
  virtual Result<std::unique_ptr<host::Connector>> create(const host::InstanceOptions& options) = 0;
  // What a type offers ("bb.view/1" ...), without making an instance.
  virtual Result<std::vector<std::string>> interfaces(const std::string& type_id) = 0;
  // Empty where there is no plugin of that type, as for those in memory.
  virtual PluginVersion version(const std::string& /*type_id*/) const { return {}; }
  // Why connectors of a type are not made any more after theirs have died;
  // empty where they are.
  virtual std::string quarantine(const std::string& /*type_id*/) const { return {}; }
};

// The connectors of a host, which outlives this.
class HostConnectors final : public ConnectorSource {
 public:
  explicit HostConnectors(host::Host& host) : host_(host) {}
  Result<std::unique_ptr<host::Connector>> create(const host::InstanceOptions& options) override;
  Result<std::vector<std::string>> interfaces(const std::string& type_id) override;
  PluginVersion version(const std::string& type_id) const override;
  std::string quarantine(const std::string& type_id) const override;

 private:
  host::Host& host_;
};

}  // namespace bb::engine
