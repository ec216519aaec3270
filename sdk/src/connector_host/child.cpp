#include "child.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <system_error>
#include <thread>
#include <utility>

#include "isolation/value_codec.hpp"
#include "isolation/wire.hpp"

namespace bb::host {
namespace {

// The host bounds what it sends; this side trusts it.
constexpr std::size_t from_host_bytes_max = std::size_t{1} << 30;

constexpr std::size_t content_piece_bytes = 1024 * 1024;

constexpr std::array<const char*, 12> known_interfaces{
    "bb.session/1",  "bb.view/1",  "bb.download/1", "bb.share/1",     "bb.transmit/1", "bb.inbox/1",
    "bb.activity/1", "bb.probe/1", "bb.trust/1",    "bb.messaging/1", "bb.refills/1",  "bb.appointments/1"};
constexpr std::array<const char*, 26> known_functions{
    "open",       "resume", "describe",      "close",    "list",   "read",    "formats",  "fetch",    "send",
    "track",      "poll",   "acknowledge",   "allocate", "run",    "anchors", "discover", "evaluate", "threads",
    "recipients", "post",   "prescriptions", "request",  "status", "slots",   "book",     "cancel"};

extern "C" const void* give_interface(const bb_host* host, const char* id) { return find_proxy(host, id); }

// Of the call that this thread runs, where calls may overlap.
thread_local std::uint64_t thread_call = 0;

std::uint64_t call_in(const Value& request) { return static_cast<std::uint64_t>(request["call"].integer_or(0)); }

ConfigPairs pairs_from(const Value& list) {
  ConfigPairs pairs;
  for (auto& [key, value] : attributes_from(list)) pairs.emplace_back(std::move(key), std::move(value));
  return pairs;
}

}  // namespace

void end_without_host() {
  // What it forked goes with it; the group is its own where the host made it.
  if (::getpgrp() == ::getpid()) ::kill(0, SIGKILL);
  ::_exit(1);
}

Child::Child(int socket, LoadedPlugin plugin) : channel_(socket, from_host_bytes_max), loaded_(std::move(plugin)) {}

bool Child::is_granted(std::string_view service) const {
  return std::find(grants_.begin(), grants_.end(), service) != grants_.end();
}

const bb_stream_info* Child::described_stream(std::uint64_t id) {
  const std::scoped_lock lock(mutex_);
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second->abi();
}

void Child::describe_stream(std::uint64_t id, StreamInfo info) {
  auto described = std::make_unique<DescribedStream>(std::move(info));
  const std::scoped_lock lock(mutex_);
  streams_[id] = std::move(described);
}

void Child::forget_stream(std::uint64_t id) {
  const std::scoped_lock lock(mutex_);
  streams_.erase(id);
}

void Child::send(FrameType type, std::uint64_t call, std::string_view body) {
  if (channel_.send(type, call, body, 0) != Channel::Sent::whole) end_without_host();
}

void Child::run() {
  std::thread([this] { read(); }).detach();
  for (;;) {
    Work work = next_work();
    switch (work.message.type) {
      case FrameType::create:
        create(work);
        break;
      case FrameType::invoke:
        if (may_overlap_)
          dispatch(std::move(work));
        else
          invoke(work);
        break;
      default:
        return destroy();
    }
  }
}

void Child::read() {
  std::deque<Message> inbox;
  for (;;) {
    channel_.wait();
    const Channel::Got got = channel_.receive(inbox);
    for (; !inbox.empty(); inbox.pop_front()) take(std::move(inbox.front()));
    if (got == Channel::Got::closed || got == Channel::Got::malformed) end_without_host();
  }
}

void Child::take(Message message) {
  switch (message.type) {
    case FrameType::ping:
      return send(FrameType::pong, message.call, {});
    case FrameType::cancel: {
      std::shared_ptr<Cancellation> cancellation;
      {
        const std::scoped_lock lock(mutex_);
        if (const auto found = cancellations_.find(message.call); found != cancellations_.end())
          cancellation = found->second.lock();
      }
      if (cancellation) cancellation->cancel();
      return;
    }
    case FrameType::create:
    case FrameType::invoke:
    case FrameType::destroy: {
      const std::scoped_lock lock(mutex_);
      auto cancellation = std::make_shared<Cancellation>();
      std::erase_if(cancellations_, [](const auto& one) { return one.second.expired(); });
      cancellations_[message.call] = cancellation;
      work_.push_back({std::move(message), std::move(cancellation)});
      work_came_.notify_one();
      return;
    }
    default:
      break;
  }
  const std::scoped_lock lock(mutex_);
  const auto found = waiting_.find(message.call);
  if (found == waiting_.end()) return;
  found->second->messages.push_back(std::move(message));
  found->second->came.notify_one();
}

Child::Work Child::next_work() {
  std::unique_lock lock(mutex_);
  work_came_.wait(lock, [this] { return !work_.empty(); });
  Work work = std::move(work_.front());
  work_.pop_front();
  return work;
}

std::uint64_t Child::frame_call(const bb_call* call) {
  if (!may_overlap_) return frame_call_;
  if (!call) return thread_call;
  const std::scoped_lock lock(mutex_);
  // A watch hands out calls of its own, with what is behind ours.
  const auto found = frames_.find(call->host_data);
  return found == frames_.end() ? 0 : found->second;
}

// A thread that is free takes it, else one more is made. Where none can be, it waits for one of those there are.
void Child::dispatch(Work work) {
  const std::scoped_lock lock(mutex_);
  calls_.push_back(std::move(work));
  call_came_.notify_one();
  if (free_threads_ >= calls_.size()) return;
  try {
    std::thread([this] { serve_calls(); }).detach();
    ++threads_;
  } catch (const std::system_error&) {
    if (threads_ == 0) end_without_host();
  }
}

void Child::serve_calls() {
  for (;;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      ++free_threads_;
      call_came_.wait(lock, [this] { return !calls_.empty(); });
      --free_threads_;
      work = std::move(calls_.front());
      calls_.pop_front();
    }
    invoke(work);
  }
}

void Child::create(const Work& work) {
  const auto request = decode_value(work.message.body);
  if (!request) end_without_host();
  const auto reply = [&](const Value& value) { send(FrameType::created, work.message.call, encode_value(value)); };
  host_version_ = (*request)["host_version"].string_or("");
  for (std::size_t index = 0; index < (*request)["grants"].size(); ++index)
    grants_.push_back((*request)["grants"][index].string_or(""));
  log_level_ = static_cast<bb_log_level>((*request)["log_level"].integer_or(BB_LOG_INFO));
  auto plugin = InitializedPlugin::create(*loaded_.table, host_version_);
  if (!plugin) return reply(Value::object({{"problem", plugin.error().what}}));
  plugin_ = *std::move(plugin);
  host_ = {sizeof(bb_host), BB_ABI_MINOR, this, "bb-host", host_version_.c_str(), give_interface};

  frame_call_ = work.message.call;
  PluginCall call(static_cast<std::uint64_t>((*request)["call_id"].integer_or(1)),
                  (*request)["deadline_ns"].integer_or(0),
                  (*request)["can_be_cancelled"].boolean_or(false) ? work.cancellation.get() : nullptr);
  bb_status status = BB_OK;
  Tell tell;
  if ((*request)["is_watched"].boolean_or(false))
    tell = [this](const Seen& seen) { this->tell(seen_value(seen, frame_call())); };
  instance_ = PluginInstance::create(plugin_, host_, call, (*request)["type_id"].string_or(""),
                                     (*request)["name"].string_or(""), pairs_from((*request)["config"]), status, tell);
  frame_call_ = 0;
  may_overlap_ = (*request)["may_overlap"].boolean_or(false);
  Value created = Value::object({{"status", status}, {"said", said_value(call)}});
  if (instance_) {
    created.set("methods", instance_->session_methods());
    Value offered = Value::object();
    const auto add = [&](const std::string& interface) {
      if (offered.find(interface) || !instance_->offers(interface)) return;
      Value functions = Value::array();
      for (const char* const function : known_functions)
        if (instance_->has_function(interface, function)) functions.push(function);
      offered.set(interface, std::move(functions));
    };
    for (const char* const interface : known_interfaces) add(interface);
    for (const TypeDescription& type : loaded_.description.types)
      for (const std::string& interface : type.interfaces) add(interface);
    created.set("offered", std::move(offered));
  }
  reply(created);
}

void Child::begin_call(const bb_call& call, std::uint64_t number) {
  if (!may_overlap_) {
    frame_call_ = number;
    return;
  }
  thread_call = number;
  const std::scoped_lock lock(mutex_);
  frames_[call.host_data] = number;
}

void Child::end_call(const bb_call& call) {
  frame_call_ = 0;
  if (!may_overlap_) return;
  thread_call = 0;
  const std::scoped_lock lock(mutex_);
  frames_.erase(call.host_data);
}

void Child::invoke(const Work& work) {
  const std::uint64_t number = work.message.call;
  auto request = decode_value(work.message.body);
  if (!request || !instance_) end_without_host();
  Operation operation{(*request)["interface"].string_or(""), (*request)["function"].string_or(""), {}};
  if (Value* const arguments = request->find("arguments")) operation.arguments = std::move(*arguments);
  if ((*request)["is_cancelled"].boolean_or(false)) work.cancellation->cancel();
  PluginCall call(static_cast<std::uint64_t>((*request)["call_id"].integer_or(1)),
                  (*request)["deadline_ns"].integer_or(0),
                  (*request)["can_be_cancelled"].boolean_or(false) ? work.cancellation.get() : nullptr);
  begin_call(call.abi, number);
  RawResult result = instance_->run(operation, call);
  end_call(call.abi);
  for (std::string_view left = result.body; !left.empty();) {
    const std::string_view piece = left.substr(0, content_piece_bytes);
    send(FrameType::data, number, piece);
    left.remove_prefix(piece.size());
  }
  Value done = result_value(result);
  done.set("said", said_value(call));
  std::string body = encode_value(done);
  if (body.size() > message_bytes_max) {
    RawResult cut;
    PluginCall said(0, 0, nullptr);
    cut.status = said.refuse(BB_E_TOO_LARGE, Blame::connector,
                             "the answer has " + std::to_string(body.size()) + " bytes beside its content, at most " +
                                 std::to_string(message_bytes_max) + " are allowed");
    Value short_done = result_value(cut);
    short_done.set("said", said_value(said));
    body = encode_value(short_done);
  }
  send(FrameType::done, number, body);
}

void Child::destroy() {
  instance_.reset();
  plugin_.reset();
  send(FrameType::destroyed, 0, {});
}

void Child::tell(const Value& request) {
  const std::string body = encode_value(request);
  if (body.size() > message_bytes_max) return;
  send(FrameType::upcall, upcall_number(may_overlap_ ? call_in(request) : 0, 0), body);
}

Value Child::upcall(const Value& request, Duties* duties) {
  const std::string body = encode_value(request);
  if (body.size() > message_bytes_max) return Value::object({{"status", bb_status{BB_E_TOO_LARGE}}});
  Waiting waiting;
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock(mutex_);
    number = upcall_number(may_overlap_ ? call_in(request) : 0, ++upcall_count_);
    waiting_[number] = &waiting;
  }
  send(FrameType::upcall, number, body);
  for (;;) {
    Message message;
    {
      std::unique_lock lock(mutex_);
      waiting.came.wait(lock, [&] { return !waiting.messages.empty(); });
      message = std::move(waiting.messages.front());
      waiting.messages.pop_front();
      if (message.type == FrameType::done) waiting_.erase(number);
    }
    if (message.type == FrameType::data) {
      send(FrameType::ack, number,
           encode_value(duties ? duties->data(message.body) : Value::object({{"status", bb_status{BB_E_STATE}}})));
      continue;
    }
    auto value = decode_value(message.body);
    if (!value) end_without_host();
    if (message.type == FrameType::done) return *std::move(value);
    Value ack = Value::object({{"status", bb_status{BB_E_STATE}}});
    if (duties && message.type == FrameType::pull) ack = duties->pull(*value);
    if (duties && message.type == FrameType::head) ack = duties->head(*value);
    send(FrameType::ack, number, encode_value(ack));
  }
}

}  // namespace bb::host
