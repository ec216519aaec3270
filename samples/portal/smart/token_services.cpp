#include "portal/smart/token_services.hpp"

#include <bb/core/time.hpp>

#include "portal/request_fields.hpp"
#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/scopes_offered.hpp"

namespace bb::portal {

web::HttpResponse TokenServices::revoke(const web::HttpRequest& request) {
  FormFields form;
  if (auto refusal = read_oauth_form(request, form)) return *refusal;
  ClientPtr client;
  if (auto refusal = parts_.proof.prove(request, form, client)) return *refusal;
  const auto token = field_of(form, "token");
  if (token.empty()) return oauth_refusal("invalid_request", "token is missing");
  const auto refresh = parts_.grants.find_refresh(token);
  const auto access = parts_.access_tokens.find(token);
  const bool is_refresh = refresh.use != AppGrants::Use::none;
  if ((is_refresh && refresh.grant.client_id != client->id) || (access && access->client_id != client->id))
    return oauth_refusal("invalid_grant", "the token is another application's");
  if (is_refresh) {
    parts_.grants.revoke(refresh.grant.id);
    parts_.access_tokens.revoke_grant(refresh.grant.id);
  }
  parts_.access_tokens.revoke(token);
  // RFC 7009, 2.2: 200 for a token that is unknown, too.
  return oauth_answer(200, Value::object());
}

web::HttpResponse TokenServices::introspect(const web::HttpRequest& request) {
  FormFields form;
  if (auto refusal = read_oauth_form(request, form)) return *refusal;
  ClientPtr client;
  if (auto refusal = parts_.proof.prove(request, form, client)) return *refusal;
  // RFC 7662, 2.1: without it anybody could try tokens.
  if (client->authentication == smart::ClientAuthentication::none)
    return oauth_refusal("invalid_client", "an application without a secret or a key may not ask about tokens");
  const auto token = field_of(form, "token");
  if (token.empty()) return oauth_refusal("invalid_request", "token is missing");

  auto access = parts_.access_tokens.find(token);
  bool is_active = access.has_value();
  if (!is_active) {
    const auto refresh = parts_.grants.find_refresh(token);
    is_active = refresh.use == AppGrants::Use::good;
    if (is_active)
      access = TokenAccess{.client_id = refresh.grant.client_id,
                           .subject = refresh.grant.subject,
                           .patient = refresh.grant.patient,
                           .scopes = refresh.grant.scopes};
  }
  if (!is_active)
    return oauth_answer(200, Value::object({{"active", parts_.defects.is_on(Defect::smart_introspects_garbage)}}));
  auto answer = Value::object({{"active", true},
                               {"scope", text_of(access->scopes)},
                               {"client_id", access->client_id},
                               {"token_type", "Bearer"}});
  if (access->expires_unix_ns > 0) answer.set("exp", access->expires_unix_ns / ns_per_second);
  if (!access->patient.empty()) answer.set("patient", parts_.identity.patient_id(access->patient));
  if (!parts_.has_identities || !has_scope(access->scopes, "openid")) return oauth_answer(200, answer);
  answer.set("iss", parts_.addresses.base);
  const auto claims = parts_.identity.claims_of(access->subject, access->scopes);
  for (const auto* name : {"sub", "fhirUser"})
    if (const auto* claim = claims.find(name)) answer.set(name, *claim);
  return oauth_answer(200, answer);
}

web::HttpResponse TokenServices::userinfo(const web::HttpRequest& request) const {
  const auto token = bearer_token(request);
  const auto access = parts_.access_tokens.find(token);
  if (!access) return bearer_refusal(token);
  if (!has_scope(access->scopes, "openid")) return scope_refusal("openid");
  auto claims = parts_.identity.claims_of(access->subject, access->scopes);
  if (!access->patient.empty()) claims.set("patient", parts_.identity.patient_id(access->patient));
  return oauth_answer(200, claims);
}

}  // namespace bb::portal
