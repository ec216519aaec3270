// tests/support/loaded_connector.hpp - a plugin through its one symbol, and one
// instance of it under a FakeHost.
#pragma once

#include <dlfcn.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/abi/plugin.h>
#include <bb/sdk/slices.hpp>

#include "support/fake_call.hpp"
#include "support/fake_host.hpp"

namespace bb::test {

// Loads once per process and never unloads; null when the library has no
// bb_plugin_v1 (load_error() says why).
inline const bb_plugin* load_plugin(const std::string& path) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  const auto entry = reinterpret_cast<bb_plugin_v1_fn>(dlsym(library, BB_PLUGIN_V1_SYMBOL));
  return entry == nullptr ? nullptr : entry();
}

inline std::string load_error() {
  const char* const error = dlerror();
  return error == nullptr ? "no error" : error;
}

// JSON Pointer and JSON text, as bb_create_args::config has them.
using Config = std::vector<std::pair<std::string, std::string>>;

class LoadedConnector {
 public:
  LoadedConnector(const bb_plugin* plugin, FakeHost& host, std::string_view type_id, const Config& config)
      : plugin_(plugin) {
    std::vector<bb_pair> pairs;
    for (const auto& [pointer, json] : config) pairs.push_back({to_str(pointer), to_str(json)});
    bb_create_args args{};
    args.struct_size = sizeof args;
    args.type_id = to_str(type_id);
    args.instance_name = to_str("portal/alice");
    args.config = pairs.data();
    args.config_count = pairs.size();
    FakeCall call;
    create_status = plugin_->create(host.raw(), call.raw(), &args, &connector_);
    create_error = call.error;
  }
  ~LoadedConnector() {
    if (connector_ != nullptr) plugin_->destroy(connector_);
  }
  LoadedConnector(const LoadedConnector&) = delete;
  LoadedConnector& operator=(const LoadedConnector&) = delete;

  bb_connector* raw() { return connector_; }
  // find<bb_view>(BB_VIEW): the table, or null.
  template <class Table>
  const Table* find(const char* id) const {
    return static_cast<const Table*>(plugin_->get_interface(connector_, id));
  }

  bb_status create_status = BB_OK;
  SeenError create_error;

 private:
  const bb_plugin* plugin_;
  bb_connector* connector_ = nullptr;
};

}  // namespace bb::test
