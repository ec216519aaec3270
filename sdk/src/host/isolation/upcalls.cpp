#include "upcalls.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include <bb/core/crypto.hpp>
#include "../abi_text.hpp"
#include "../services/services.hpp"
#include "../stream/stream_service.hpp"
#include "value_codec.hpp"
#include "wire.hpp"

namespace bb::host {
namespace {

// An upcall inside a callback of an upcall, and so on.
constexpr int depth_max = 8;
constexpr std::int64_t random_bytes_at_once_max = 1024 * 1024;

// A text of the request, borrowed from it.
bb_str text(const Value& request, std::string_view name) {
  const std::string* const found = request[name].string();
  return found ? to_abi(*found) : bb_str{nullptr, 0};
}

bb_bytes bytes(const Value& request, std::string_view name) {
  const bb_str found = text(request, name);
  return {found.data, found.size};
}

StreamService::Id stream_id(const Value& request) {
  return static_cast<StreamService::Id>(request["stream"].integer_or(0));
}

bb_status status_in(const std::optional<Value>& ack) {
  return ack ? static_cast<bb_status>((*ack)["status"].integer_or(BB_E_INTERNAL)) : BB_E_CONNECTOR_LOST;
}

// A source of the connector's, pulled over the wire.
struct PulledSource {
  bb_source abi;
  UpcallServer& server;
  std::uint64_t call;

  PulledSource(UpcallServer& upcalls, std::uint64_t number, std::int64_t size_hint)
      : abi{sizeof(bb_source), 0, this, size_hint < 0 ? UINT64_MAX : static_cast<std::uint64_t>(size_hint), read},
        server(upcalls),
        call(number) {}

  static bb_status BB_CALL read(bb_source* source, void* buffer, std::uint64_t capacity, std::uint64_t* got) {
    auto& self = *static_cast<PulledSource*>(source->host_data);
    *got = 0;
    if (!self.server.lane().send(FrameType::pull, self.call, encode_value(Value::object({{"capacity", capacity}}))))
      return BB_E_CONNECTOR_LOST;
    const auto ack = self.server.await_ack(self.call);
    if (status_in(ack) != BB_OK) return status_in(ack);
    // What it claims to have given counts, as in process; what came is copied.
    const std::string* const content = (*ack)["bytes"].string();
    const std::size_t size = content ? content->size() : 0;
    *got = static_cast<std::uint64_t>(std::max<std::int64_t>((*ack)["got"].integer_or(0), 0));
    if (*got > capacity) return BB_OK;
    if (size != *got) return BB_E_INTERNAL;
    if (size != 0) std::memcpy(buffer, content->data(), size);
    return BB_OK;
  }
};

// A sink of the connector's, at the other end of the wire.
struct Pushed {
  UpcallServer& server;
  std::uint64_t call;

  bb_status push(FrameType type, std::string_view message) const {
    if (!server.lane().send(type, call, message)) return BB_E_CONNECTOR_LOST;
    return status_in(server.await_ack(call));
  }
};

// For the answer to an HTTP request.
struct PushedAnswer : Pushed {
  bb_http_response_sink abi;

  PushedAnswer(UpcallServer& upcalls, std::uint64_t number)
      : Pushed{upcalls, number}, abi{sizeof(bb_http_response_sink), 0, this, head, body} {}

  static bb_status BB_CALL head(bb_http_response_sink* sink, std::int32_t status, const bb_pair* headers,
                                std::uint64_t count) {
    const auto& self = *static_cast<PushedAnswer*>(sink->plugin_data);
    return self.push(
        FrameType::head,
        encode_value(Value::object({{"status", status}, {"headers", attributes_value(from_abi(headers, count))}})));
  }
  static bb_status BB_CALL body(bb_http_response_sink* sink, bb_bytes chunk) {
    return static_cast<PushedAnswer*>(sink->plugin_data)->push(FrameType::data, from_abi(chunk));
  }
};

// For the answer of a person.
struct PushedPersonsAnswer : Pushed {
  bb_answer_sink abi;

  PushedPersonsAnswer(UpcallServer& upcalls, std::uint64_t number)
      : Pushed{upcalls, number}, abi{sizeof(bb_answer_sink), 0, this, answer, write} {}

  static bb_status BB_CALL answer(bb_answer_sink* sink, const bb_answer* value) {
    return static_cast<PushedPersonsAnswer*>(sink->plugin_data)
        ->push(FrameType::head, encode_value(Value::object({{"kind", value->kind},
                                                            {"name", from_abi(value->name)},
                                                            {"at", value->at_unix_ns},
                                                            {"text", from_abi(value->text)},
                                                            {"filename", from_abi(value->filename)},
                                                            {"media_type", from_abi(value->media_type)},
                                                            {"size", value->size}})));
  }
  static bb_status BB_CALL write(bb_answer_sink* sink, bb_bytes chunk) {
    return static_cast<PushedPersonsAnswer*>(sink->plugin_data)->push(FrameType::data, from_abi(chunk));
  }
};

// What a secret function writes; the connector's own sink gets it in its process.
struct KeptBytes {
  bb_sink abi{sizeof(bb_sink), 0, this, write};
  std::string bytes;
  KeptBytes() = default;
  KeptBytes(const KeptBytes&) = delete;
  KeptBytes& operator=(const KeptBytes&) = delete;
  ~KeptBytes() { wipe(bytes); }
  static bb_status BB_CALL write(bb_sink* sink, bb_bytes chunk) {
    static_cast<KeptBytes*>(sink->host_data)->bytes += from_abi(chunk);
    return BB_OK;
  }
};

}  // namespace

bool UpcallServer::is_in_call(const Value& request) const {
  return state_ && static_cast<std::uint64_t>(request["call"].integer_or(0)) == lane_.call();
}

void UpcallServer::broke(std::string how) { lane_.fail(Conversation::Failure::broken, std::move(how)); }

void UpcallServer::answer(std::uint64_t call, Value value) {
  std::string body = encode_value(value);
  lane_.send(FrameType::done, call, body);
  wipe(body);
}

std::optional<Value> UpcallServer::await_ack(std::uint64_t call) {
  while (auto message = lane_.next()) {
    if (message->type == FrameType::upcall) {
      serve(*message);
    } else if (message->type == FrameType::ack && message->call == call && !message->is_too_large) {
      auto value = decode_value(message->body);
      if (value) return *std::move(value);
      broke("an ack that cannot be read: " + value.error().what);
    } else if (message->type != FrameType::pong) {
      broke("'" + std::string(frame_type_name(message->type)) + "' where an ack was expected");
    }
  }
  return std::nullopt;
}

void UpcallServer::serve(const Message& message) {
  if (message.call % 2 == 0) return broke("an upcall with an even number");
  if (message.is_too_large) return answer(message.call, Value::object({{"status", bb_status{BB_E_TOO_LARGE}}}));
  const auto decoded = decode_value(message.body);
  if (!decoded) return broke("an upcall that cannot be read: " + decoded.error().what);
  const Value& request = *decoded;
  const std::string service = request["service"].string_or("");
  const std::string function = request["function"].string_or("");
  if (service == notices_service && instance_.notice_limit) return take_notice(request);
  if (std::find(instance_.grants.begin(), instance_.grants.end(), service) == instance_.grants.end())
    return broke("a call of '" + service + "', which its manifest does not ask for");
  if (service == BB_HOST_LOG) return write_log(request);
  if (service == BB_HOST_CLOCK && function == "now_unix_ns")
    return answer(message.call, Value::object({{"now", instance_.clock.now_unix_ns()}}));
  if (service == BB_HOST_RANDOM && function == "fill") {
    const std::int64_t size = request["size"].integer_or(-1);
    if (size < 0 || size > random_bytes_at_once_max) return broke("a wish for too many random bytes");
    std::string filled(static_cast<std::size_t>(size), '\0');
    const bb_status status = random_service().fill(&instance_.abi, filled.data(), filled.size());
    return answer(message.call, Value::object({{"status", status}, {"bytes", std::move(filled)}}));
  }
  if (service == BB_HOST_STREAM && function == "close") return instance_.streams->close(stream_id(request));
  if (service == BB_HOST_EVIDENCE) {
    if (is_in_call(request)) record_evidence(request);
    return;
  }
  if (!is_in_call(request) || depth_ == depth_max)
    return answer(message.call, Value::object({{"status", bb_status{BB_E_STATE}}}));
  ++depth_;
  serve_in_call(message.call, service, function, request);
  --depth_;
}

void UpcallServer::serve_in_call(std::uint64_t call, const std::string& service, const std::string& function,
                                 const Value& request) {
  if (service == BB_HOST_CLOCK && function == "sleep_ns") {
    const bb_status status =
        clock_service().sleep_ns(&instance_.abi, &state_->abi, request["duration_ns"].integer_or(0));
    return answer(call, Value::object({{"status", status}}));
  }
  if (service == BB_HOST_HTTP && function == "perform") return perform(call, request);
  if (service == BB_HOST_SECRET) return use_secret(call, function, request);
  if (service == BB_HOST_PERSON && function == "ask") return ask(call, request);
  if (service == BB_HOST_STREAM) return use_stream(call, function, request);
  broke("a call of '" + service + "' '" + function + "', which there is not");
}

void UpcallServer::perform(std::uint64_t call, const Value& request) {
  const std::vector<Attribute> headers = attributes_from(request["headers"]);
  const std::vector<bb_pair> pairs = to_abi(headers);
  PulledSource source(*this, call, request["size_hint"].integer_or(-1));
  PushedAnswer sink(*this, call);
  bb_http_request wanted{};
  wanted.struct_size = sizeof wanted;
  wanted.flags = static_cast<std::uint32_t>(request["flags"].integer_or(0));
  wanted.method = text(request, "method");
  wanted.url = text(request, "url");
  wanted.headers = pairs.data();
  wanted.header_count = pairs.size();
  wanted.body = request["has_body"].boolean_or(false) ? &source.abi : nullptr;
  wanted.client_certificate = text(request, "client_certificate");
  const bb_status status = http_service().perform(&instance_.abi, &state_->abi, &wanted, &sink.abi);
  answer(call, Value::object({{"status", status}}));
}

void UpcallServer::ask(std::uint64_t call, const Value& request) {
  const Value& choices = request["choices"];
  std::vector<bb_str> slices;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const std::string* const choice = choices[i].string();
    slices.push_back(choice ? to_abi(*choice) : bb_str{nullptr, 0});
  }
  PushedPersonsAnswer sink(*this, call);
  bb_question question{};
  question.struct_size = sizeof question;
  question.kind = static_cast<bb_question_kind>(request["kind"].integer_or(BB_QUESTION_UNKNOWN));
  question.id = text(request, "id");
  question.title = text(request, "title");
  question.text = text(request, "text");
  question.choices = slices.data();
  question.choice_count = slices.size();
  question.accept = text(request, "accept");
  question.deadline_unix_ns = request["deadline"].integer_or(0);
  const bb_status status = person_service().ask(&instance_.abi, &state_->abi, &question, &sink.abi);
  answer(call, Value::object({{"status", status}}));
}

void UpcallServer::use_secret(std::uint64_t call, const std::string& function, const Value& request) {
  const bb_host_secret& service = secret_service();
  const bb_host* const host = &instance_.abi;
  bb_call* const abi = &state_->abi;
  const bb_str name = text(request, "name");
  const bb_str algorithm = text(request, "algorithm");
  const bb_bytes input = bytes(request, "input");
  KeptBytes kept;
  PulledSource source(*this, call, -1);
  bb_status status = BB_OK;
  if (function == "read")
    status = service.read(host, abi, name, &kept.abi);
  else if (function == "store")
    status = service.store(host, abi, name, input);
  else if (function == "sign")
    status = service.sign(host, abi, name, algorithm, input, &kept.abi);
  else if (function == "sign_message")
    status = service.sign_message(host, abi, name, algorithm, input, &kept.abi);
  else if (function == "mac")
    status = service.mac(host, abi, name, algorithm, input, &kept.abi);
  else if (function == "decrypt")
    status = service.decrypt(host, abi, name, algorithm, &source.abi, &kept.abi);
  else
    return broke("a call of '" BB_HOST_SECRET "' '" + function + "', which there is not");
  std::string body = encode_value(Value::object({{"status", status}, {"bytes", std::string_view(kept.bytes)}}));
  lane_.send(FrameType::done, call, body);
  wipe(body);
}

void UpcallServer::use_stream(std::uint64_t call, const std::string& function, const Value& request) {
  StreamService& streams = *instance_.streams;
  bb_stream_request wanted{};
  wanted.struct_size = sizeof wanted;
  wanted.flags = static_cast<std::uint32_t>(request["flags"].integer_or(0));
  wanted.transport = static_cast<bb_transport>(request["transport"].integer_or(0));
  wanted.port = static_cast<std::uint32_t>(request["port"].integer_or(0));
  wanted.host = text(request, "host");
  wanted.protocol = text(request, "protocol");
  wanted.server_name = text(request, "server_name");
  wanted.alpn = text(request, "alpn");
  wanted.client_certificate = text(request, "client_certificate");
  wanted.wait_ms_max = static_cast<std::uint32_t>(request["wait_ms_max"].integer_or(0));
  StreamService::Id id = stream_id(request);
  Value done = Value::object();
  if (function == "read") {
    const auto capacity = std::clamp<std::int64_t>(request["capacity"].integer_or(0), 0, StreamService::read_bytes_max);
    std::string buffer(static_cast<std::size_t>(capacity), '\0');
    std::size_t got = 0;
    done.set("status", streams.read(*state_, id, buffer.data(), buffer.size(), got));
    buffer.resize(got);
    done.set("bytes", std::move(buffer));
  } else if (function == "write") {
    done.set("status", streams.write(*state_, id, from_abi(bytes(request, "bytes"))));
  } else if (function == "open" || function == "start_tls") {
    done.set("status", function == "open" ? streams.open(*state_, wanted, id) : streams.start_tls(*state_, id, wanted));
    done.set("stream", id);
    if (const DescribedStream* const described = streams.describe(id))
      done.set("info", stream_info_value(described->info()));
  } else {
    return broke("a call of '" BB_HOST_STREAM "' '" + function + "', which there is not");
  }
  answer(call, std::move(done));
}

void UpcallServer::write_log(const Value& request) {
  const std::vector<Attribute> fields = attributes_from(request["fields"]);
  const std::vector<bb_pair> pairs = to_abi(fields);
  const auto level = std::clamp<std::int64_t>(request["level"].integer_or(0), BB_LOG_DEBUG, BB_LOG_ERROR);
  log_service().write(&instance_.abi, is_in_call(request) ? &state_->abi : nullptr, static_cast<bb_log_level>(level),
                      text(request, "message"), pairs.data(), pairs.size());
}

void UpcallServer::take_notice(const Value& request) {
  const std::string rule = request["rule"].string_or("");
  instance_.note({rule, request["what"].string_or(""), request["is_host"].boolean_or(false),
                  is_in_call(request) ? state_->abi.call_id : 0});
}

void UpcallServer::record_evidence(const Value& request) {
  const std::vector<Attribute> attributes = attributes_from(request["attributes"]);
  const std::vector<bb_pair> pairs = to_abi(attributes);
  bb_evidence evidence{};
  evidence.struct_size = sizeof evidence;
  evidence.flags = static_cast<std::uint32_t>(request["flags"].integer_or(0));
  evidence.protocol = text(request, "protocol");
  evidence.step = text(request, "step");
  evidence.peer = text(request, "peer");
  evidence.sent = bytes(request, "sent");
  evidence.received = bytes(request, "received");
  evidence.attributes = pairs.data();
  evidence.attribute_count = pairs.size();
  evidence_service().record(&instance_.abi, &state_->abi, &evidence);
}

}  // namespace bb::host
