// services.cpp - the host services as a plugin in this process sees them: each
// call goes to the host, but what needs nothing of it.
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include <bb/abi/host_person.h>
#include <bb/abi/host_services.h>
#include <bb/abi/host_stream.h>
#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>
#include "abi_text.hpp"
#include "child.hpp"
#include "isolation/wire.hpp"
#include "services/person.hpp"
#include "services/services.hpp"

namespace bb::host {
namespace {

// Between calls the host does not wait until an answer is taken: some of these
// fit into the socket.
constexpr std::uint64_t random_bytes_at_once = 16 * 1024;

Child& child_of(const bb_host* host) { return *static_cast<Child*>(host->host_data); }

// The call of a service, with what every one says.
Value request_of(const bb_host* host, const char* service, const char* function, const bb_call* call = nullptr) {
  return Value::object({{"service", service}, {"function", function}, {"call", child_of(host).frame_call(call)}});
}

bb_status status_of(const Value& done) { return static_cast<bb_status>(done["status"].integer_or(BB_E_HOST_FAULT)); }

Value status_value(bb_status status) { return Value::object({{"status", status}}); }

// As in process: what was refused before an answer came is over.
bb_status over(bb_call* call, bb_status status) {
  if (status == BB_OK) plugin_call_of(call).refusals.clear();
  return status;
}

// A source of the plugin's and its sink, served while an upcall runs.
class PluginDuties final : public Child::Duties {
 public:
  PluginDuties(bb_source* source, bb_http_response_sink* sink) : source_(source), sink_(sink) {}

  Value pull(const Value& request) override {
    if (!source_) return status_value(BB_E_STATE);
    const auto capacity = static_cast<std::size_t>(
        std::clamp<std::int64_t>(request["capacity"].integer_or(0), 0, std::int64_t{1024 * 1024}));
    buffer_.resize(capacity);
    std::uint64_t got = 0;
    Value ack = status_value(source_->read(source_, buffer_.data(), capacity, &got));
    ack.set("got", got);
    ack.set("bytes",
            std::string_view(buffer_).substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(got, capacity))));
    return ack;
  }
  Value head(const Value& answer) override {
    if (!sink_) return status_value(BB_E_STATE);
    const auto headers = attributes_from(answer["headers"]);
    const auto pairs = to_abi(headers);
    return status_value(
        sink_->head(sink_, static_cast<std::int32_t>(answer["status"].integer_or(0)), pairs.data(), pairs.size()));
  }
  Value data(std::string_view bytes) override {
    if (!sink_) return status_value(BB_E_STATE);
    return status_value(sink_->body(sink_, {bytes.data(), bytes.size()}));
  }

 private:
  bb_source* source_;
  bb_http_response_sink* sink_;
  std::string buffer_;
};

// A sink for the answer of a person.
class AnswerDuties final : public Child::Duties {
 public:
  explicit AnswerDuties(bb_answer_sink* sink) : sink_(sink) {}

  Value pull(const Value&) override { return status_value(BB_E_STATE); }
  Value head(const Value& answer) override {
    const std::string name = answer["name"].string_or(""), text = answer["text"].string_or(""),
                      filename = answer["filename"].string_or(""), media_type = answer["media_type"].string_or("");
    bb_answer value{};
    value.struct_size = sizeof value;
    value.kind = static_cast<bb_question_kind>(answer["kind"].integer_or(BB_QUESTION_UNKNOWN));
    value.name = to_abi(name);
    value.at_unix_ns = answer["at"].integer_or(0);
    value.text = to_abi(text);
    value.filename = to_abi(filename);
    value.media_type = to_abi(media_type);
    value.size = static_cast<std::uint64_t>(answer["size"].integer_or(0));
    return status_value(sink_->answer(sink_, &value));
  }
  Value data(std::string_view bytes) override {
    return status_value(sink_->write(sink_, {bytes.data(), bytes.size()}));
  }

 private:
  bb_answer_sink* sink_;
};

// A secret function that ends in one write.
bb_status secret(const bb_host* host, Value request, bb_sink* out, bb_source* source = nullptr) {
  PluginDuties duties(source, nullptr);
  Value done = child_of(host).upcall(request, &duties);
  if (status_of(done) != BB_OK) return status_of(done);
  std::string bytes = done["bytes"].string_or("");
  const bb_status status = out ? out->write(out, {bytes.data(), bytes.size()}) : bb_status{BB_OK};
  wipe(bytes);
  return status;
}

Value key_request(const bb_host* host, const bb_call* call, const char* function, bb_str name, bb_str algorithm,
                  bb_bytes input) {
  Value request = request_of(host, BB_HOST_SECRET, function, call);
  request.set("name", from_abi(name));
  request.set("algorithm", from_abi(algorithm));
  request.set("input", from_abi(input));
  return request;
}

Value stream_request(const bb_host* host, const char* function, bb_stream* stream) {
  Value request = request_of(host, BB_HOST_STREAM, function);
  request.set("stream", reinterpret_cast<std::uint64_t>(stream));
  return request;
}

// The host's library has functions of the same names.
extern "C" {

static void log_write(const bb_host* host, const bb_call* call, bb_log_level level, bb_str message,
                      const bb_pair* fields, std::uint64_t field_count) {
  if (level < child_of(host).log_level()) return;
  Value request = request_of(host, BB_HOST_LOG, "write", call);
  if (!call) request.set("call", 0);
  request.set("level", level);
  request.set("message", from_abi(message));
  request.set("fields", attributes_value(from_abi(fields, field_count)));
  child_of(host).tell(request);
}

static std::int64_t clock_now_unix_ns(const bb_host* host) {
  return child_of(host).upcall(request_of(host, BB_HOST_CLOCK, "now_unix_ns"))["now"].integer_or(0);
}
static std::int64_t clock_monotonic_ns(const bb_host*) { return monotonic_ns(); }
static bb_status clock_sleep_ns(const bb_host* host, bb_call* call, std::int64_t duration_ns) {
  Value request = request_of(host, BB_HOST_CLOCK, "sleep_ns", call);
  request.set("duration_ns", duration_ns);
  return status_of(child_of(host).upcall(request));
}

static bb_status random_fill(const bb_host* host, void* buffer, std::uint64_t size) {
  if (size == 0) return BB_OK;
  if (!buffer) return BB_E_INVALID_ARGUMENT;
  auto* out = static_cast<char*>(buffer);
  while (size != 0) {
    const std::uint64_t count = std::min(size, random_bytes_at_once);
    Value request = request_of(host, BB_HOST_RANDOM, "fill");
    request.set("size", count);
    const Value done = child_of(host).upcall(request);
    const std::string* const bytes = done["bytes"].string();
    if (status_of(done) != BB_OK || !bytes || bytes->size() != count) return BB_E_HOST_FAULT;
    std::memcpy(out, bytes->data(), bytes->size());
    out += count;
    size -= count;
  }
  return BB_OK;
}

static bb_status secret_read(const bb_host* host, bb_call* call, bb_str name, bb_sink* out) {
  return secret(host, key_request(host, call, "read", name, {}, {}), out);
}
static bb_status secret_store(const bb_host* host, bb_call* call, bb_str name, bb_bytes value) {
  return secret(host, key_request(host, call, "store", name, {}, value), nullptr);
}
static bb_status secret_sign(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm, bb_bytes digest,
                             bb_sink* out) {
  return secret(host, key_request(host, call, "sign", name, algorithm, digest), out);
}
static bb_status secret_sign_message(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm,
                                     bb_bytes message, bb_sink* out) {
  return secret(host, key_request(host, call, "sign_message", name, algorithm, message), out);
}
static bb_status secret_mac(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm, bb_bytes message,
                            bb_sink* out) {
  return secret(host, key_request(host, call, "mac", name, algorithm, message), out);
}
static bb_status secret_decrypt(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm,
                                bb_source* ciphertext, bb_sink* out) {
  return secret(host, key_request(host, call, "decrypt", name, algorithm, {}), out, ciphertext);
}

static bb_status http_perform(const bb_host* host, bb_call* call, const bb_http_request* wanted,
                              bb_http_response_sink* response) {
  if (!BB_HAS(wanted, client_certificate) || !BB_HAS(response, body) || !response->head || !response->body)
    return plugin_call_of(call).refuse(BB_E_INVALID_ARGUMENT, Blame::connector,
                                       "the HTTP request or its response sink is incomplete");
  Value request = request_of(host, BB_HOST_HTTP, "perform", call);
  request.set("flags", wanted->flags);
  request.set("method", from_abi(wanted->method));
  request.set("url", from_abi(wanted->url));
  request.set("headers", attributes_value(from_abi(wanted->headers, wanted->header_count)));
  request.set("client_certificate", from_abi(wanted->client_certificate));
  request.set("has_body", wanted->body != nullptr);
  PluginDuties duties(wanted->body, response);
  return over(call, status_of(child_of(host).upcall(request, &duties)));
}

static void evidence_record(const bb_host* host, bb_call* call, const bb_evidence* evidence) {
  if (!BB_HAS(evidence, attribute_count)) return;
  Value request = request_of(host, BB_HOST_EVIDENCE, "record", call);
  request.set("flags", evidence->flags);
  request.set("protocol", from_abi(evidence->protocol));
  request.set("step", from_abi(evidence->step));
  request.set("peer", from_abi(evidence->peer));
  request.set("sent", from_abi(evidence->sent));
  request.set("received", from_abi(evidence->received));
  request.set("attributes", attributes_value(from_abi(evidence->attributes, evidence->attribute_count)));
  child_of(host).tell(request);
}

static bb_status person_ask(const bb_host* host, bb_call* call, const bb_question* question, bb_answer_sink* out) {
  const auto wrong = [&](const char* problem) {
    return plugin_call_of(call).refuse(BB_E_INVALID_ARGUMENT, Blame::connector, problem);
  };
  if (!BB_HAS(question, deadline_unix_ns) || !BB_HAS(out, write) || !out->answer || !out->write)
    return wrong("a question or its answer sink is incomplete");
  // More than can be meant go no further than needed to be refused.
  const std::uint64_t count = std::min<std::uint64_t>(question->choice_count, question_choices_max + 1);
  if (count != 0 && !question->choices) return wrong("a question has choices that are NULL");
  Value choices = Value::array();
  for (std::uint64_t i = 0; i < count; ++i) choices.push(from_abi(question->choices[i]));
  Value request = request_of(host, BB_HOST_PERSON, "ask", call);
  request.set("kind", question->kind);
  request.set("id", from_abi(question->id));
  request.set("title", from_abi(question->title));
  request.set("text", from_abi(question->text));
  request.set("choices", std::move(choices));
  request.set("accept", from_abi(question->accept));
  request.set("deadline", question->deadline_unix_ns);
  AnswerDuties duties(out);
  const bb_status status = status_of(child_of(host).upcall(request, &duties));
  PluginCall& state = plugin_call_of(call);
  if (status == BB_OK) state.refusals.clear();
  state.waits_for_person = status == BB_E_PENDING;
  return status;
}

// open and start_tls: the whole of what is wished for.
static bb_status make_stream(const bb_host* host, bb_call* call, const char* function, const bb_stream_request* wanted,
                             bb_stream*& stream) {
  if (!BB_HAS(wanted, client_certificate))
    return plugin_call_of(call).refuse(BB_E_INVALID_ARGUMENT, Blame::connector, "the stream request is incomplete");
  Value request = stream_request(host, function, stream);
  request.set("flags", wanted->flags);
  request.set("transport", wanted->transport);
  request.set("port", wanted->port);
  request.set("host", from_abi(wanted->host));
  request.set("protocol", from_abi(wanted->protocol));
  request.set("server_name", from_abi(wanted->server_name));
  request.set("alpn", from_abi(wanted->alpn));
  request.set("client_certificate", from_abi(wanted->client_certificate));
  if (BB_HAS(wanted, wait_ms_max)) request.set("wait_ms_max", wanted->wait_ms_max);
  const Value done = child_of(host).upcall(request);
  const auto id = static_cast<std::uint64_t>(done["stream"].integer_or(0));
  if (done.find("info")) child_of(host).describe_stream(id, stream_info_from(done["info"]));
  stream = reinterpret_cast<bb_stream*>(id);
  return over(call, status_of(done));
}

static bb_status stream_open(const bb_host* host, bb_call* call, const bb_stream_request* request, bb_stream** out) {
  if (!out)
    return plugin_call_of(call).refuse(BB_E_INVALID_ARGUMENT, Blame::connector, "the stream request is incomplete");
  *out = nullptr;
  return make_stream(host, call, "open", request, *out);
}

static const bb_stream_info* stream_describe(const bb_host* host, bb_stream* stream) {
  return child_of(host).described_stream(reinterpret_cast<std::uint64_t>(stream));
}

static bb_status stream_read(const bb_host* host, bb_call* call, bb_stream* stream, void* buffer,
                             std::uint64_t capacity, std::uint64_t* got) {
  Value request = stream_request(host, "read", stream);
  request.set("capacity", capacity);
  const Value done = child_of(host).upcall(request);
  const std::string* const bytes = done["bytes"].string();
  *got = bytes ? std::min<std::uint64_t>(bytes->size(), capacity) : 0;
  if (*got != 0) std::memcpy(buffer, bytes->data(), *got);
  return over(call, status_of(done));
}

static bb_status stream_write(const bb_host* host, bb_call* call, bb_stream* stream, bb_bytes chunk) {
  return write_in_pieces(from_abi(chunk), [&](std::string_view piece) {
    Value request = stream_request(host, "write", stream);
    request.set("bytes", piece);
    return over(call, status_of(child_of(host).upcall(request)));
  });
}

static bb_status stream_start_tls(const bb_host* host, bb_call* call, bb_stream* stream,
                                  const bb_stream_request* request) {
  return make_stream(host, call, "start_tls", request, stream);
}

static void stream_close(const bb_host* host, bb_stream* stream) {
  child_of(host).forget_stream(reinterpret_cast<std::uint64_t>(stream));
  child_of(host).tell(stream_request(host, "close", stream));
}

}  // extern "C"

const bb_host_log log_proxy{sizeof(bb_host_log), BB_LOG_DEBUG, log_write};
const bb_host_clock clock_proxy{sizeof(bb_host_clock), 0, clock_now_unix_ns, clock_monotonic_ns, clock_sleep_ns};
const bb_host_random random_proxy{sizeof(bb_host_random), 0, random_fill};
const bb_host_secret secret_proxy{sizeof(bb_host_secret), 0,          secret_read,   secret_store, secret_sign,
                                  secret_sign_message,    secret_mac, secret_decrypt};
const bb_host_http http_proxy{sizeof(bb_host_http), 0, http_perform};
const bb_host_evidence evidence_proxy{sizeof(bb_host_evidence), 0, evidence_record};
const bb_host_person person_proxy{sizeof(bb_host_person), 0, person_ask};
const bb_host_stream stream_proxy{
    sizeof(bb_host_stream), 0, stream_open, stream_describe, stream_read, stream_write, stream_start_tls, stream_close};

}  // namespace

const void* find_proxy(const bb_host* host, const char* id) {
  if (!id || !child_of(host).is_granted(id)) return nullptr;
  const std::string_view wanted(id);
  if (wanted == BB_HOST_LOG) return &log_proxy;
  if (wanted == BB_HOST_CLOCK) return &clock_proxy;
  if (wanted == BB_HOST_CANCEL) return &cancel_service();  // works on what is in this process
  if (wanted == BB_HOST_RANDOM) return &random_proxy;
  if (wanted == BB_HOST_SECRET) return &secret_proxy;
  if (wanted == BB_HOST_HTTP) return &http_proxy;
  if (wanted == BB_HOST_EVIDENCE) return &evidence_proxy;
  if (wanted == BB_HOST_PERSON) return &person_proxy;
  if (wanted == BB_HOST_STREAM) return &stream_proxy;
  return nullptr;
}

}  // namespace bb::host
