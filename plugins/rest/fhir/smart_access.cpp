#include "fhir/smart_access.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/core/uri.hpp>
#include <bb/smart/authorization.hpp>
#include <bb/smart/id_token.hpp>
#include <bb/smart/jws.hpp>
#include <bb/smart/oauth_error.hpp>
#include <bb/smart/pkce.hpp>

#include "call_lock.hpp"
#include "http/http_status.hpp"
#include "json_answer.hpp"

namespace bb::rest {
namespace {

constexpr std::size_t assertion_id_bytes = 16;
constexpr std::int64_t renewal_lead_ns = 30 * ns_per_second;           // a token is renewed so long before its end
constexpr std::int64_t life_s_max = std::int64_t{100} * 365 * 86'400;  // of a token; some servers say 9999999999
constexpr std::string_view wrong_secret = "not the secret of this application";

smart::ClientAuthentication authentication_of(const Context& context) {
  const auto word = context.config_if("/authentication").value_or("none");
  const auto method = smart::client_authentication(word);
  if (!method)
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "configuration: /authentication is none of none, client_secret_basic, "
                  "client_secret_post and private_key_jwt"};
  return *method;
}

smart::Configuration told_by(const Context& context) {
  smart::Configuration told;
  told.authorization_endpoint = context.config_if("/authorization_endpoint").value_or("");
  told.token_endpoint = context.config_if("/token_endpoint").value_or("");
  told.revocation_endpoint = context.config_if("/revocation_endpoint").value_or("");
  return told;
}

// RFC 6749, 5.2, to what a caller can do about it.
bb_status status_of(const smart::OAuthError& error) {
  if (error.code == "invalid_client" || error.code == "unauthorized_client" || error.code == "invalid_token")
    return BB_E_UNAUTHENTICATED;
  // A code, a refresh token or a grant that is over: the person has to consent anew.
  if (error.code == "invalid_grant" || error.code == "access_denied" || error.code == "consent_required" ||
      error.code == "login_required" || error.code == "interaction_required")
    return BB_E_CONSENT_REQUIRED;
  if (error.code == "invalid_scope") return BB_E_FORBIDDEN;
  if (error.code == "temporarily_unavailable" || error.code == "server_error") return BB_E_UNAVAILABLE;
  return BB_E_REJECTED;
}

Failure failure_of(const smart::OAuthError& error, std::string_view doing, std::int64_t http_status) {
  const auto code = smart::is_known_error(error.code) ? error.code : std::string("an error of its own");
  Failure failure{status_of(error), std::string(doing) + ": the authorization server answered " + code, "oauth",
                  http_status};
  failure.remote_detail = smart::text_of(error);
  return failure;
}

}  // namespace

Failure failure_of_oauth(const HttpResponse& response, std::string_view doing) {
  if (const auto error = smart::read_oauth_error(response.body)) return failure_of(*error, doing, response.status);
  auto failure = plugins::failure_of_answer(response, doing);
  failure.remote_detail.clear();  // may repeat what was sent
  if (media_type_of(response) == "text/html") failure.message += ", with a page instead of an OAuth error";
  return failure;
}

SmartAccess::SmartAccess(const Context& context)
    : client_id_(context.config_if("/client_id").value_or("")),
      authentication_(authentication_of(context)),
      algorithm_(context.config_if("/signing_algorithm").value_or("ES384")),
      key_id_(context.config_if("/key_id").value_or("")),
      told_(told_by(context)),
      secret_(context.require<Secret>()),
      random_(context.require<Random>()),
      clock_(context.require<Clock>()) {}

void SmartAccess::know(smart::Configuration configuration) {
  configuration_ = std::move(configuration);
  has_audience_ = false;
}

void SmartAccess::become(smart::RegisteredClient client, smart::ClientAuthentication authentication) {
  client_id_ = std::move(client.client_id);
  registered_secret_ = std::move(client.client_secret);
  authentication_ = authentication;
}

const smart::Configuration& SmartAccess::configuration(Call& call, const FhirLine& line) {
  const auto lock = lock_for(call, configuration_mutex_);
  if (configuration_) return *configuration_;
  constexpr std::string_view doing = "looking for the authorization server";
  const auto get = [&](std::string url, std::string_view accept) {
    return line.exchange(
        call, {.url = std::move(url), .accept = std::string(accept), .has_token = false, .is_answer = false}, doing);
  };
  smart::Configuration found;
  const auto response = get(smart::configuration_url(line.base_url()), "application/json");
  if (response.status == 200) {
    auto read = smart::read_configuration(response.body);
    if (!read) throw plugins::not_this_api(doing, read.error().what);
    found = *std::move(read);
  } else {
    // FHIR-SMART-08: servers of SMART 1.0 say it in their CapabilityStatement.
    const auto metadata = get(line.base_url() + "/metadata", fhir_media_type);
    if (metadata.status != 200)
      throw Failure{BB_E_PROTOCOL,
                    std::string(doing) + ": neither .well-known/smart-configuration (" +
                        std::to_string(response.status) + ") nor metadata (" + std::to_string(metadata.status) +
                        ") is there",
                    "http", metadata.status};
    auto read = smart::read_capability_statement(metadata.body);
    if (!read) throw plugins::not_this_api(doing, read.error().what);
    found = *std::move(read);
  }
  configuration_ = std::move(found);
  return *configuration_;
}

std::string SmartAccess::endpoint(Call& call, const FhirLine& line, std::string smart::Configuration::*member,
                                  std::string_view name) {
  if (!(told_.*member).empty()) return told_.*member;
  const auto& url = configuration(call, line).*member;
  if (url.empty()) return {};
  // Codes and secrets go there: never in the clear, but to a server that is spoken to so itself.
  const bool is_clear = origin_of(url).starts_with("http://") && !origin_of(line.base_url()).starts_with("http://");
  if (origin_of(url).empty() || is_clear)
    throw plugins::not_this_api("looking for the authorization server",
                                "expected '" + std::string(name) + "' to be an absolute https URL");
  return url;
}

std::string SmartAccess::authorization_url(Call& call, const FhirLine& line, std::string_view redirect_uri,
                                           std::string_view scopes, std::string_view state, std::string_view launch) {
  const auto url = endpoint(call, line, &smart::Configuration::authorization_endpoint, "authorization_endpoint");
  if (url.empty())
    throw Failure{BB_E_UNSUPPORTED,
                  "signing in: the server names no authorization endpoint, and the configuration has none"};
  verifier_ = smart::code_verifier(random_.bytes(smart::verifier_random_bytes));
  nonce_ = base64url_encode(random_.bytes(smart::state_random_bytes));
  state_ = state;
  redirect_uri_ = redirect_uri;
  smart::AuthorizationRequest request{.client_id = client_id_,
                                      .redirect_uri = std::string(redirect_uri),
                                      .scope = std::string(scopes),
                                      .state = state_,
                                      .audience = has_audience_ ? line.base_url() : std::string(),
                                      .code_challenge = smart::code_challenge(verifier_),
                                      .launch = std::string(launch)};
  if ((" " + request.scope + " ").find(" openid ") != std::string::npos) request.more.emplace_back("nonce", nonce_);
  return with_query(url, fields_of(request));
}

void SmartAccess::accept_return(Call& call, const FhirLine& line, std::string_view returned, std::string_view state) {
  auto answer = smart::read_authorization_return(returned);
  // FHIR-SMART-22: whose return it is comes before what it says.
  if (!answer || !smart::is_own_return(*answer, state))
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "signing in: " + (answer ? "the return is not that of this sign-in" : answer.error().what)};
  if (verifier_.empty() || !equal_constant_time(state_, state))
    throw Failure{BB_E_STATE, "signing in: this instance has sent nobody to sign in; begin again"};
  // RFC 9207, 2.4: an answer of another server is none.
  if (!answer->issuer.empty()) {
    const auto& issuer = configuration(call, line).issuer;
    if (!issuer.empty() && answer->issuer != issuer)
      throw Failure{BB_E_INVALID_ARGUMENT, "signing in: the return is another authorization server's ('iss')"};
  }
  if (answer->error) throw failure_of(*answer->error, "signing in", 0);
  code_verifier_ = std::exchange(verifier_, {});  // good for one code
  code_ = std::move(answer->code);
}

Granted SmartAccess::redeem(Call& call, const FhirLine& line, std::string_view returned, std::string_view redirect_uri,
                            std::string_view state, const SecretNames& secrets) {
  accept_return(call, line, returned, state);
  return ask(call, line, smart::code_fields(code_.bytes(), redirect_uri, code_verifier_), secrets, "signing in");
}

std::string SmartAccess::brought(std::string_view name) const {
  if (code_.is_empty()) return {};
  if (name == "code") return std::string(code_.bytes());
  if (name == "code_verifier") return code_verifier_;
  if (name == "code_challenge") return smart::code_challenge(code_verifier_);
  return name == "redirect_uri" ? redirect_uri_ : std::string();
}

Granted SmartAccess::refresh(Call& call, const FhirLine& line, std::string_view refresh_token,
                             std::string_view narrower_scope, const SecretNames& secrets) {
  nonce_.clear();
  auto granted = ask(call, line, smart::refresh_fields(refresh_token, narrower_scope), secrets, "renewing the session");
  keep(call, granted.token.refresh_token, secrets);
  return granted;
}

void SmartAccess::keep(Call& call, const SecretBytes& refresh_token, const SecretNames& secrets) const {
  if (!refresh_token.is_empty() && !secrets.refresh_token.empty())
    secret_.store(call, secrets.refresh_token, refresh_token.bytes());
}

Granted SmartAccess::client_credentials(Call& call, const FhirLine& line, std::string_view scopes,
                                        const SecretNames& secrets) {
  nonce_.clear();
  return ask(call, line, smart::client_credentials_fields(scopes), secrets, "signing in as a backend service");
}

void SmartAccess::revoke(Call& call, const FhirLine& line, std::string_view token, std::string_view type_hint,
                         const SecretNames& secrets) {
  const auto url = endpoint(call, line, &smart::Configuration::revocation_endpoint, "revocation_endpoint");
  if (url.empty() || token.empty()) return;
  auto fields = smart::revocation_fields(token, type_hint);
  const auto authorization = authenticate(call, line, fields, secrets);
  const auto response = line.post_form(call, url, fields, authorization, "revoking the session");
  if (response.status != 200) throw failure_of_oauth(response, "revoking the session");
}

HttpResponse SmartAccess::probe_endpoint(Call& call, const FhirLine& line, std::string_view name, FormFields fields,
                                         const ClientClaim& client, const SecretNames& secrets) {
  const auto member = name == "revocation"      ? &smart::Configuration::revocation_endpoint
                      : name == "introspection" ? &smart::Configuration::introspection_endpoint
                                                : &smart::Configuration::token_endpoint;
  const auto url = endpoint(call, line, member, std::string(name) + "_endpoint");
  if (url.empty())
    throw Failure{BB_E_UNSUPPORTED, "oauth-token: the server names no " + std::string(name) + " endpoint"};
  const auto authorization =
      client.proof == ClientClaim::Proof::none ? std::string() : authenticate(call, line, fields, secrets, client);
  return line.post_form(call, url, fields, authorization, "oauth-token", Answers::call);
}

std::string SmartAccess::needed(const std::string& name, std::string_view what) const {
  if (name.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in by " + std::string(smart::word_of(authentication_)) +
                                             " needs the name of a secret: " + std::string(what)};
  return name;
}

std::string SmartAccess::client_secret(Call& call, const SecretNames& secrets) const {
  if (!registered_secret_.is_empty()) return std::string(registered_secret_.bytes());
  return secret_.read(call, needed(secrets.client, "secret_client"));
}

std::string SmartAccess::authenticate(Call& call, const FhirLine& line, FormFields& fields, const SecretNames& secrets,
                                      const ClientClaim& client) {
  const bool is_wrong = client.proof == ClientClaim::Proof::wrong;
  const auto client_secret = [&] { return is_wrong ? std::string(wrong_secret) : this->client_secret(call, secrets); };
  switch (authentication_) {
    case smart::ClientAuthentication::none:
      fields.emplace_back("client_id", client_id_);
      return {};
    case smart::ClientAuthentication::client_secret_basic:
      return smart::basic_credentials(client_id_, client_secret());
    case smart::ClientAuthentication::client_secret_post:
      fields.emplace_back("client_id", client_id_);
      fields.emplace_back("client_secret", client_secret());
      return {};
    case smart::ClientAuthentication::private_key_jwt:
      break;
  }
  smart::Assertion assertion{.client_id = client_id_,
                             // FHIR-SMART-41: the token endpoint, also for those who ask at another one.
                             .token_url = client.assertion_audience.value_or(
                                 endpoint(call, line, &smart::Configuration::token_endpoint, "token_endpoint")),
                             .algorithm = algorithm_,
                             .key_id = key_id_,
                             .id = client.assertion_id.value_or(base64url_encode(random_.bytes(assertion_id_bytes))),
                             .now_unix_ns = clock_.now_unix_ns()};
  if (client.assertion_age_s) assertion.now_unix_ns -= *client.assertion_age_s * ns_per_second;
  const auto input = smart::signing_input_of(assertion);
  // A signature of the right kind and length, of something else.
  const auto signature = secret_.sign_message(call, needed(secrets.private_key, "secret_private_key"), algorithm_,
                                              is_wrong ? "another message" : input);
  const auto proof = smart::assertion_fields(smart::compact_jws(input, signature));
  fields.insert(fields.end(), proof.begin(), proof.end());
  return {};
}

Granted SmartAccess::ask(Call& call, const FhirLine& line, FormFields fields, const SecretNames& secrets,
                         std::string_view doing) {
  const auto url = endpoint(call, line, &smart::Configuration::token_endpoint, "token_endpoint");
  if (url.empty())
    throw Failure{BB_E_UNSUPPORTED,
                  std::string(doing) + ": the server names no token endpoint, and the configuration has none"};
  const auto authorization = authenticate(call, line, fields, secrets);
  const auto response = line.post_form(call, url, fields, authorization, doing);
  if (response.status != 200) throw failure_of_oauth(response, doing);
  token_answer_ = SecretBytes(response.body);
  auto token = smart::read_token_response(response.body);
  if (!token) throw plugins::not_this_api(doing, token.error().what);
  return grant_of(call, line, *std::move(token), nonce_);
}

Granted SmartAccess::grant_of(Call& call, const FhirLine& line, smart::TokenResponse token, std::string_view nonce) {
  constexpr std::string_view doing = "reading who signed in";
  Granted granted{std::move(token), {}, 0};
  const auto now_ns = clock_.now_unix_ns();
  if (granted.token.expires_in_s) {
    const auto life_ns = std::clamp<std::int64_t>(*granted.token.expires_in_s, 0, life_s_max) * ns_per_second;
    granted.expires_unix_ns = now_ns + life_ns;
    // One that lives for less than the lead would be renewed for each request.
    granted.renew_unix_ns = granted.expires_unix_ns - std::min(renewal_lead_ns, life_ns / 4);
  }
  granted.subject = granted.token.patient;
  if (granted.token.id_token.empty()) return granted;
  const auto& known = configuration(call, line);
  if (known.jwks_uri.empty()) return granted;
  const auto response = line.exchange(
      call, {.url = known.jwks_uri, .accept = "application/json", .has_token = false, .is_answer = false}, doing);
  if (response.status != 200) throw plugins::failure_of_answer(response, doing);
  const auto keys = smart::read_key_set(response.body);
  if (!keys) throw plugins::not_this_api(doing, keys.error().what);
  const auto identity = smart::read_id_token(
      granted.token.id_token, *keys,
      {.issuer = known.issuer, .client_id = client_id_, .now_unix_ns = now_ns, .nonce = std::string(nonce)});
  if (!identity) throw Failure{BB_E_UNTRUSTED_PEER, std::string(doing) + ": " + identity.error().what, "openid"};
  granted.subject = identity->fhir_user.empty() ? identity->subject : identity->fhir_user;
  return granted;
}

}  // namespace bb::rest
