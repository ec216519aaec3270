#include "session_answer.hpp"

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "http/http_status.hpp"

namespace bb::rest {
namespace {

// What a field value may hold of RFC 6750's b64token and more: systems make
// tokens of other visible characters, too (RFC 9110, section 5.5).
bool is_bearer_token(std::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

JsonAnswer ask_for_session(Call& call, const ApiClient& api, const Value& credentials, std::string_view doing) {
  const auto response = api.ask(
      call, {.method = "POST", .path = "/api/session", .json = to_json(credentials), .credentials = Credentials::none},
      doing);
  return {response, 200, doing};
}

std::string token_of(const JsonAnswer& answer, std::string_view doing) {
  auto token = answer.text("access_token");
  if (const auto type = answer.text("token_type"); !iequals(type, "Bearer"))
    throw plugins::not_this_api(doing, "expected token_type 'Bearer', got '" + shorten(type, 40) + "'");
  if (!is_bearer_token(token))
    throw plugins::not_this_api(doing,
                                "the access_token cannot stand in a header field; expected letters, digits and "
                                "\"-._~+/=\" (RFC 6750, section 2.1)");
  return token;
}

}  // namespace bb::rest
