// The session of org.bluebridge.rest.fhir: consent in a browser, a refresh token that is kept, a
// backend service's own key, or nobody at a server that is open.
#include <algorithm>
#include <utility>

#include <bb/core/time.hpp>

#include "call_lock.hpp"
#include "fhir/fhir_server.hpp"
#include "http/http_status.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view doing = "signing in";

const ServerProfile& profile_of(const Context& context) {
  const auto* const profile = find_server_profile(context.config_if("/profile").value_or("us-core"));
  if (profile == nullptr)
    throw Failure{BB_E_INVALID_ARGUMENT, "configuration: /profile is none of us-core, fhir-r4, carin-bb and cms-bb2"};
  return *profile;
}

SecretNames secrets_of(const bb_auth_request& request) {
  return {std::string(to_view(request.secret_client)), std::string(to_view(request.secret_private_key)),
          std::string(to_view(request.secret_refresh_token))};
}

// A member of the request's `extra`.
std::string_view extra(const bb_auth_request& request, std::string_view key) {
  for (std::uint64_t i = 0; i < request.extra_count; ++i)
    if (to_view(request.extra[i].key) == key) return to_view(request.extra[i].value);
  return {};
}

}  // namespace

FhirServer::FhirServer(const Context& context)
    : profile_(profile_of(context)),
      line_(context, context.config("/base_url")),
      release_(release_of(profile_, line_.base_url())),
      access_(context),
      clock_(context.require<Clock>()),
      scopes_(context.config_if("/scopes").value_or(std::string(profile_.scopes))),
      group_(context.config_if("/group").value_or("")),
      patient_form_(context.config_if("/patient_as").value_or("id") == "reference" ? PatientForm::reference
                                                                                   : PatientForm::id),
      has_summary_(context.config_json("/summary") == "true"),
      is_conditional_(context.config_json("/conditional_reads") == "true"),
      page_size_(context.config_integer("/page_size", 0)),
      pages_max_(context.config_integer("/pages_max", 1000)),
      patient_(context.config_if("/patient").value_or("")) {}

SignIn FhirServer::open(Call& call, const bb_auth_request& request) {
  call.check();
  const auto lock = lock_for(call, session_mutex_);
  if (entered()) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  const auto scopes = request.scopes.size != 0 ? std::string(to_view(request.scopes)) : scopes_;
  const auto secrets = secrets_of(request);
  if (request.patient.size != 0) {
    const std::scoped_lock state(state_mutex_);
    patient_ = to_view(request.patient);
  }
  if (request.method == BB_AUTH_NONE) {
    const SessionInfo info{.method = BB_AUTH_NONE, .patient = patient_};
    const std::scoped_lock state(state_mutex_);
    open_ = Open{.info = info, .secrets = {}};
    return info;
  }
  if (access_.client_id().empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in: the configuration has no /client_id"};
  if (request.method == BB_AUTH_CLIENT_CREDENTIALS)
    return enter(request.method, access_.client_credentials(call, line_, scopes, secrets), secrets);
  if (auto granted = granted_by_kept(call, secrets)) return enter(request.method, *std::move(granted), secrets);
  if (request.redirect_uri.size == 0 || request.state.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in by a browser needs redirect_uri and state"};
  is_code_kept_ = extra(request, "code") == "kept";
  return Challenge{.url = access_.authorization_url(call, line_, to_view(request.redirect_uri), scopes,
                                                    to_view(request.state), extra(request, "launch")),
                   .resume_state = std::string(to_view(request.state))};
}

// Nothing where none is kept, or the person has to consent anew (FHIR-BB2-12).
std::optional<Granted> FhirServer::granted_by_kept(Call& call, const SecretNames& secrets) {
  if (secrets.refresh_token.empty()) return std::nullopt;
  SecretBytes kept(access_.read_secret(call, secrets.refresh_token));
  if (kept.is_empty()) return std::nullopt;
  try {
    auto granted = access_.refresh(call, line_, kept.bytes(), {}, secrets);
    if (granted.token.refresh_token.is_empty()) granted.token.refresh_token = std::move(kept);
    return granted;
  } catch (const Failure& failure) {
    if (failure.status != BB_E_CONSENT_REQUIRED) throw;
    return std::nullopt;
  }
}

SignIn FhirServer::resume(Call& call, const bb_auth_request& request, std::string_view, std::string_view response) {
  call.check();
  const auto lock = lock_for(call, session_mutex_);
  if (entered()) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  const auto secrets = secrets_of(request);
  if (is_code_kept_) {
    access_.accept_return(call, line_, response, to_view(request.state));
    return enter(request.method, {}, secrets);
  }
  auto granted = access_.redeem(call, line_, response, to_view(request.redirect_uri), to_view(request.state), secrets);
  return enter(request.method, std::move(granted), secrets);
}

SessionInfo FhirServer::enter(bb_auth_method method, Granted granted, const SecretNames& secrets) {
  const auto patient = granted.token.patient.empty() ? patient_ : granted.token.patient;
  const SessionInfo info{.method = method,
                         .subject = granted.subject,
                         .patient = patient,
                         .acting_for = {},
                         .scopes = granted.token.scope.value_or(""),
                         .expires_unix_ns = granted.expires_unix_ns};
  auto& token = granted.token.access_token;
  const std::scoped_lock lock(state_mutex_);
  open_ = Open{.info = info,
               .secrets = secrets,
               .renew_unix_ns = granted.renew_unix_ns,
               .refresh_token = std::move(granted.token.refresh_token),
               .token = token.is_empty() ? nullptr : std::make_shared<const SecretBytes>(std::move(token))};
  return info;
}

std::optional<FhirServer::Entered> FhirServer::entered() const {
  const std::scoped_lock lock(state_mutex_);
  if (!open_) return std::nullopt;
  return Entered{open_->info, open_->secrets, open_->token, open_->renew_unix_ns, ended_count_};
}

FhirServer::Entered FhirServer::expect_entered(std::string_view what) const {
  auto session = entered();
  if (!session) throw Failure{BB_E_UNAUTHENTICATED, std::string(what) + ": nobody is signed in"};
  return *std::move(session);
}

SharedToken FhirServer::renew(Call& call, const SharedToken& used) {
  const auto lock = lock_for(call, session_mutex_);
  if (const auto session = entered(); !session)
    return nullptr;
  else if (session->token != used)
    return session->token;
  if (!renew_session(call)) return nullptr;
  return entered()->token;
}

bool FhirServer::renew_session(Call& call) {
  const auto session = *entered();
  if (session.info.method == BB_AUTH_CLIENT_CREDENTIALS) {
    enter(BB_AUTH_CLIENT_CREDENTIALS, access_.client_credentials(call, line_, scopes_, session.secrets),
          session.secrets);
    return true;
  }
  if (open_->refresh_token.is_empty()) return false;
  // open_ keeps its own, should no answer come
  go_on_with(session, access_.refresh(call, line_, open_->refresh_token.bytes(), {}, session.secrets));
  return true;
}

void FhirServer::go_on_with(const Entered& session, Granted granted) {
  used_refresh_token_ = SecretBytes(std::string(open_->refresh_token.bytes()));
  if (granted.token.refresh_token.is_empty())
    granted.token.refresh_token = SecretBytes(std::string(used_refresh_token_.bytes()));
  if (granted.token.patient.empty()) granted.token.patient = session.info.patient;
  if (granted.subject.empty()) granted.subject = session.info.subject;
  enter(session.info.method, std::move(granted), session.secrets);
}

HttpResponse FhirServer::send(Call& call, FhirRequest& request, const std::optional<Entered>& session,
                              std::string_view what) {
  if (!request.has_token) {
    request.url = line_.absolute(request.url, what);
    return line_.exchange(call, request, what);
  }
  request.token = session->token;
  SharedToken renewed;
  if (session->renew_unix_ns != 0 && clock_.now_unix_ns() >= session->renew_unix_ns)
    renewed = renew(call, request.token);
  if (renewed) request.token = renewed;
  auto response = line_.exchange(call, request, what);
  if (response.status == 401 && !renewed && (renewed = renew(call, request.token))) {
    request.token = renewed;
    response = line_.exchange(call, request, what);
  }
  return response;
}

HttpResponse FhirServer::ask(Call& call, FhirRequest request, std::string_view what) {
  const auto session = expect_entered(what);
  request.has_token = session.info.method != BB_AUTH_NONE;
  const auto response = send(call, request, session, what);
  if (request.has_token) refuse_echo(response, request.token, what);
  const bool is_asked_for = std::any_of(request.headers.begin(), request.headers.end(),
                                        [](const HttpHeader& header) { return header.name == "if-none-match"; });
  const bool is_good = response.status >= 200 && response.status < 300;
  if (!is_good && !(response.status == 304 && is_asked_for)) throw failure_of_fhir(response, what);
  return response;
}

std::string FhirServer::patient_or_own(bb_str subject, std::string_view what) const {
  const auto session = expect_entered(what);
  auto patient = subject.size != 0 ? std::string(to_view(subject)) : session.info.patient;
  if (patient.starts_with("Patient/")) patient.erase(0, std::string_view("Patient/").size());
  if (patient.empty())
    throw Failure{BB_E_INVALID_ARGUMENT,
                  std::string(what) + ": the token names no patient, and neither does the configuration"};
  return patient;
}

SearchesFor FhirServer::searches_for(std::string_view patient) const {
  const auto session = entered();
  return {profile_, patient, patient_form_, page_size_, session ? session->info.scopes : std::string()};
}

SessionInfo FhirServer::describe(Call&) { return expect_entered("describing the session").info; }

void FhirServer::close(Call& call) {
  const auto lock = lock_for(call, session_mutex_);
  std::optional<Open> ended;
  {
    const std::scoped_lock state(state_mutex_);
    ended = std::exchange(open_, std::nullopt);
    ++ended_count_;
    if (ended && ended->token) ended_token_ = ended->token;
  }
  kept_.clear();
  if (!ended || ended->info.method == BB_AUTH_NONE) return;
  ended_refresh_token_ = SecretBytes(std::string(ended->refresh_token.bytes()));
  ended_secrets_ = ended->secrets;
  // The refresh token is not revoked where the target keeps it: it is the person's consent.
  if (ended->secrets.refresh_token.empty())
    access_.revoke(call, line_, ended->refresh_token.bytes(), "refresh_token", ended->secrets);
  if (ended->token) access_.revoke(call, line_, ended->token->bytes(), "access_token", ended->secrets);
}

}  // namespace bb::rest
