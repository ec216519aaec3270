// bb/sdk/services/http.hpp - bb.host.http/1: exchanges that the host performs,
// records and bounds. The only network of a connector with `network: host`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/sdk/call.hpp>
#include <bb/sdk/detail/guarded.hpp>
#include <bb/sdk/detail/string_stream.hpp>
#include <bb/sdk/services/service.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

struct HttpHeader {
  std::string name = {};
  std::string value = {};
};

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  std::vector<HttpHeader> headers = {};
  std::optional<std::string> body = {};
  bool is_answer = false;               // BB_HTTP_ANSWER: this exchange answers the call
  std::string client_certificate = {};  // name of a secret, or empty
  std::uint64_t response_bytes_max = 64ull * 1024 * 1024;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;

  // The first field of that name, in any case; empty when there is none.
  std::string_view header(std::string_view name) const noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const auto same = [&](const HttpHeader& field) {
      return std::equal(field.name.begin(), field.name.end(), name.begin(), name.end(),
                        [&](char a, char b) { return lower(a) == lower(b); });
    };
    const auto found = std::find_if(headers.begin(), headers.end(), same);
    return found == headers.end() ? std::string_view{} : std::string_view{found->value};
  }
};

namespace detail {

// Collects one response; answers the host's callbacks without throwing.
class ResponseSink {
 public:
  explicit ResponseSink(std::uint64_t bytes_max) noexcept
      : sink_{sizeof(bb_http_response_sink), 0, this, &head, &body}, bytes_max_(bytes_max) {}
  ResponseSink(const ResponseSink&) = delete;
  ResponseSink& operator=(const ResponseSink&) = delete;

  bb_http_response_sink* raw() noexcept { return &sink_; }
  bool is_too_large() const noexcept { return is_too_large_; }
  HttpResponse take() noexcept { return std::move(response_); }

 private:
  static bb_status BB_CALL head(bb_http_response_sink* sink, int32_t status, const bb_pair* headers,
                                uint64_t header_count) noexcept {
    auto* const self = static_cast<ResponseSink*>(sink->plugin_data);
    return guarded(nullptr, [&] {
      self->response_.status = status;
      for (std::uint64_t i = 0; i < header_count; ++i)
        self->response_.headers.push_back(
            {std::string(to_view(headers[i].key)), std::string(to_view(headers[i].value))});
    });
  }
  static bb_status BB_CALL body(bb_http_response_sink* sink, bb_bytes chunk) noexcept {
    auto* const self = static_cast<ResponseSink*>(sink->plugin_data);
    if (chunk.size > self->bytes_max_ - self->response_.body.size()) {
      self->is_too_large_ = true;
      return BB_E_TOO_LARGE;
    }
    return guarded(nullptr, [&] { self->response_.body.append(to_view(chunk)); });
  }

  bb_http_response_sink sink_;
  std::uint64_t bytes_max_;
  bool is_too_large_ = false;
  HttpResponse response_;
};

}  // namespace detail

class Http {
 public:
  using Table = bb_host_http;
  static constexpr const char* id = BB_HOST_HTTP;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, perform); }

  Http(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  // Returns any HTTP answer, whatever its status; redirects are answers too.
  // Throws Failure where none came: BB_E_DEADLINE, BB_E_UNAVAILABLE, a refusal
  // of the host's, or BB_E_TOO_LARGE over response_bytes_max.
  HttpResponse perform(Call& call, const HttpRequest& request) const {
    std::vector<bb_pair> headers;
    headers.reserve(request.headers.size());
    for (const auto& field : request.headers) headers.push_back({to_str(field.name), to_str(field.value)});
    detail::StringSource body(request.body ? std::string_view(*request.body) : std::string_view{});
    bb_http_request raw{};
    raw.struct_size = sizeof raw;
    raw.flags = request.is_answer ? std::uint32_t{BB_HTTP_ANSWER} : 0u;
    raw.method = to_str(request.method);
    raw.url = to_str(request.url);
    raw.headers = headers.data();
    raw.header_count = headers.size();
    raw.body = request.body ? body.raw() : nullptr;
    raw.client_certificate = to_str(request.client_certificate);
    detail::ResponseSink response(request.response_bytes_max);
    const auto status = table_->perform(host_, call.raw(), &raw, response.raw());
    if (response.is_too_large())
      throw Failure{BB_E_TOO_LARGE, origin(request.url) + ": the answer is longer than " +
                                        std::to_string(request.response_bytes_max) + " bytes"};
    if (status != BB_OK) throw Failure{status, origin(request.url) + ": " + why_none(status), id, status};
    return response.take();
  }

 private:
  // Scheme, host and port: a path may name a patient, and messages must not.
  static std::string origin(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string(url.substr(0, url.find_first_of("/?#")));
    return std::string(url.substr(0, url.find_first_of("/?#", scheme + 3)));
  }
  static std::string why_none(bb_status status) {
    switch (status) {
      case BB_E_DEADLINE:
        return "no answer before the deadline";
      case BB_E_UNAVAILABLE:
        return "no connection, or it broke before the answer was whole";
      case BB_E_CANCELLED:
        return "cancelled before an answer came";
      case BB_E_UNTRUSTED_PEER:
        return "the server's certificate is not trusted";
      case BB_E_FORBIDDEN:
        return "the host does not allow this address";
      default:
        return "no answer, the host's http service said " + std::to_string(status);
    }
  }

  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
