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
  const auto is = [&](std::string_view interface, std::string_view function) {
    return operation.interface == interface && operation.function == function;
  };
  return is("bb.share/1", "send") || is("bb.transmit/1", "send") || is("bb.messaging/1", "post") ||
         is("bb.refills/1", "request") || is("bb.appointments/1", "book");
}

// What a request to the process came to.
struct Answered {
  std::optional<Value> value;  // nothing when the answer never came; the conversation says why
  std::string content;
  bool is_content_too_large = false;
  bool is_called = false;  // the request was sent whole
  bool was_cancelled = false;
  bool is_to_blame = false;  // it was this request that the conversation failed in
};

class IsolatedConnector final : public Connector {
 public:
  IsolatedConnector(LoadedChild child, std::unique_ptr<Instance> instance, std::string type_id)
      : instance_(std::move(instance)), type_id_(std::move(type_id)), child_(std::move(child)) {
    const TypeDescription* const type = find_type(child_.plugin, type_id_);
    may_overlap_ = type && instance_->may_overlap(type->flags);
  }

  ~IsolatedConnector() override {
    take_over();
    Lane lane(*child_.conversation, 0, monotonic_ns(), nullptr);  // the grace is the time it has
    UpcallServer upcalls(*instance_, lane, nullptr);
    static_assert(destroy_ms_max == grace_ms);
    if (lane.send(FrameType::destroy, 0, {})) {
      while (auto message = lane.next()) {
        if (message->type == FrameType::destroyed) break;
        if (message->type == FrameType::upcall) upcalls.serve(*message);
      }
    }
    child_.conversation->process().end();
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
    Value request = Value::object({{"type_id", type_id_},
                                   {"name", instance_->name},
                                   {"host_version", instance_->host_version},
                                   {"call_id", state.abi.call_id},
                                   {"deadline_ns", state.abi.deadline_ns},
                                   {"can_be_cancelled", cancellation != nullptr},
                                   {"log_level", instance_->log_level},
                                   {"is_watched", instance_->notice_limit != nullptr},
                                   {"grants", Value::strings(instance_->grants)},
                                   {"config", std::move(pairs)}});
    if (may_overlap_) request.set("may_overlap", true);
    const Answered answered = converse(FrameType::create, create_call, request, FrameType::created, state);
    const auto& created = answered.value;
    Reply reply;
    if (!created) {
      reply = lost(state, {}, answered);
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
  bool may_overlap() const override { return may_overlap_; }

  Reply invoke(const Operation& operation, const CallOptions& options) override {
    std::unique_lock lock(mutex_, std::defer_lock);
    if (!may_overlap_) lock.lock();
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
    const std::uint64_t number = next_call_ += 2;
    const Value request = Value::object({{"interface", operation.interface},
                                         {"function", operation.function},
                                         {"arguments", operation.arguments},
                                         {"call_id", state.abi.call_id},
                                         {"deadline_ns", state.abi.deadline_ns},
                                         {"can_be_cancelled", state.cancellation != nullptr},
                                         {"is_cancelled", state.is_cancelled()}});
    Answered answered = converse(FrameType::invoke, number, request, FrameType::done, state);
    if (!state.last_exchange.empty()) {
      const std::scoped_lock ending(end_mutex_);
      last_exchange_ = state.last_exchange;
    }
    if (!answered.value) return lost(state, operation, answered);
    if (const Value* const said = answered.value->find("said")) merge_said(*said, state);
    RawResult result = result_from(*std::move(answered.value));
    if (answered.is_content_too_large)
      result.status =
          state.refuse(BB_E_TOO_LARGE, Blame::connector,
                       "content is over the host's limit of " + std::to_string(content_bytes_max) + " bytes");
    result.body = std::move(answered.content);
    return state.reply_to(std::move(result));
  }

 private:
  // From the watcher, which hears the process between calls.
  void take_over() { child_.parts->watcher.remove(child_.conversation->descriptor()); }
  void give_back() {
    Conversation& conversation = *child_.conversation;
    hear_idle();
    if (conversation.failure() != Conversation::Failure::none) return;
    child_.parts->watcher.add(conversation.descriptor(), [this] { return listen_idle(); });
  }
  void begin_call() {
    const std::scoped_lock lock(running_mutex_);
    if (running_++ == 0) take_over();
  }
  void end_call() {
    const std::scoped_lock lock(running_mutex_);
    if (--running_ == 0 && child_.conversation->failure() == Conversation::Failure::none) give_back();
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
    Lane lane(*child_.conversation, 0, monotonic_ns() - grace_ms * ns_per_ms, nullptr);
    UpcallServer upcalls(*instance_, lane, nullptr);
    while (const auto message = lane.next_received()) {
      if (message->type == FrameType::upcall)
        upcalls.serve(*message);
      else if (message->type != FrameType::pong)
        lane.fail(Conversation::Failure::broken,
                  "'" + std::string(frame_type_name(message->type)) + "' outside of any call");
    }
  }

  // Sends a request and serves the process until its answer comes.
  Answered converse(FrameType type, std::uint64_t call, const Value& request, FrameType answer, CallState& state) {
    begin_call();
    Answered answered;
    {
      Lane lane(*child_.conversation, call, state.abi.deadline_ns, state.cancellation);
      UpcallServer upcalls(*instance_, lane, &state);
      answered.is_called = lane.send(type, call, encode_value(request));
      if (answered.is_called) await(answer, lane, upcalls, answered);
      answered.was_cancelled = lane.was_cancelled();
      answered.is_to_blame = lane.is_to_blame();
    }
    end_call();
    return answered;
  }

  static void await(FrameType answer, Lane& lane, UpcallServer& upcalls, Answered& answered) {
    const auto broke = [&](const std::string& how) { lane.fail(Conversation::Failure::broken, how); };
    while (auto message = lane.next()) {
      if (message->type == FrameType::upcall) {
        upcalls.serve(*message);
      } else if (message->type == FrameType::data && message->call == lane.call()) {
        if (message->is_too_large || message->body.size() > content_bytes_max - answered.content.size())
          answered.is_content_too_large = true;
        else if (!answered.is_content_too_large)
          answered.content += message->body;
      } else if (message->type == answer && message->call == lane.call()) {
        if (message->is_too_large) return broke("an answer over " + std::to_string(message_bytes_max) + " bytes");
        auto value = decode_value(message->body);
        if (!value) return broke("an answer that cannot be read: " + value.error().what);
        answered.value = *std::move(value);
        return;
      } else if (message->type != FrameType::pong) {
        return broke("'" + std::string(frame_type_name(message->type)) + "' where '" +
                     std::string(frame_type_name(answer)) + "' was expected");
      }
    }
  }

  // The process is gone, or is now: what the call comes to. The first call that finds it tells of it.
  Reply lost(const CallState& state, const Operation& operation, const Answered& answered) {
    const std::scoped_lock lock(end_mutex_);
    const Conversation& conversation = *child_.conversation;
    const bool is_stuck = conversation.failure() == Conversation::Failure::stuck;
    if (!is_lost_) {
      // The child may have had a hand in the words.
      lost_text_ = shorten(instance_->redactor.redact_sentence(end_of(*child_.conversation)), quoted_bytes_max);
      instance_->streams->close_all();
      child_.output->drain();
      child_.errors->drain();
      is_lost_ = true;
      record_end(state.abi.call_id, is_stuck ? "stuck" : "lost");
      if (child_.parts->deaths.note(child_.plugin_name, lost_text_, monotonic_ns()))
        record_quarantine(state.abi.call_id);
    }
    Reply reply;
    reply.status = is_stuck && answered.was_cancelled ? BB_E_CANCELLED
                   : is_stuck && answered.is_to_blame ? BB_E_CONNECTOR_STUCK
                                                      : BB_E_CONNECTOR_LOST;
    reply.blame = Blame::connector;
    reply.error.domain = "host";
    // What did not arrive whole is not run.
    reply.ran = answered.is_called ? Ran::unknown : Ran::never;
    reply.error.message = (answered.is_called ? "" : "nothing was called: ") + lost_text_;
    // Who asks again must use the same idempotency key, or ask where it is.
    if (answered.is_called && sends(operation)) reply.error.message += "; whether it was sent is not known";
    reply.first_byte_ms = state.first_byte_ms;
    reply.total_ms = state.elapsed_ms();
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
  bool may_overlap_ = false;
  IdleLimit idle_limit_;
  std::mutex mutex_;  // held during a call where calls must not overlap
  std::mutex running_mutex_;
  int running_ = 0;
  std::atomic<std::uint64_t> next_call_ = create_call;
  std::uint32_t methods_ = 0;
  std::map<std::string, std::set<std::string>> offered_;
  std::mutex end_mutex_;  // of what follows
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
  Lane lane(conversation, 0, monotonic_ns() + (hello_ms_max - grace_ms) * ns_per_ms, plan.cancellation);
  auto message = lane.next();
  if (message && message->type == FrameType::sandbox) {
    BB_TRY(const Value layers, decode_value(message->body));
    child.sandbox = layers_from(layers);
    message = lane.next();
  }
  if (!message) {
    if (lane.was_cancelled()) return Error{library + " was not loaded: cancelled"};
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
