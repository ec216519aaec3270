#include "in_process_connector.hpp"

#include <mutex>
#include <utility>

#include "call_state.hpp"
#include "config.hpp"

namespace bb::host {
namespace {

class InProcessConnector final : public Connector {
 public:
  // The instance outlives the plugin's: destroy() may still log.
  InProcessConnector(std::unique_ptr<Instance> instance, std::string type_id, std::unique_ptr<PluginInstance> plugin)
      : instance_(std::move(instance)),
        type_id_(std::move(type_id)),
        plugin_(std::move(plugin)),
        may_overlap_(instance_->may_overlap(plugin_->flags())) {}

  const std::string& type_id() const override { return type_id_; }
  const std::string& name() const override { return instance_->name; }
  bool offers(const std::string& interface) const override { return plugin_->offers(interface); }
  std::uint32_t session_methods() const override { return plugin_->session_methods(); }
  bool has_function(const std::string& interface, const std::string& function) const override {
    return plugin_->has_function(interface, function);
  }

  bool may_overlap() const override { return may_overlap_; }

  Reply invoke(const Operation& operation, const CallOptions& options) override {
    std::unique_lock lock(mutex_, std::defer_lock);
    if (!may_overlap_) lock.lock();
    CallState state(*instance_, options);
    return state.reply_to(plugin_->run(operation, state));
  }

 private:
  std::unique_ptr<Instance> instance_;
  std::string type_id_;
  std::unique_ptr<PluginInstance> plugin_;
  const bool may_overlap_;
  std::mutex mutex_;  // held during a call where calls must not overlap
};

}  // namespace

Error not_made(const Instance& instance, const std::string& type_id, const Reply& reply) {
  return Error{"connector '" + instance.name + "' (" + type_id + ") could not be made: " + status_name(reply.status) +
               ": " + instance.redactor.redact_sentence(reply.error.message)};
}

Result<std::unique_ptr<Connector>> make_in_process(std::shared_ptr<InitializedPlugin> plugin,
                                                   std::unique_ptr<Instance> instance, const std::string& type_id,
                                                   const Value& config, const Cancellation* cancellation) {
  CallOptions options;
  options.cancellation = cancellation;
  CallState state(*instance, options);
  Reply reply;
  bb_status status = BB_OK;
  Tell tell;
  if (instance->notice_limit) tell = [owner = instance.get()](const Seen& seen) { owner->note(seen); };
  auto made = PluginInstance::create(std::move(plugin), instance->abi, state, type_id, instance->name,
                                     flatten_config(config), status, tell);
  state.conclude(status, reply);
  if (reply.status != BB_OK) return not_made(*instance, type_id, reply);
  return std::unique_ptr<Connector>(
      std::make_unique<InProcessConnector>(std::move(instance), type_id, std::move(made)));
}

}  // namespace bb::host
