// plugins/http/http_status.hpp - what an HTTP answer means to the caller.
#pragma once

#include <cstdint>
#include <string_view>

#include <bb/sdk/failure.hpp>
#include <bb/sdk/services/http.hpp>

namespace bb::plugins {

// BB_OK for 2xx. 401, 403, 404, 409 and 429 have a status of their own, other
// 4xx are BB_E_REJECTED, 5xx BB_E_UNAVAILABLE, everything else is not HTTP as
// this API speaks it: BB_E_PROTOCOL.
bb_status status_of_answer(int http_status);

// The milliseconds of a Retry-After in seconds (RFC 9110, 10.2.3), a week at most; 0 where it is absent or a date.
std::uint64_t retry_after_ms(std::string_view field);

// The failure for an answer outside 2xx, with Retry-After where the system sent
// it. `doing` is what was asked for: "listing items".
Failure failure_of_answer(const HttpResponse& response, std::string_view doing);

// An answer that the API does not give: BB_E_PROTOCOL, "listing items: <what>".
Failure not_this_api(std::string_view doing, std::string_view what);

// As Http::perform(), for requests that are short: what is too large then is the answer, BB_E_PROTOCOL.
HttpResponse perform(const Http& http, Call& call, const HttpRequest& request, std::string_view doing);

}  // namespace bb::plugins
