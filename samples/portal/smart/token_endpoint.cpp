#include "portal/smart/token_endpoint.hpp"

#include <algorithm>
#include <limits>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/pkce.hpp>

#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/scopes_offered.hpp"

namespace bb::portal {

web::HttpResponse TokenEndpoint::handle(const web::HttpRequest& request) {
  FormFields form;
  if (auto refusal = read_oauth_form(request, form)) return *refusal;
  ClientPtr client;
  if (auto refusal = parts_.proof.prove(request, form, client)) return *refusal;
  auto type = field_of(form, "grant_type");
  if (parts_.refuse)
    if (auto refusal = parts_.refuse(*client, type)) return *refusal;
  // A slip of an example of Blue Button+ Pull took "code" for it (BBP-PULL-36).
  if (client->pull && parts_.defects.is_on(Defect::pull_grant_type_code))
    type = type == "code" ? "authorization_code" : type == "authorization_code" ? "unknown" : type;
  if (type == "authorization_code") return redeem_code(*client, form);
  if (type == "refresh_token") return refresh(*client, form);
  if (type == "client_credentials") return client_credentials(*client, form);
  if (type.empty()) return oauth_refusal("invalid_request", "grant_type is missing");
  return oauth_refusal("unsupported_grant_type",
                       "grant_type must be authorization_code, refresh_token or client_credentials");
}

web::HttpResponse TokenEndpoint::answer_for(const AppGrant& grant, const Value& answer) {
  // Whoever ended the grant in the meantime did not see its new tokens.
  if (parts_.grants.is_open(grant.id)) return answer_with(answer);
  parts_.access_tokens.revoke_grant(grant.id);
  return oauth_refusal("invalid_grant", "what the person allowed has ended");
}

web::HttpResponse TokenEndpoint::answer_with(const Value& answer) const {
  if (!parts_.defects.is_on(Defect::smart_token_cacheable)) return oauth_answer(200, answer);
  return web::HttpResponse::json(200, answer).with("Cache-Control", "private, max-age=3600");
}

bool TokenEndpoint::is_right_verifier(const std::string& challenge, const std::string* verifier) const {
  const auto& defects = parts_.defects;
  const bool is_missing = verifier == nullptr || verifier->empty();
  // Blue Button+ Pull is older than PKCE; SMART's requests without a challenge came to no code.
  if (is_missing) return challenge.empty() || defects.is_on(Defect::smart_needs_no_pkce);
  if (defects.is_on(Defect::smart_accepts_wrong_verifier)) return true;
  if (defects.is_on(Defect::smart_accepts_plain_pkce) && equal_constant_time(*verifier, challenge)) return true;
  return smart::is_code_verifier(*verifier) && smart::is_verifier_of(*verifier, challenge);
}

web::HttpResponse TokenEndpoint::redeem_code(const SmartClient& client, const FormFields& form) {
  const auto code = field_of(form, "code");
  if (code.empty()) return oauth_refusal("invalid_request", "code is missing");
  const auto invalid = [](std::string_view why) { return oauth_refusal("invalid_grant", why); };
  const auto looked = parts_.codes.find(code);
  if (!looked || looked->authorization.grant.client_id != client.id)
    return invalid("the code is unknown, has expired, or is for another application");
  const auto& authorization = looked->authorization;
  const bool takes_used = parts_.defects.is_on(Defect::smart_accepts_used_code);
  // RFC 6749, 4.1.2: whoever uses a code again may have stolen it, or had it stolen.
  const auto refuse_used = [&](const std::string& used_for) {
    parts_.grants.end(used_for);
    parts_.access_tokens.revoke_grant(used_for);
    return invalid("the code was used before; what it gave is revoked");
  };
  if (!looked->used_for.empty() && !takes_used) return refuse_used(looked->used_for);
  if (field_of(form, "redirect_uri") != authorization.redirect_uri &&
      !parts_.defects.is_on(Defect::smart_accepts_other_redirect))
    return invalid("redirect_uri is not that of the authorization");
  if (!is_right_verifier(authorization.code_challenge, find_field(form, "code_verifier")))
    return invalid("code_verifier is not that of the authorization's code_challenge");

  auto grant = authorization.grant;
  grant.id = parts_.grants.open(grant);
  if (!parts_.codes.use(code, grant.id) && !takes_used) {
    parts_.grants.end(grant.id);
    const auto again = parts_.codes.find(code);
    return refuse_used(again ? again->used_for : std::string());
  }
  auto answer = Value::object();
  const auto token = add_access(answer, grant, grant.scopes);
  if (grant.has_refresh()) answer.set("refresh_token", parts_.grants.issue_refresh(grant.id));
  if (parts_.has_id_tokens && has_scope(grant.scopes, "openid")) {
    auto id_token = parts_.identity.id_token(grant.subject, client.id, grant.scopes, authorization.nonce, token);
    if (!id_token) return oauth_answer(500, Value::object({{"error", "server_error"}}));
    answer.set("id_token", *std::move(id_token));
  }
  return answer_for(grant, answer);
}

web::HttpResponse TokenEndpoint::refresh(const SmartClient& client, const FormFields& form) {
  const auto token = field_of(form, "refresh_token");
  if (token.empty()) return oauth_refusal("invalid_request", "refresh_token is missing");
  const auto looked = parts_.grants.find_refresh(token);
  if (looked.use == AppGrants::Use::none || looked.grant.client_id != client.id)
    return oauth_refusal("invalid_grant",
                         "the refresh token is unknown, has expired, was revoked, or is for another application");
  const auto& grant = looked.grant;
  const auto refuse_used = [&] {
    if (!parts_.defects.is_on(Defect::smart_reuse_keeps_family)) {
      parts_.grants.end(grant.id);
      parts_.access_tokens.revoke_grant(grant.id);
    }
    return oauth_refusal("invalid_grant", "the refresh token was used before; all of its grant is revoked");
  };
  if (looked.use == AppGrants::Use::used) return refuse_used();
  auto scopes = grant.scopes;
  if (const auto narrower = field_of(form, "scope"); !narrower.empty()) {
    auto wanted = offered(narrower, ScopesFor::person);
    if (!wanted) return oauth_refusal("invalid_scope", wanted.error().what);
    // FHIR-SMART-32: never wider. What is unknown is wider, too.
    if (smart::first_beyond(smart::read_scopes(narrower), grant.scopes) != nullptr &&
        !parts_.defects.is_on(Defect::smart_refresh_widens))
      return oauth_refusal("invalid_scope", "scope goes beyond what the person allowed");
    scopes = *std::move(wanted);
  }
  const auto next = parts_.grants.rotate(token);
  if (!next) return refuse_used();
  auto answer = Value::object();
  add_access(answer, grant, scopes);
  answer.set("refresh_token", *next);
  return answer_for(grant, answer);
}

web::HttpResponse TokenEndpoint::client_credentials(const SmartClient& client, const FormFields& form) {
  if (!client.is_backend)
    return oauth_refusal("unauthorized_client", "the application gets tokens through people alone");
  const auto scopes = offered(field_of(form, "scope"), ScopesFor::backend);
  if (!scopes) return oauth_refusal("invalid_scope", scopes.error().what);
  const auto expires_ns = parts_.clock() + backend_access_seconds * ns_per_second;
  const auto token =
      parts_.access_tokens.issue({.client_id = client.id, .scopes = *scopes, .expires_unix_ns = expires_ns}, "");
  return answer_with(Value::object({{"access_token", token},
                                    {"token_type", "Bearer"},
                                    {"expires_in", backend_access_seconds},
                                    {"scope", text_of(*scopes)}}));
}

std::string TokenEndpoint::add_access(Value& answer, const AppGrant& grant, const std::vector<smart::Scope>& scopes) {
  const auto now_ns = parts_.clock();
  const auto expires_ns = std::min(now_ns + parts_.access_seconds * ns_per_second,
                                   grant.ends_unix_ns.value_or(std::numeric_limits<std::int64_t>::max()));
  const auto seconds = (expires_ns - now_ns) / ns_per_second;
  auto token = parts_.access_tokens.issue({.client_id = grant.client_id,
                                           .subject = grant.subject,
                                           .patient = grant.patient,
                                           .scopes = scopes,
                                           .expires_unix_ns = expires_ns},
                                          grant.id);
  answer.set("access_token", token);
  answer.set("token_type", "Bearer");
  if (!parts_.defects.is_on(Defect::pull_token_without_expiry))
    answer.set("expires_in",
               parts_.defects.is_on(Defect::pull_expiry_as_text) ? Value(std::to_string(seconds)) : Value(seconds));
  answer.set("scope", text_of(scopes));
  if (!grant.patient.empty() && !parts_.defects.is_on(Defect::smart_token_without_patient))
    answer.set("patient", parts_.identity.patient_id(grant.patient));
  if (parts_.complete) parts_.complete(answer, grant);
  return token;
}

}  // namespace bb::portal
