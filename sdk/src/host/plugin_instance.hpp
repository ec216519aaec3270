// plugin_instance.hpp - one instance of a loaded library: the side of a
// connector that runs the plugin's code, in this process or in a child.
//
// It calls and copies what comes; it knows neither services nor evidence.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/plugin.h>
#include <bb/core/result.hpp>
#include <bb/host/call.hpp>
#include "plugin_call.hpp"
#include "watch/notices.hpp"

namespace bb::host {

// A library after init(); deinit() when the last of its instances and its host
// are gone. The code itself stays loaded.
class InitializedPlugin {
 public:
  static Result<std::shared_ptr<InitializedPlugin>> create(const bb_plugin& plugin, std::string host_version);
  ~InitializedPlugin();
  InitializedPlugin(const InitializedPlugin&) = delete;
  InitializedPlugin& operator=(const InitializedPlugin&) = delete;

  const bb_plugin& table() const { return plugin_; }

 private:
  InitializedPlugin(const bb_plugin& plugin, std::string host_version);
  const bb_plugin& plugin_;
  std::string host_version_;
  bool is_started_ = false;
  bb_host host_;  // offers nothing: services belong to instances
};

using ConfigPairs = std::vector<std::pair<std::string, std::string>>;

class PluginInstance {
 public:
  // Calls create(). `call.abi` and `host` are what the plugin gets; `status`
  // takes what it returned, `call` what it said. Null unless an instance came.
  // With `tell` the instance is watched: what breaks a rule is told there.
  static std::unique_ptr<PluginInstance> create(std::shared_ptr<InitializedPlugin> plugin, const bb_host& host,
                                                PluginCall& call, const std::string& type_id, const std::string& name,
                                                const ConfigPairs& config, bb_status& status, const Tell& tell);
  ~PluginInstance();
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  bool offers(const std::string& interface) const { return table(interface) != nullptr; }
  std::uint32_t flags() const;  // of the type as the library lists it
  std::uint32_t session_methods() const;
  bool has_function(const std::string& interface, const std::string& function) const;
  RawResult run(const Operation& operation, PluginCall& call);

 private:
  PluginInstance(std::shared_ptr<InitializedPlugin> plugin, std::string type_id, bb_connector* connector,
                 std::unique_ptr<Watch> watch);
  const void* table(const std::string& interface) const;

  std::shared_ptr<InitializedPlugin> plugin_;
  std::string type_id_;
  bb_connector* connector_;
  std::unique_ptr<Watch> watch_;  // null: not watched
};

}  // namespace bb::host
