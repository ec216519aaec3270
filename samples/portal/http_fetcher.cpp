#include "portal/http_fetcher.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <chrono>

#include <bb/core/text.hpp>

#include "portal/destination.hpp"
#include "portal/timed_send.hpp"

namespace bb::portal {

Result<std::string> HttpFetcher::fetch(const std::string& url, std::string_view body, std::string_view body_type) {
  const auto wrong = [&](const std::string& why) { return Error{shorten(url, 120) + ": " + why}; };
  BB_TRY(const auto place, parse_destination(url, "http"));
  httplib::ClientImpl client(place.host, place.port);
  client.set_follow_location(false);
  client.set_url_encode(false);

  httplib::Request request;
  request.method = body.empty() ? "GET" : "POST";
  request.path = place.target;
  if (!body.empty()) {
    request.set_header("Content-Type", std::string(body_type));
    request.body = std::string(body);
  }
  std::string got;
  bool is_too_large = false;
  request.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
    is_too_large = got.size() + size > limits_.bytes_max;
    if (!is_too_large) got.append(bytes, size);
    return !is_too_large;
  };

  const auto result = send_within(client, request, std::chrono::milliseconds(limits_.time_ms_max));
  if (is_too_large) return wrong(fmt::format("more than {} bytes", limits_.bytes_max));
  if (!result) return wrong(fmt::format("no answer within {} ms, or no connection", limits_.time_ms_max));
  if (result->status != 200) return wrong(fmt::format("answered with status {}, expected 200", result->status));
  return got;
}

}  // namespace bb::portal
