#include "http_service.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "../abi_text.hpp"
#include "../call_state.hpp"
#include "../services/services.hpp"
#include "request_checks.hpp"
#include "request_coding.hpp"

namespace bb::host {
namespace {

constexpr std::size_t connection_count_max = 64;  // that nobody uses
constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::array<std::string_view, 7> form_secrets{"access_token",     "refresh_token", "client_secret", "password",
                                                       "client_assertion", "assertion",     "wctoken"};

bool has_field(const std::vector<Attribute>& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const Attribute& one) { return iequals(one.name, name); });
}

// Learns the values of "a=1&b=2" whose names are those of credentials.
void learn_form(Redactor& redactor, std::string_view form) {
  if (form.find("token=") == std::string_view::npos && form.find("secret=") == std::string_view::npos &&
      form.find("password=") == std::string_view::npos && form.find("assertion=") == std::string_view::npos)
    return;
  for (const std::string& member : split(form, '&')) {
    const std::size_t equals = member.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view name = std::string_view(member).substr(0, equals);
    if (std::find(form_secrets.begin(), form_secrets.end(), name) == form_secrets.end()) continue;
    const auto value = percent_decode(replace_all(std::string_view(member).substr(equals + 1), "+", " "));
    if (value) redactor.learn(name, *value);
  }
}

std::optional<bb_status> read_body(bb_source& source, std::uint64_t bytes_max, std::string& body, CallState& state) {
  std::string buffer(read_bytes, '\0');
  for (;;) {
    std::uint64_t got = 0;
    const bb_status status = source.read(&source, buffer.data(), buffer.size(), &got);
    if (status != BB_OK) return status;
    if (got == 0) return std::nullopt;
    if (got > buffer.size())
      return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector,
                          "the source of the request body gave " + std::to_string(got) + " bytes where " +
                              std::to_string(buffer.size()) + " were asked for");
    body.append(buffer, 0, static_cast<std::size_t>(got));
    if (body.size() > bytes_max)
      return state.refuse(BB_E_TOO_LARGE, Blame::connector,
                          "the request body is over the host's limit of " + std::to_string(bytes_max) + " bytes");
  }
}

// Passes the answer on to the connector and keeps a copy for the record.
class RecordingReceiver final : public AnswerReceiver {
 public:
  RecordingReceiver(bb_http_response_sink& sink, CallState& state, std::uint64_t bytes_max, bool is_answer)
      : sink_(sink), state_(state), bytes_max_(bytes_max), is_answer_(is_answer) {}

  bool head(const AnswerHead& head) override {
    head_ = head;
    if (is_answer_) {
      state_.answer.clear();
      state_.answer.push_back({":status", std::to_string(head.status)});
      state_.answer.insert(state_.answer.end(), head.fields.begin(), head.fields.end());
    }
    std::vector<Attribute> passed_on = head.fields;
    if (const std::string* const coding = head.field("content-encoding");
        coding && (*coding == "gzip" || *coding == "deflate" || *coding == "br"))
      std::erase_if(passed_on, [](const Attribute& one) {
        return one.name == "content-encoding" || one.name == "content-length";
      });
    const std::vector<bb_pair> pairs = to_abi(passed_on);
    stop_ = sink_.head(&sink_, head.status, pairs.data(), pairs.size());
    return stop_ == BB_OK;
  }

  bool content(std::string_view bytes) override {
    if (bytes.size() > bytes_max_ - body_.size()) {
      is_too_large_ = true;
      return false;
    }
    body_ += bytes;
    stop_ = sink_.body(&sink_, {bytes.data(), bytes.size()});
    return stop_ == BB_OK;
  }

  const AnswerHead& answer_head() const { return head_; }
  std::string& body() { return body_; }
  bb_status stop() const { return stop_; }
  bool is_too_large() const { return is_too_large_; }

 private:
  bb_http_response_sink& sink_;
  CallState& state_;
  std::uint64_t bytes_max_;
  bool is_answer_;
  AnswerHead head_;
  std::string body_;
  bb_status stop_ = BB_OK;
  bool is_too_large_ = false;
};

// Everything that teaches comes before anything that is redacted.
void record(CallState& state, HttpExchange exchange) {
  Redactor& redactor = state.instance.redactor;
  const std::array header_lists{&exchange.request_headers, &exchange.response_headers};
  for (const auto* const fields : header_lists)
    for (const Attribute& field : *fields) redactor.learn_header(field.name, field.value);
  const std::size_t query = exchange.url.find('?');
  if (query != std::string::npos) learn_form(redactor, std::string_view(exchange.url).substr(query + 1));
  learn_form(redactor, exchange.request_body);
  redactor.learn_tokens(exchange.request_body);
  redactor.learn_tokens(exchange.response_body);
  for (auto* const fields : header_lists)
    for (Attribute& field : *fields) field.value = redactor.redact_header(field.name, field.value);
  for (std::string* const text : {&exchange.url, &exchange.request_body, &exchange.response_body})
    *text = redactor.redact(*text);
  exchange.error = redactor.redact_sentence(exchange.error);
  state.last_exchange = exchange.method + " " + exchange.url + ": " +
                        (exchange.status == 0 ? "no answer" : std::to_string(exchange.status));
  state.instance.recorder.exchange(exchange);
}

// A system that is asked too much says so to one call; all others that speak to it heed that, too. What a helper's
// exchange is told may be of another server.
void heed_retry_after(CallState& state, const AnswerHead& head) {
  if (!state.instance.pace || (head.status != 429 && head.status != 503)) return;
  const std::string* const field = head.field("retry-after");
  const auto wait_ns = field ? retry_after_ns(*field, state.instance.clock.now_unix_ns()) : std::nullopt;
  if (!wait_ns || *wait_ns == 0 || !state.instance.pace->throttle(*wait_ns)) return;
  EvidenceRecord record;
  record.instance = state.instance.name;
  record.call_id = state.abi.call_id;
  record.protocol = "pace";
  record.step = "throttled";
  record.attributes = {{"status", std::to_string(head.status)},
                       {"retry_after_ms", std::to_string(*wait_ns / ns_per_ms)},
                       {"until", format_utc(state.instance.pace->throttled_until_unix_ns())}};
  state.instance.recorder.evidence(record);
}

bb_status status_of(CallState& state, const ExchangeResult& result, const RecordingReceiver& receiver,
                    std::uint64_t bytes_max) {
  if (result.fault != Fault::stopped) return state.end_exchange(result.fault, result.reason);
  if (!receiver.is_too_large()) return receiver.stop();
  return state.refuse(BB_E_TOO_LARGE, Blame::connector,
                      "the answer is over the host's limit of " + std::to_string(bytes_max) + " bytes");
}

}  // namespace

HttpService::HttpService(HttpPolicy policy, std::shared_ptr<SharedParts> shared)
    : policy_(std::move(policy)), shared_(std::move(shared)) {}

Result<std::unique_ptr<Connection>> HttpService::connection_to(const std::string& key, const Url& url,
                                                               const std::string& identity_pem) {
  {
    const std::scoped_lock lock(mutex_);
    // The last used one is the most likely to be open still.
    if (auto kept = idle_.upper_bound(key); kept != idle_.begin() && (--kept)->first == key) {
      auto connection = std::move(kept->second);
      idle_.erase(kept);
      return connection;
    }
  }
  return Connection::create({url, policy_.ca_file, identity_pem, policy_.connect_ms_max}, shared_);
}

void HttpService::keep(const std::string& key, std::unique_ptr<Connection> connection) {
  std::multimap<std::string, std::unique_ptr<Connection>> too_many;  // closed without the lock
  const std::scoped_lock lock(mutex_);
  if (idle_.size() >= connection_count_max) too_many.swap(idle_);
  idle_.emplace(key, std::move(connection));
}

bb_status HttpService::perform(CallState& state, const bb_http_request& request, bb_http_response_sink& response) {
  const auto url = parse_url(from_abi(request.url));
  if (!url) return state.refuse(BB_E_INVALID_ARGUMENT, Blame::host, url.error().what);
  if (!url->is_tls && !policy_.is_cleartext_allowed)
    return state.refuse(BB_E_FORBIDDEN, Blame::host,
                        "policy refuses " + url->origin() + ": http is sent in the clear, use https");

  OutgoingRequest out{
      std::string(from_abi(request.method)), url->target, from_abi(request.headers, request.header_count), {}};
  if (auto checked = check_method(out.method); !checked)
    return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector, checked.error().what);
  if (auto checked = check_headers(out.headers); !checked)
    return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector, checked.error().what);
  if (request.body)
    if (const auto stop = read_body(*request.body, policy_.request_bytes_max, out.body, state)) return *stop;

  const std::string identity_name(from_abi(request.client_certificate));
  std::string identity;
  if (const bb_status status = state.read_client_identity(identity_name, identity); status != BB_OK) return status;
  if (state.is_cancelled()) return BB_E_CANCELLED;
  if (state.is_past_deadline()) return BB_E_DEADLINE;
  if (const bb_status status = state.await_turn(); status != BB_OK) return status;
  const std::string key = url->origin() + " " + identity_name;
  auto connection = connection_to(key, *url, identity);
  wipe(identity);
  if (!connection) return state.refuse(BB_E_HOST_FAULT, Blame::host, connection.error().what);

  out.headers.insert(out.headers.begin(), {"Host", url->authority()});
  out.headers.push_back({"Accept-Encoding", "identity"});
  if (!has_field(out.headers, "user-agent")) out.headers.push_back({"User-Agent", "bluebridge"});

  const bool is_answer = (request.flags & BB_HTTP_ANSWER) != 0;
  if (is_answer) {
    state.answer.clear();
    state.answer_body.clear();
  }
  RecordingReceiver receiver(response, state, policy_.response_bytes_max, is_answer);
  const std::int64_t started_ns = monotonic_ns();
  HttpExchange exchange;
  exchange.started_unix_ns = state.instance.clock.now_unix_ns();
  ExchangeResult result = (*connection)->exchange(out, {state.abi.deadline_ns, state.cancellation}, receiver);
  keep(key, *std::move(connection));
  state.has_exchanged = true;
  if (result.first_byte_ns != 0) {
    exchange.first_byte_ms = (result.first_byte_ns - started_ns) / ns_per_ms;
    if (is_answer || state.first_byte_ms < 0)
      state.first_byte_ms = (result.first_byte_ns - state.started_ns) / ns_per_ms;
  }
  exchange.total_ms = (monotonic_ns() - started_ns) / ns_per_ms;
  const bb_status status = status_of(state, result, receiver, policy_.response_bytes_max);

  exchange.instance = state.instance.name;
  exchange.call_id = state.abi.call_id;
  exchange.method = std::move(out.method);
  exchange.url = url->origin() + url->target;
  exchange.request_headers = std::move(result.sent);
  const auto coding = std::find_if(exchange.request_headers.begin(), exchange.request_headers.end(),
                                   [](const Attribute& field) { return iequals(field.name, "content-encoding"); });
  exchange.request_body = decoded_for_record(
      std::move(out.body), coding == exchange.request_headers.end() ? "" : coding->value, policy_.request_bytes_max);
  exchange.status = receiver.answer_head().status;
  exchange.response_headers = receiver.answer_head().fields;
  if (is_answer) state.answer_body = receiver.body();
  exchange.response_body = std::move(receiver.body());
  exchange.error = receiver.is_too_large() ? state.refusals.back().message
                   : result.fault == Fault::stopped
                       ? "the connector wanted no more of it (" + status_name(receiver.stop()) + ")"
                       : std::move(result.reason);
  exchange.tls = std::move(result.tls);
  exchange.is_answer = is_answer;
  record(state, std::move(exchange));
  if (is_answer) heed_retry_after(state, receiver.answer_head());
  return status;
}

namespace {

extern "C" bb_status http_perform(const bb_host* host, bb_call* call, const bb_http_request* request,
                                  bb_http_response_sink* response) {
  if (!BB_HAS(request, client_certificate) || !BB_HAS(response, body) || !response->head || !response->body)
    return state_of(call).refuse(BB_E_INVALID_ARGUMENT, Blame::connector,
                                 "the HTTP request or its response sink is incomplete");
  return instance_of(host).http->perform(state_of(call), *request, *response);
}

}  // namespace

const bb_host_http& http_service() {
  static const bb_host_http table{sizeof(bb_host_http), 0, http_perform};
  return table;
}

}  // namespace bb::host
