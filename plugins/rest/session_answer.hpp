// plugins/rest/session_answer.hpp - a sign-in by account and password, and the token that
// it gives.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/value.hpp>

#include "api_client.hpp"
#include "json_answer.hpp"

namespace bb::rest {

// POST /api/session with the account and its password. Throws Failure; `doing` outlives
// the answer.
JsonAnswer ask_for_session(Call& call, const ApiClient& api, const Value& credentials, std::string_view doing);

// The token of such an answer. BB_E_PROTOCOL for one that no header field can carry.
std::string token_of(const JsonAnswer& answer, std::string_view doing);

}  // namespace bb::rest
