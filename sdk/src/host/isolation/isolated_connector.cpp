#include "isolated_connector.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "../call_state.hpp"
#include "../capabilities/sinks.hpp"
#include "../config.hpp"
#include "../in_process_connector.hpp"
#include "../library.hpp"
#include "../stream/stream_service.hpp"
#include "idle_limit.hpp"
#include "upcalls.hpp"
#include "value_codec.hpp"
#include "wire.hpp"

namespace bb::host {
namespace {

constexpr std::int64_t hello_ms_max = 5'000;
constexpr std::int64_t destroy_ms_max = 2'000;
constexpr std::int64_t exit_ms_max = 500;  // between closing its socket and its end
constexpr std::uint64_t create_call = 2;
constexpr std::size_t quoted_bytes_max = 300;

std::string last_bytes(std::string text, std::size_t bytes_max) {
  if (text.size() > bytes_max) text.erase(0, text.size() - bytes_max);
  return text;
}

// How the process came to its end, and ends it.
std::string end_of(Conversation& conversation) {
  ConnectorProcess& process = conversation.process();
  switch (conversation.failure()) {
    case Conversation::Failure::stuck:
      process.end();
      return "plugin process was killed: " + conversation.problem();
    case Conversation::Failure::broken:
      process.end();
      return "plugin process was killed, it broke the protocol with its host: " + conversation.problem();
    case Conversation::Failure::none:
    case Conversation::Failure::lost:
      break;
  }
  if (process.wait(exit_ms_max)) return "plugin process " + process.end().text();
  process.end();
  return "plugin process was killed, it closed its connection to its host";
}

bool sends(const Operation& operation) {
  return operation.function == "send" &&
         (operation.interface == "bb.share/1" || operation.interface == "bb.transmit/1");
}

class IsolatedConnector final : public Connector {
 public:
  IsolatedConnector(LoadedChild child, std::unique_ptr<Instance> instance, std::string type_id)
      : instance_(std::move(instance)),
        type_id_(std::move(type_id)),
        child_(std::move(child)),
        upcalls_(*instance_, *child_.conversation) {}

  ~IsolatedConnector() override {
    take_over();
    Conversation& conversation = *child_.conversation;
    conversation.begin(0, monotonic_ns(), nullptr);  // the grace is the time it has
    static_assert(destroy_ms_max == grace_ms);
    if (conversation.send(FrameType::destroy, 0, {})) {
      while (auto message = conversation.next()) {
        if (message->type == FrameType::destroyed) break;
        if (message->type == FrameType::upcall) upcalls_.serve(*message);
      }
    }
    conversation.process().end();
  }

  Status create(const Value& config, const Cancellation* cancellation) {
    CallOptions options;
    options.cancellation = cancellation;
    CallState state(*instance_, options);
    Value pairs = Value::array();
    for (const auto& [key, value] : flatten_config(config)) {
      pairs.push(key);
      pairs.push(value);
    }
    const Value request = Value::object({{"type_id", type_id_},
                                         {"name", instance_->name},
                                         {"host_version", instance_->host_version},
                                         {"call_id", state.abi.call_id},
                                         {"deadline_ns", state.abi.deadline_ns},
                                         {"can_be_cancelled", cancellation != nullptr},
                                         {"log_level", instance_->log_level},
                                         {"is_watched", instance_->notice_limit != nullptr},
                                         {"grants", Value::strings(instance_->grants)},
                                         {"config", std::move(pairs)}});
    std::string content;
    const auto created = converse(FrameType::create, create_call, request, FrameType::created, state, content);
    Reply reply;
    if (!created) {
      reply = lost(state, {});
    } else if (const std::string* const problem = (*created)["problem"].string()) {
      return Error{*problem};
    } else {
      merge_said((*created)["said"], state);
      state.conclude(static_cast<bb_status>((*created)["status"].integer_or(BB_E_INTERNAL)), reply);
    }
    if (reply.status != BB_OK) return not_made(*instance_, type_id_, reply);
    methods_ = static_cast<std::uint32_t>((*created)["methods"].integer_or(0));
    if (const auto* const offered = (*created)["offered"].members())
      for (const auto& [interface, functions] : *offered) {
        auto& names = offered_[interface];
        for (std::size_t index = 0; index < functions.size(); ++index) names.insert(functions[index].string_or(""));
      }
    return {};
  }

  const std::string& type_id() const override { return type_id_; }
  const std::string& name() const override { return instance_->name; }
  bool offers(const std::string& interface) const override { return offered_.contains(interface); }
  std::uint32_t session_methods() const override { return methods_; }
  bool has_function(const std::string& interface, const std::string& function) const override {
    const auto found = offered_.find(interface);
    return found != offered_.end() && found->second.contains(function);
  }
  bool is_lost() const override { return is_lost_; }

  Reply invoke(const Operation& operation, const CallOptions& options) override {
    const std::scoped_lock lock(mutex_);
    CallState state(*instance_, options);
    if (is_lost_) {
      Reply reply;
      reply.status = BB_E_CONNECTOR_LOST;
      reply.blame = Blame::connector;
      reply.ran = Ran::never;
      reply.error.domain = "host";
      reply.error.message = "nothing was called: " + lost_text_;
      return reply;
    }
    next_call_ += 2;
    const Value request = Value::object({{"interface", operation.interface},
                                         {"function", operation.function},
                                         {"arguments", operation.arguments},
                                         {"call_id", state.abi.call_id},
                                         {"deadline_ns", state.abi.deadline_ns},
                                         {"can_be_cancelled", state.cancellation != nullptr},
                                         {"is_cancelled", state.is_cancelled()}});
    std::string content;
    auto done = converse(FrameType::invoke, next_call_, request, FrameType::done, state, content);
    if (!state.last_exchange.empty()) last_exchange_ = state.last_exchange;
    if (!done) return lost(state, operation);
    if (const Value* const said = done->find("said")) merge_said(*said, state);
    RawResult result = result_from(*std::move(done));
    if (is_content_too_large_)
      result.status =
          state.refuse(BB_E_TOO_LARGE, Blame::connector,
                       "content is over the host's limit of " + std::to_string(content_bytes_max) + " bytes");
    result.body = std::move(content);
    return state.reply_to(std::move(result));
  }

 private:
  // From the watcher, which hears the process between calls.
  void take_over() { child_.parts->watcher.remove(child_.conversation->descriptor()); }
  void give_back() {
    Conversation& conversation = *child_.conversation;
    upcalls_.begin(0, nullptr);
    hear_idle();
    if (conversation.failure() != Conversation::Failure::none) return;
    child_.parts->watcher.add(conversation.descriptor(), [this] { return listen_idle(); });
  }
  // On the watcher's thread, which has others to look after.
  bool listen_idle() {
    Conversation& conversation = *child_.conversation;
    const std::uint64_t before = conversation.received_bytes();
    conversation.receive_now();
    if (!idle_limit_.count(conversation.waiting_count(),
                           static_cast<std::size_t>(conversation.received_bytes() - before), monotonic_ns()))
      conversation.fail(Conversation::Failure::broken, "more than " + std::to_string(IdleLimit::message_count_max) +
                                                           " messages or " + std::to_string(IdleLimit::bytes_max) +
                                                           " bytes within a second, outside of any call");
    hear_idle();
    using Failure = Conversation::Failure;
    if (conversation.failure() == Failure::none) return true;
    // One that ended by itself is asked how, at the next call.
    if (conversation.failure() != Failure::lost) conversation.process().kill();
    return false;
  }
  void hear_idle() {
    // Answers are not waited with: one that does not take them is stuck.
    child_.conversation->begin(0, monotonic_ns() - grace_ms * ns_per_ms, nullptr);
    while (const auto message = child_.conversation->next_received()) hear(*message);
  }
  void hear(const Message& message) {
    if (message.type == FrameType::upcall)
      upcalls_.serve(message);
    else if (message.type != FrameType::pong)
      child_.conversation->fail(Conversation::Failure::broken,
                                "'" + std::string(frame_type_name(message.type)) + "' outside of any call");
  }

  // Sends a request and serves the process until its answer comes. Nothing when
  // it never does; the conversation says why.
  std::optional<Value> converse(FrameType type, std::uint64_t call, const Value& request, FrameType answer,
                                CallState& state, std::string& content) {
    take_over();
    Conversation& conversation = *child_.conversation;
    conversation.begin(call, state.abi.deadline_ns, state.cancellation);
    upcalls_.begin(call, &state);
    is_content_too_large_ = false;
    std::optional<Value> found;
    is_called_ = conversation.send(type, call, encode_value(request));
    if (is_called_) found = await(answer, call, content);
    if (found) give_back();
    return found;
  }

  std::optional<Value> await(FrameType answer, std::uint64_t call, std::string& content) {
    Conversation& conversation = *child_.conversation;
    const auto broke = [&](const std::string& how) {
      conversation.fail(Conversation::Failure::broken, how);
      return std::nullopt;
    };
    while (auto message = conversation.next()) {
      if (message->type == FrameType::upcall) {
        upcalls_.serve(*message);
      } else if (message->type == FrameType::data && message->call == call) {
        if (message->is_too_large || message->body.size() > content_bytes_max - content.size())
          is_content_too_large_ = true;
        else if (!is_content_too_large_)
          content += message->body;
      } else if (message->type == answer && message->call == call) {
        if (message->is_too_large) return broke("an answer over " + std::to_string(message_bytes_max) + " bytes");
        auto value = decode_value(message->body);
        if (!value) return broke("an answer that cannot be read: " + value.error().what);
        return *std::move(value);
      } else if (message->type != FrameType::pong) {
        return broke("'" + std::string(frame_type_name(message->type)) + "' where '" +
                     std::string(frame_type_name(answer)) + "' was expected");
      }
    }
    return std::nullopt;
  }

  // The process is gone, or is now: what the call comes to.
  Reply lost(const CallState& state, const Operation& operation) {
    Conversation& conversation = *child_.conversation;
    const bool is_stuck = conversation.failure() == Conversation::Failure::stuck;
    // The child may have had a hand in the words.
    lost_text_ = shorten(instance_->redactor.redact_sentence(end_of(conversation)), quoted_bytes_max);
    instance_->streams->close_all();
    child_.output->drain();
    child_.errors->drain();
    is_lost_ = true;
    Reply reply;
    reply.status = !is_stuck                      ? BB_E_CONNECTOR_LOST
                   : conversation.was_cancelled() ? BB_E_CANCELLED
                                                  : BB_E_CONNECTOR_STUCK;
    reply.blame = Blame::connector;
    reply.error.domain = "host";
    // What did not arrive whole is not run.
    reply.ran = is_called_ ? Ran::unknown : Ran::never;
    reply.error.message = (is_called_ ? "" : "nothing was called: ") + lost_text_;
    // Who asks again must use the same idempotency key, or ask where it is.
    if (is_called_ && sends(operation)) reply.error.message += "; whether it was sent is not known";
    reply.first_byte_ms = state.first_byte_ms;
    reply.total_ms = state.elapsed_ms();
    record_end(state.abi.call_id, is_stuck ? "stuck" : "lost");
    if (child_.parts->deaths.note(child_.plugin_name, lost_text_, monotonic_ns())) record_quarantine(state.abi.call_id);
    return reply;
  }

  void record_end(std::uint64_t call_id, std::string step) {
    EvidenceRecord record;
    record.instance = instance_->name;
    record.call_id = call_id;
    record.protocol = "process";
    record.step = std::move(step);
    record.received = last_bytes(instance_->redactor.redact(child_.errors->tail()), printed_tail_bytes);
    record.attributes = {{"end", lost_text_}};
    if (!last_exchange_.empty()) record.attributes.push_back({"last_exchange", last_exchange_});
    record.attributes.push_back({"frames", child_.conversation->frames().text()});
    instance_->recorder.evidence(record);
  }

  void record_quarantine(std::uint64_t call_id) {
    EvidenceRecord record;
    record.instance = instance_->name;
    record.call_id = call_id;
    record.protocol = "process";
    record.step = "quarantine";
    record.attributes = {{"reason", child_.parts->deaths.quarantine(child_.plugin_name)}};
    instance_->recorder.evidence(record);
  }

  std::unique_ptr<Instance> instance_;
  std::string type_id_;
  LoadedChild child_;
  UpcallServer upcalls_;
  IdleLimit idle_limit_;
  std::mutex mutex_;
  std::uint64_t next_call_ = create_call;
  std::uint32_t methods_ = 0;
  std::map<std::string, std::set<std::string>> offered_;
  bool is_content_too_large_ = false;
  bool is_called_ = false;  // the last request was sent whole
  std::atomic<bool> is_lost_ = false;
  std::string lost_text_;
  std::string last_exchange_;
};

// What a process that never said hello printed, for the one sentence.
std::string printed(ChildOutput& errors, const Redactor* redactor) {
  errors.drain();
  const std::string tail = errors.tail();
  const std::string text(trim(last_bytes(redactor ? redactor->redact(tail) : tail, printed_tail_bytes)));
  return text.empty() ? "" : "; it printed: " + shorten(text, quoted_bytes_max);
}

}  // namespace

LoadedChild::~LoadedChild() {
  if (!conversation) return;
  parts->watcher.remove(conversation->descriptor());
  for (ChildOutput* const stream : {output.get(), errors.get()}) {
    parts->watcher.remove(stream->descriptor());
  }
  conversation->process().end();
  output->drain();
  errors->drain();
}

PrintedLine print_to_log(Instance& instance) {
  return [&instance](std::string_view stream, std::string_view line) {
    const bb_log_level level = stream == "stderr" ? BB_LOG_WARNING : BB_LOG_INFO;
    if (level < instance.log_level) return;
    instance.recorder.log({instance.name,
                           0,
                           level,
                           shorten(instance.redactor.redact(line), printed_line_bytes_max),
                           {{"stream", std::string(stream)}}});
  };
}

std::string plugin_name(const Manifest& manifest) { return manifest.id + " " + manifest.version; }

Status await_start(const IsolationParts& parts, const Manifest& manifest, const Cancellation* cancellation) {
  const std::string name = plugin_name(manifest);
  if (std::string why = parts.deaths.quarantine(name); !why.empty()) return Error{std::move(why)};
  const std::int64_t start_ns = parts.deaths.start_ns(name);
  if (start_ns > monotonic_ns() && wait_until(start_ns, cancellation) == Fault::cancelled)
    return Error{"cancelled while plugin " + name + " was waited for, whose process had ended"};
  return {};
}

Result<LoadedChild> load_in_child(std::shared_ptr<IsolationParts> parts, const ChildPlan& plan, PrintedLine print) {
  const Manifest& manifest = plan.manifest;
  BB_CHECK(check_library(manifest));
  BB_TRY(auto process, ConnectorProcess::start(parts->program, {"--library", manifest.library.string(), "--manifest",
                                                                manifest.file.string(), "--network",
                                                                plan.is_network_allowed ? "own" : "host"}));
  LoadedChild child;
  child.parts = std::move(parts);
  child.plugin_name = plugin_name(manifest);
  const auto lines_of = [&](const char* stream) {
    return [print, stream](std::string_view line) {
      if (print) print(stream, line);
    };
  };
  child.output = std::make_unique<ChildOutput>(process->take_output(), lines_of("stdout"));
  child.errors = std::make_unique<ChildOutput>(process->take_errors(), lines_of("stderr"));
  child.conversation = std::make_unique<Conversation>(std::move(process));
  for (ChildOutput* const stream : {child.output.get(), child.errors.get()})
    child.parts->watcher.add(stream->descriptor(), [stream] { return stream->read(); });

  const std::string library = "plugin library " + manifest.library.string();
  Conversation& conversation = *child.conversation;
  conversation.begin(0, monotonic_ns() + (hello_ms_max - grace_ms) * ns_per_ms, plan.cancellation);
  auto message = conversation.next();
  if (message && message->type == FrameType::sandbox) {
    BB_TRY(const Value layers, decode_value(message->body));
    child.sandbox = layers_from(layers);
    message = conversation.next();
  }
  if (!message) {
    if (conversation.was_cancelled()) return Error{library + " was not loaded: cancelled"};
    if (conversation.failure() == Conversation::Failure::stuck) {
      conversation.process().end();
      return Error{library + " was not loaded within " + std::to_string(hello_ms_max / 1000) + " s" +
                   printed(*child.errors, plan.redactor)};
    }
    const std::string end = end_of(conversation);
    return Error{library + " could not be loaded: " + shorten(end, quoted_bytes_max) +
                 printed(*child.errors, plan.redactor)};
  }
  if (message->type != FrameType::hello || message->is_too_large)
    return Error{library + " could not be loaded: its process did not say hello"};
  BB_TRY(const Value hello, decode_value(message->body));
  if (const std::string* const problem = hello["problem"].string()) return Error{*problem};
  if (hello["framing"].integer_or(0) != framing_version)
    return Error{child.parts->program.string() + " is of another version than this program: framing " +
                 std::to_string(hello["framing"].integer_or(0)) + ", expected " + std::to_string(framing_version)};
  child.plugin = description_from(hello["plugin"]);
  BB_CHECK(check_description(child.plugin, manifest));
  return child;
}

Result<std::unique_ptr<Connector>> make_isolated(LoadedChild child, std::unique_ptr<Instance> instance,
                                                 const std::string& type_id, const Value& config,
                                                 const Cancellation* cancellation) {
  auto connector = std::make_unique<IsolatedConnector>(std::move(child), std::move(instance), type_id);
  BB_CHECK(connector->create(config, cancellation));
  return std::unique_ptr<Connector>(std::move(connector));
}

}  // namespace bb::host
