#include "in_process_connector.hpp"

#include <exception>
#include <mutex>
#include <utility>

#include <bb/abi/ext/session.h>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "abi_text.hpp"
#include "call_state.hpp"
#include "capabilities/capability.hpp"
#include "config.hpp"

namespace bb::host {
namespace {

extern "C" const void* offer_nothing(const bb_host*, const char*) { return nullptr; }

// The plugin's barrier is its own; what gets through all the same ends the
// call, not the program.
template <class Body>
bb_status guarded(CallState& state, const Body& body) noexcept {
  try {
    return body();
  } catch (const std::exception& problem) {
    state.breach(std::string("let a C++ exception out: ") + problem.what());
  } catch (...) {
    state.breach("let an unknown exception out");
  }
  return BB_E_INTERNAL;
}

// "text/html; charset=utf-8" -> "text/html"
std::string bare_media_type(std::string_view media_type) {
  return to_lower(trim(media_type.substr(0, media_type.find(';'))));
}

std::string media_type_of(const Reply& reply) {
  const std::string declared = reply.item["media_type"].string_or("");
  if (!declared.empty()) return bare_media_type(declared);
  for (const auto& [name, value] : reply.attributes)
    if (name == "content-type") return bare_media_type(value);
  return {};
}

void redact(Value& value, const Redactor& redactor) {
  if (const std::string* const text = value.string()) value = redactor.redact(*text);
  if (auto* const items = value.items())
    for (Value& item : *items) redact(item, redactor);
  if (auto* const members = value.members())
    for (auto& member : *members) redact(member.value, redactor);
}

void redact(Reply& reply, Redactor& redactor) {
  for (auto& [name, value] : reply.attributes) value = redactor.redact_header(name, value);
  redact(reply.emitted, redactor);
  redact(reply.item, redactor);
  reply.body = redactor.redact(reply.body);
  for (std::string* const text : {&reply.error.domain, &reply.error.message, &reply.error.remote_detail})
    *text = redactor.redact(*text);
}

class InProcessConnector final : public Connector {
 public:
  InProcessConnector(std::shared_ptr<InitializedPlugin> plugin, std::unique_ptr<Instance> instance, std::string type_id,
                     bb_connector* connector)
      : plugin_(std::move(plugin)),
        instance_(std::move(instance)),
        type_id_(std::move(type_id)),
        connector_(connector) {}
  ~InProcessConnector() override { plugin_->table().destroy(connector_); }

  const std::string& type_id() const override { return type_id_; }
  const std::string& name() const override { return instance_->name; }
  bool offers(const std::string& interface) const override { return table(interface) != nullptr; }

  std::uint32_t session_methods() const override {
    const auto* const session = static_cast<const bb_session*>(table(BB_SESSION));
    return BB_HAS(session, methods) ? session->methods : 0;
  }

  bool has_function(const std::string& interface, const std::string& function) const override {
    const Capability* const capability = find_capability(interface);
    const Function* const found = capability ? find_function(*capability, function) : nullptr;
    const void* const functions = found ? table(interface) : nullptr;
    return functions && found->is_there(functions);
  }

  Reply invoke(const Operation& operation, const CallOptions& options) override {
    const std::scoped_lock lock(mutex_);
    CallState state(*instance_, options);
    Reply reply;
    bool has_content = false;
    const bb_status status = run(operation, state, reply, has_content);
    state.conclude(status, reply);
    reply.attributes.insert(reply.attributes.begin(), state.answer.begin(), state.answer.end());
    if (reply.status != BB_OK && reply.body.empty() && !state.answer.empty()) {
      // A refusal that comes with the record in it is none: claims see what was answered.
      reply.body = std::move(state.answer_body);
      has_content = true;
    }
    redact(reply, instance_->redactor);
    if (has_content) {
      reply.media_type = media_type_of(reply);
    } else if (!reply.emitted.is_null()) {
      reply.body = to_json(reply.emitted);
      reply.media_type = "application/json";
    }
    reply.first_byte_ms = state.first_byte_ms;
    reply.total_ms = state.elapsed_ms();
    return reply;
  }

 private:
  const void* table(const std::string& interface) const {
    return plugin_->table().get_interface(connector_, interface.c_str());
  }

  bb_status run(const Operation& operation, CallState& state, Reply& reply, bool& has_content) {
    const std::string wanted = operation.interface + " " + operation.function;
    const Capability* const capability = find_capability(operation.interface);
    const Function* const function = capability ? find_function(*capability, operation.function) : nullptr;
    if (!function) return state.refuse(BB_E_UNSUPPORTED, Blame::system, "this host knows no function " + wanted);
    const void* const functions = table(operation.interface);
    if (!functions || !function->is_there(functions))
      return state.refuse(BB_E_UNSUPPORTED, Blame::system, "connector type " + type_id_ + " does not offer " + wanted);
    if (state.is_cancelled()) return BB_E_CANCELLED;
    Arguments arguments(operation.arguments);
    Invocation invocation{connector_, functions, state, arguments, reply};
    const bb_status status = guarded(state, [&] { return function->run(invocation); });
    has_content = invocation.has_content;
    return status;
  }

  std::shared_ptr<InitializedPlugin> plugin_;
  std::unique_ptr<Instance> instance_;
  std::string type_id_;
  bb_connector* connector_;
  std::mutex mutex_;
};

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

Result<std::unique_ptr<Connector>> make_in_process(std::shared_ptr<InitializedPlugin> plugin,
                                                   std::unique_ptr<Instance> instance, const std::string& type_id,
                                                   const Value& config) {
  const auto pairs = flatten_config(config);
  std::vector<bb_pair> config_pairs;
  config_pairs.reserve(pairs.size());
  for (const auto& [key, value] : pairs) config_pairs.push_back({to_abi(key), to_abi(value)});
  const bb_create_args args{sizeof(bb_create_args), 0, to_abi(type_id), to_abi(instance->name), config_pairs.data(),
                            config_pairs.size()};
  CallState state(*instance, {});
  Reply reply;
  bb_connector* connector = nullptr;
  const bb_status status =
      guarded(state, [&] { return plugin->table().create(&instance->abi, &state.abi, &args, &connector); });
  if (status == BB_OK && !connector) state.breach("returned BB_OK from create without an instance");
  state.conclude(status, reply);
  if (reply.status != BB_OK)
    return Error{"connector '" + instance->name + "' (" + type_id + ") could not be made: " +
                 status_name(reply.status) + ": " + instance->redactor.redact(reply.error.message)};
  return std::unique_ptr<Connector>(
      std::make_unique<InProcessConnector>(std::move(plugin), std::move(instance), type_id, connector));
}

}  // namespace bb::host
