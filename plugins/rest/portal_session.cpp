// The session of org.bluebridge.rest.portal: account and password for a token.
#include <string_view>
#include <utility>

#include <bb/core/time.hpp>

#include "http/http_status.hpp"
#include "portal.hpp"
#include "session_answer.hpp"

namespace bb::rest {

SignIn Portal::open(Call& call, const bb_auth_request& request) {
  constexpr std::string_view doing = "signing in";
  if (is_open_) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  const auto account = to_view(request.account);
  const auto secret_name = to_view(request.secret_password);
  if (account.empty() || secret_name.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in by password needs an account and the name of its secret"};

  auto body = Value::object({{"account", account}, {"password", secret_.read(call, secret_name)}});
  if (request.acting_for.size != 0) body.set("acting_for", to_view(request.acting_for));
  const auto answer = ask_for_session(call, api_, body, doing);
  auto token = token_of(answer, doing);
  auto info = session_of(answer);
  api_.set_token(std::move(token));
  account_ = std::string(account);
  patient_ = info.patient;
  is_open_ = true;
  return info;
}

SessionInfo Portal::describe(Call& call) {
  constexpr std::string_view doing = "describing the session";
  return session_of(JsonAnswer(api_.ask(call, {.path = "/api/session"}, doing), 200, doing));
}

void Portal::close(Call& call) {
  constexpr std::string_view doing = "signing out";
  if (!is_open_) return;
  const auto response = api_.ask(call, {.method = "DELETE", .path = "/api/session"}, doing);
  // 401: the token was dead already, which is what closing is for.
  if (response.status != 204 && response.status != 401) {
    if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
    throw plugins::not_this_api(doing, "expected status 204, got " + std::to_string(response.status));
  }
  is_open_ = false;
  events_.clear();
  slots_.clear();
}

SessionInfo Portal::session_of(const JsonAnswer& answer) const {
  SessionInfo info;
  info.method = BB_AUTH_PASSWORD;
  info.subject = answer.text("subject");
  // Empty for a person who holds no record and did not say for whom they act,
  // but never absent.
  const auto* const patient = answer.value()["patient"].string();
  info.patient = patient && patient->empty() ? std::string{} : answer.text("patient");
  info.acting_for = answer.text_or_empty(answer.value(), "acting_for", "the answer");
  info.scopes = answer.text_or_empty(answer.value(), "scopes", "the answer");
  const auto seconds = answer.value()["expires_in"].integer_or(0);
  constexpr std::int64_t century_seconds = 100ll * 366 * 24 * 3600;
  if (clock_ && seconds > 0 && seconds <= century_seconds)
    info.expires_unix_ns = clock_->now_unix_ns() + seconds * ns_per_second;
  return info;
}

}  // namespace bb::rest
