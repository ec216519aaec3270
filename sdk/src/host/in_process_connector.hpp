// in_process_connector.hpp - an instance whose library is loaded into us.
#pragma once

#include <memory>
#include <string>

#include <bb/abi/plugin.h>
#include <bb/core/result.hpp>
#include <bb/host/host.hpp>
#include "instance.hpp"

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

// Makes an instance of `type_id` with a configuration that is valid and
// complete. The error is what the connector said.
Result<std::unique_ptr<Connector>> make_in_process(std::shared_ptr<InitializedPlugin> plugin,
                                                   std::unique_ptr<Instance> instance, const std::string& type_id,
                                                   const Value& config);

}  // namespace bb::host
