// tests/support/fake_host.hpp - a host for one connector under test: log, clock,
// cancel, secrets, HTTP, evidence and random, all scripted and all remembered.
//
//   FakeHost host;
//   host.secrets["portal-alice"] = "canary";
//   host.answer({200, {{"content-type", "application/json"}}, R"({"items": []})"});
//
// HTTP answers are given in the order in which they were queued; a request that
// has none gets BB_E_UNAVAILABLE. take_away(id) makes the host one without that
// service.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/abi/host_services.h>
#include <bb/sdk/slices.hpp>

namespace bb::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 200;
  Headers headers = {};
  std::string body = {};
  bb_status service_status = BB_OK;  // not BB_OK: no answer came
};

struct SeenRequest {
  std::string method;
  std::string url;
  Headers headers;
  std::string body;
  bool is_answer = false;

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

struct SeenLog {
  bb_log_level level = BB_LOG_DEBUG;
  std::string message;
  Headers fields;
  bool has_call = false;
};

struct SeenEvidence {
  std::string protocol, step, peer, sent, received;
  Headers attributes;
  std::uint32_t flags = 0;
};

class FakeHost {
 public:
  FakeHost() {
    host_.struct_size = sizeof host_;
    host_.abi_minor = BB_ABI_MINOR;
    host_.host_data = this;
    host_.name = "fake-host";
    host_.version = "1.0.0";
    host_.get_interface = [](const bb_host* host, const char* id) { return self(host).find(id); };
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const bb_host* raw() const { return &host_; }

  // --- script ---
  void answer(HttpAnswer answer) { answers_.push_back(std::move(answer)); }
  void answer_json(int status, std::string body) {
    answer({status, {{"Content-Type", "application/json; charset=utf-8"}}, std::move(body)});
  }
  void answer_text(int status, std::string media_type, std::string body) {
    answer({status, {{"Content-Type", std::move(media_type)}}, std::move(body)});
  }
  void take_away(std::string id) { absent_.insert(std::move(id)); }

  std::map<std::string, std::string, std::less<>> secrets;
  std::int64_t now_unix_ns = 1'700'000'000'000'000'000;
  std::int64_t monotonic_ns = 1'000'000'000;
  bb_status sleep_status = BB_OK;
  bb_log_level log_level = BB_LOG_DEBUG;
  std::size_t body_chunk_bytes = 7;  // of an HTTP answer

  // --- record ---
  std::vector<SeenRequest> requests;
  std::vector<std::string> secrets_read;
  std::vector<SeenLog> logs;
  std::vector<SeenEvidence> evidence;
  std::vector<std::int64_t> sleeps_ns;
  std::size_t answers_left() const { return answers_.size(); }

 private:
  static FakeHost& self(const bb_host* host) { return *static_cast<FakeHost*>(host->host_data); }

  static Headers copy(const bb_pair* pairs, std::uint64_t count) {
    Headers out;
    for (std::uint64_t i = 0; i < count; ++i)
      out.emplace_back(std::string(to_view(pairs[i].key)), std::string(to_view(pairs[i].value)));
    return out;
  }

  static std::string drain(bb_source* source) {
    std::string out;
    char buffer[5];
    for (std::uint64_t got = 1; source != nullptr && got != 0;) {
      if (source->read(source, buffer, sizeof buffer, &got) != BB_OK) break;
      out.append(buffer, static_cast<std::size_t>(got));
    }
    return out;
  }

  const void* find(std::string_view id) const {
    if (absent_.contains(id)) return nullptr;
    if (id == BB_HOST_LOG) return &(log_ = log_table(log_level));
    if (id == BB_HOST_CLOCK) return &clock_;
    if (id == BB_HOST_CANCEL) return &cancel_;
    if (id == BB_HOST_RANDOM) return &random_;
    if (id == BB_HOST_SECRET) return &secret_;
    if (id == BB_HOST_HTTP) return &http_;
    if (id == BB_HOST_EVIDENCE) return &evidence_;
    return nullptr;
  }

  bb_status perform(const bb_http_request& request, bb_http_response_sink* response) {
    requests.push_back({std::string(to_view(request.method)), std::string(to_view(request.url)),
                        copy(request.headers, request.header_count), drain(request.body),
                        (request.flags & BB_HTTP_ANSWER) != 0});
    if (answers_.empty()) return BB_E_UNAVAILABLE;
    const HttpAnswer answer = std::move(answers_.front());
    answers_.pop_front();
    if (answer.service_status != BB_OK) return answer.service_status;
    std::vector<bb_pair> headers;
    for (const auto& [name, value] : answer.headers) headers.push_back({to_str(name), to_str(value)});
    if (const auto status = response->head(response, answer.status, headers.data(), headers.size()); status != BB_OK)
      return status;
    for (std::size_t at = 0; at < answer.body.size(); at += body_chunk_bytes) {
      const auto chunk = std::string_view(answer.body).substr(at, body_chunk_bytes);
      if (const auto status = response->body(response, to_bytes(chunk)); status != BB_OK) return status;
    }
    return BB_OK;
  }

  bb_status read_secret(std::string_view name, bb_sink* out) {
    secrets_read.emplace_back(name);
    const auto found = secrets.find(name);
    return found == secrets.end() ? BB_E_NOT_FOUND : out->write(out, to_bytes(found->second));
  }

  // Not cryptography: "<function>(<algorithm>,<message>)", so that a test sees
  // what arrived where.
  bb_status keyed(const char* function, bb_str key, bb_str algorithm, std::string_view message, bb_sink* out) {
    if (!secrets.contains(to_view(key))) return BB_E_NOT_FOUND;
    const auto result =
        std::string(function) + "(" + std::string(to_view(algorithm)) + "," + std::string(message) + ")";
    return out->write(out, to_bytes(result));
  }

  static bb_host_log log_table(bb_log_level level) {
    return {
        sizeof(bb_host_log), level,
        [](const bb_host* host, const bb_call* call, bb_log_level line_level, bb_str message, const bb_pair* fields,
           std::uint64_t count) {
          self(host).logs.push_back({line_level, std::string(to_view(message)), copy(fields, count), call != nullptr});
        }};
  }

  bb_host host_{};
  std::deque<HttpAnswer> answers_;
  std::set<std::string, std::less<>> absent_;
  mutable bb_host_log log_{};
  bb_host_clock clock_{sizeof(bb_host_clock), 0, [](const bb_host* host) { return self(host).now_unix_ns; },
                       [](const bb_host* host) { return self(host).monotonic_ns; },
                       [](const bb_host* host, bb_call*, std::int64_t duration_ns) {
                         self(host).sleeps_ns.push_back(duration_ns);
                         return self(host).sleep_status;
                       }};
  bb_host_cancel cancel_{sizeof(bb_host_cancel), 0, [](const bb_host*, const bb_call*) -> std::int64_t { return 17; }};
  bb_host_random random_{sizeof(bb_host_random), 0, [](const bb_host*, void* buffer, std::uint64_t size) -> bb_status {
                           std::fill_n(static_cast<char*>(buffer), size, 'r');
                           return BB_OK;
                         }};
  bb_host_secret secret_{
      sizeof(bb_host_secret),
      0,
      [](const bb_host* host, bb_call*, bb_str name, bb_sink* out) {
        return self(host).read_secret(to_view(name), out);
      },
      [](const bb_host* host, bb_call*, bb_str name, bb_bytes value) -> bb_status {
        self(host).secrets[std::string(to_view(name))] = std::string(to_view(value));
        return BB_OK;
      },
      [](const bb_host* host, bb_call*, bb_str key, bb_str algorithm, bb_bytes digest, bb_sink* out) {
        return self(host).keyed("sign", key, algorithm, to_view(digest), out);
      },
      [](const bb_host* host, bb_call*, bb_str key, bb_str algorithm, bb_bytes message, bb_sink* out) {
        return self(host).keyed("sign_message", key, algorithm, to_view(message), out);
      },
      [](const bb_host* host, bb_call*, bb_str key, bb_str algorithm, bb_bytes message, bb_sink* out) {
        return self(host).keyed("mac", key, algorithm, to_view(message), out);
      },
      [](const bb_host* host, bb_call*, bb_str key, bb_str algorithm, bb_source* ciphertext, bb_sink* out) {
        return self(host).keyed("decrypt", key, algorithm, drain(ciphertext), out);
      }};
  bb_host_http http_{sizeof(bb_host_http), 0,
                     [](const bb_host* host, bb_call*, const bb_http_request* request,
                        bb_http_response_sink* response) { return self(host).perform(*request, response); }};
  bb_host_evidence evidence_{
      sizeof(bb_host_evidence), 0, [](const bb_host* host, bb_call*, const bb_evidence* e) {
        self(host).evidence.push_back({std::string(to_view(e->protocol)), std::string(to_view(e->step)),
                                       std::string(to_view(e->peer)), std::string(to_view(e->sent)),
                                       std::string(to_view(e->received)), copy(e->attributes, e->attribute_count),
                                       e->flags});
      }};
};

}  // namespace bb::test
