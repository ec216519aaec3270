// The session of org.bluebridge.rest.mapped: account and password for a token or a cookie, basic authentication, or a
// key that goes with each request.
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "http/http_status.hpp"
#include "mapped/mapped_portal.hpp"

namespace bb::rest {
namespace {

constexpr std::int64_t century_seconds = 100ll * 366 * 24 * 3600;

// Of the last Set-Cookie of that name (RFC 6265, 5.2).
std::string cookie_of(const HttpResponse& response, std::string_view name) {
  std::string value;
  for (const auto& field : response.headers) {
    if (!iequals(field.name, "set-cookie")) continue;
    const auto pair = std::string_view(field.value).substr(0, field.value.find(';'));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && trim(pair.substr(0, equals)) == name) value = trim(pair.substr(equals + 1));
  }
  return value;
}

Value whole_config(const Context& context) {
  auto parsed = parse_json(context.config_json("").value_or("{}"));
  if (!parsed) throw Failure{BB_E_INVALID_ARGUMENT, "configuration: " + parsed.error().what};
  return *std::move(parsed);
}

}  // namespace

MappedPortal::MappedPortal(const Context& context)
    : mapping_(read_mapping(whole_config(context))),
      line_(context.require<Http>(), mapping_.base_url),
      secret_(context.require<Secret>()),
      clock_(context.find<Clock>()) {}

void MappedPortal::expect_session(std::string_view doing) const {
  if (!line_.has_credential()) throw Failure{BB_E_UNAUTHENTICATED, std::string(doing) + ": nobody is signed in"};
}

std::string MappedPortal::patient_or_own(bb_str subject, std::string_view doing) const {
  expect_session(doing);
  return subject.size != 0 ? std::string(to_view(subject)) : patient_;
}

SignIn MappedPortal::open(Call& call, const bb_auth_request& request) {
  constexpr std::string_view doing = "signing in";
  call.check();
  if (is_open_) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  const auto& how = mapping_.sign_in;
  const auto account = to_view(request.account), secret_name = to_view(request.secret_password);
  if (secret_name.empty() || (account.empty() && how.by != SignInBy::api_key))
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in needs an account and the name of its secret"};
  const SecretBytes password(secret_.read(call, secret_name));
  if (password.is_empty()) throw Failure{BB_E_INVALID_ARGUMENT, "signing in: the secret is empty"};
  account_ = account;
  Bindings bindings;
  bindings.set("account", account).set("acting_for", to_view(request.acting_for));
  if (how.by == SignInBy::request) bindings.set("password", password.bytes());
  if (how.by == SignInBy::basic) {
    const auto pair = base64_encode(account_ + ":" + std::string(password.bytes()));  // RFC 7617, 2
    line_.set_credential("authorization", "Basic " + pair, pair);
  } else if (how.by == SignInBy::api_key) {
    line_.set_credential(how.header, how.send.text(Bindings().set("token", password.bytes())), password.bytes());
  }
  try {
    Value answer;
    if (how.request) {
      const auto sends = how.by == SignInBy::request ? Sends::nothing : Sends::credential;
      const auto response = line_.ask(call, *how.request, bindings, doing, sends);
      if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
      if (how.reads_answer()) answer = json_of(response, doing);
      info_ = session_of(answer, doing);
      if (how.by == SignInBy::request) take_credential(response, answer, doing);
    } else {
      info_ = session_of(answer, doing);
    }
  } catch (...) {
    line_.forget_credential();
    throw;
  }
  if (request.patient.size != 0) info_.patient = to_view(request.patient);
  patient_ = info_.patient;
  is_open_ = true;
  return info_;
}

void MappedPortal::take_credential(const HttpResponse& response, const Value& answer, std::string_view doing) {
  const auto& how = mapping_.sign_in;
  if (how.cookie.empty()) {
    const SecretBytes token(how.token.only_text(answer, doing));
    if (token.bytes().find(' ') != std::string_view::npos)
      throw plugins::not_this_api(doing, "the token cannot stand in a header field: it has a blank");
    line_.set_credential(how.header, how.send.text(Bindings().set("token", token.bytes())), token.bytes());
    return;
  }
  const SecretBytes value(cookie_of(response, how.cookie));
  if (value.is_empty())
    throw plugins::not_this_api(doing, "expected the cookie '" + how.cookie + "' in Set-Cookie, got none");
  line_.set_credential("cookie", how.cookie + "=" + std::string(value.bytes()), value.bytes());
}

SessionInfo MappedPortal::session_of(const Value& answer, std::string_view doing) const {
  const auto& how = mapping_.sign_in;
  const Bindings bindings = Bindings().set("account", account_);
  SessionInfo info;
  info.method = BB_AUTH_PASSWORD;
  info.subject = how.subject.is_mapped() ? how.subject.text_or_empty(answer, doing, bindings) : account_;
  if (info.subject.empty() && how.subject.is_mapped()) (void)how.subject.text(answer, doing);
  // Empty for a person who holds no record and did not say for whom they act, but never absent.
  if (how.patient.is_mapped() && !how.patient.stands_in(answer, doing)) (void)how.patient.text(answer, doing);
  info.patient = how.patient.is_mapped() ? how.patient.text_or_empty(answer, doing, bindings) : account_;
  info.acting_for = how.acting_for.text_or_empty(answer, doing);
  info.scopes = how.scopes.text_or_empty(answer, doing);
  info.expires_unix_ns = how.expires_at.time_or_zero(answer, mapping_.time_form, doing);
  if (how.expires_in.is_mapped() && clock_) {
    const auto seconds = how.expires_in.integer_or_zero(answer, doing);
    if (seconds > 0 && seconds <= century_seconds)
      info.expires_unix_ns = clock_->now_unix_ns() + seconds * ns_per_second;
  }
  return info;
}

SessionInfo MappedPortal::describe(Call& call) {
  constexpr std::string_view doing = "describing the session";
  call.check();
  expect_session(doing);
  if (!mapping_.describe) {
    if (!is_open_) throw Failure{BB_E_UNAUTHENTICATED, "describing the session: it was closed"};
    return info_;
  }
  const Bindings bindings = Bindings().set("account", account_).set("patient", patient_);
  return session_of(json_of(line_.ask(call, *mapping_.describe, bindings, doing), doing), doing);
}

void MappedPortal::close(Call& call) {
  constexpr std::string_view doing = "signing out";
  if (!is_open_) return;
  if (mapping_.sign_out) {
    const Bindings bindings = Bindings().set("account", account_).set("patient", patient_);
    const auto response = line_.ask(call, *mapping_.sign_out, bindings, doing);
    // 401: the session was over already, which is what closing is for.
    if (response.status != 401 && plugins::status_of_answer(response.status) != BB_OK)
      throw plugins::failure_of_answer(response, doing);
  } else {
    line_.forget_credential();
  }
  is_open_ = false;
  events_.clear();
  jobs_.clear();
}

}  // namespace bb::rest
