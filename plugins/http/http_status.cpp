#include "http/http_status.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include <bb/core/text.hpp>

namespace bb::plugins {
namespace {

constexpr std::size_t remote_detail_bytes_max = 500;

}  // namespace

std::uint64_t retry_after_ms(std::string_view field) {
  constexpr std::uint64_t seconds_max = 7 * 24 * 3600;
  std::uint64_t seconds = 0;
  const auto text = trim(field);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return 0;
  return std::min(seconds, seconds_max) * 1000;
}

bb_status status_of_answer(int http_status) {
  switch (http_status) {
    case 401:
      return BB_E_UNAUTHENTICATED;
    case 403:
      return BB_E_FORBIDDEN;
    case 404:
      return BB_E_NOT_FOUND;
    case 409:
      return BB_E_CONFLICT;
    case 429:
      return BB_E_RATE_LIMITED;
    default:
      break;
  }
  if (http_status >= 200 && http_status < 300) return BB_OK;
  if (http_status >= 400 && http_status < 500) return BB_E_REJECTED;
  if (http_status >= 500 && http_status < 600) return BB_E_UNAVAILABLE;
  return BB_E_PROTOCOL;
}

Failure failure_of_answer(const HttpResponse& response, std::string_view doing) {
  Failure failure{status_of_answer(response.status),
                  std::string(doing) + ": the system answered " + std::to_string(response.status), "http",
                  response.status, retry_after_ms(response.header("retry-after"))};
  failure.remote_detail = shorten(to_utf8_lossy(response.body), remote_detail_bytes_max);
  return failure;
}

Failure not_this_api(std::string_view doing, std::string_view what) {
  return Failure{BB_E_PROTOCOL, std::string(doing) + ": " + std::string(what), "http"};
}

HttpResponse perform(const Http& http, Call& call, const HttpRequest& request, std::string_view doing) {
  try {
    return http.perform(call, request);
  } catch (const Failure& failure) {
    if (failure.status != BB_E_TOO_LARGE) throw;
    throw not_this_api(doing, "the answer is larger than any record may be");
  }
}

}  // namespace bb::plugins
