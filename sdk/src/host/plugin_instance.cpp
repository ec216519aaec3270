#include "plugin_instance.hpp"

#include <exception>
#include <utility>

#include <bb/abi/ext/session.h>
#include "abi_text.hpp"
#include "capabilities/capability.hpp"
#include "watch/watch.hpp"

namespace bb::host {
namespace {

extern "C" const void* offer_nothing(const bb_host*, const char*) { return nullptr; }

// The plugin's barrier is its own; what gets through all the same ends the
// call, not the program.
template <class Body>
bb_status guarded(PluginCall& call, const Body& body) noexcept {
  try {
    return body();
  } catch (const std::exception& problem) {
    call.breach(std::string("let a C++ exception out: ") + problem.what());
  } catch (...) {
    call.breach("let an unknown exception out");
  }
  return BB_E_INTERNAL;
}

// NULL for a type that the library does not list.
const bb_connector_type* find_listed(const bb_plugin& plugin, const std::string& type_id) {
  for (std::uint32_t index = 0; const bb_connector_type* const type = plugin.type_at(index); ++index)
    if (type_id == type->id) return type;
  return nullptr;
}

}  // namespace

InitializedPlugin::InitializedPlugin(const bb_plugin& plugin, std::string host_version)
    : plugin_(plugin),
      host_version_(std::move(host_version)),
      host_{sizeof(bb_host), BB_ABI_MINOR, nullptr, "bb-host", host_version_.c_str(), offer_nothing} {}

InitializedPlugin::~InitializedPlugin() {
  if (is_started_) plugin_.deinit();
}

Result<std::shared_ptr<InitializedPlugin>> InitializedPlugin::create(const bb_plugin& plugin,
                                                                     std::string host_version) {
  const std::shared_ptr<InitializedPlugin> made(new InitializedPlugin(plugin, std::move(host_version)));
  const bb_status status = plugin.init(&made->host_);
  if (status != BB_OK)
    return Error{"plugin library '" + std::string(plugin.id) + "' did not start: init returned " + status_name(status)};
  made->is_started_ = true;
  return made;
}

PluginInstance::PluginInstance(std::shared_ptr<InitializedPlugin> plugin, std::string type_id, bb_connector* connector,
                               std::unique_ptr<Watch> watch)
    : plugin_(std::move(plugin)), type_id_(std::move(type_id)), connector_(connector), watch_(std::move(watch)) {}

PluginInstance::~PluginInstance() { plugin_->table().destroy(connector_); }

std::unique_ptr<PluginInstance> PluginInstance::create(std::shared_ptr<InitializedPlugin> plugin, const bb_host& host,
                                                       PluginCall& call, const std::string& type_id,
                                                       const std::string& name, const ConfigPairs& config,
                                                       bb_status& status, const Tell& tell) {
  std::vector<bb_pair> pairs;
  pairs.reserve(config.size());
  for (const auto& [key, value] : config) pairs.push_back({to_abi(key), to_abi(value)});
  const bb_create_args args{sizeof(bb_create_args), 0, to_abi(type_id), to_abi(name), pairs.data(), pairs.size()};
  bb_connector* connector = nullptr;
  auto watch =
      tell ? std::make_unique<Watch>(plugin->table(), find_listed(plugin->table(), type_id), host, tell) : nullptr;
  status = guarded(call, [&] {
    return watch ? watch->create(call.abi, args, &connector)
                 : plugin->table().create(&host, &call.abi, &args, &connector);
  });
  if (status == BB_OK && !connector) call.breach("returned BB_OK from create without an instance");
  if (status != BB_OK || !connector) return nullptr;
  return std::unique_ptr<PluginInstance>(new PluginInstance(std::move(plugin), type_id, connector, std::move(watch)));
}

const void* PluginInstance::table(const std::string& interface) const {
  const void* const given = plugin_->table().get_interface(connector_, interface.c_str());
  return watch_ ? watch_->table(interface, given) : given;
}

std::uint32_t PluginInstance::flags() const {
  const bb_connector_type* const type = find_listed(plugin_->table(), type_id_);
  return type ? type->flags : 0;
}

std::uint32_t PluginInstance::session_methods() const {
  const auto* const session = static_cast<const bb_session*>(table(BB_SESSION));
  return BB_HAS(session, methods) ? session->methods : 0;
}

bool PluginInstance::has_function(const std::string& interface, const std::string& function) const {
  const Capability* const capability = find_capability(interface);
  const Function* const found = capability ? find_function(*capability, function) : nullptr;
  const void* const functions = found ? table(interface) : nullptr;
  return functions && found->is_there(functions);
}

RawResult PluginInstance::run(const Operation& operation, PluginCall& call) {
  RawResult result;
  const auto refuse = [&](const std::string& why) {
    result.status = call.refuse(BB_E_UNSUPPORTED, Blame::system, why);
    return std::move(result);
  };
  const std::string wanted = operation.interface + " " + operation.function;
  const Capability* const capability = find_capability(operation.interface);
  const Function* const function = capability ? find_function(*capability, operation.function) : nullptr;
  if (!function) return refuse("this host knows no function " + wanted);
  const void* const functions = table(operation.interface);
  if (!functions || !function->is_there(functions))
    return refuse("connector type " + type_id_ + " does not offer " + wanted);
  if (call.is_cancelled()) {
    result.status = BB_E_CANCELLED;
    return result;
  }
  call.watch = watch_.get();
  Arguments arguments(operation.arguments);
  Invocation invocation{connector_, functions, call, arguments, result};
  result.status = guarded(call, [&] { return function->run(invocation); });
  return result;
}

}  // namespace bb::host
