#include <bb/smart/token.hpp>

#include <algorithm>

#include <bb/core/text.hpp>

#include "members.hpp"

namespace bb::smart {
namespace {

// RFC 6750, 2.1: b64token.
bool is_bearer_token(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

FormFields code_fields(std::string_view code, std::string_view redirect_uri, std::string_view code_verifier) {
  return {{"grant_type", "authorization_code"},
          {"code", std::string(code)},
          {"redirect_uri", std::string(redirect_uri)},
          {"code_verifier", std::string(code_verifier)}};
}

FormFields refresh_fields(std::string_view refresh_token, std::string_view narrower_scope) {
  FormFields fields{{"grant_type", "refresh_token"}, {"refresh_token", std::string(refresh_token)}};
  if (!narrower_scope.empty()) fields.emplace_back("scope", narrower_scope);
  return fields;
}

FormFields client_credentials_fields(std::string_view scope) {
  return {{"grant_type", "client_credentials"}, {"scope", std::string(scope)}};
}

FormFields revocation_fields(std::string_view token, std::string_view type_hint) {
  FormFields fields{{"token", std::string(token)}};
  if (!type_hint.empty()) fields.emplace_back("token_type_hint", type_hint);
  return fields;
}

FormFields introspection_fields(std::string_view token) { return {{"token", std::string(token)}}; }

Result<TokenResponse> read_token_response(std::string_view body) {
  BB_TRY(const auto members, Members::parse(body, token_response_bytes_max, "the token answer"));
  TokenResponse answer;
  BB_TRY(auto access_token, members.needed_text("access_token"));
  if (!is_bearer_token(access_token)) return Error{"the token answer: 'access_token' cannot stand in a header"};
  answer.access_token = SecretBytes(std::move(access_token));
  BB_TRY(const auto type, members.needed_text("token_type"));
  if (!iequals(type, "Bearer")) return Error{"the token answer: expected 'token_type' to be Bearer"};
  BB_TRY(auto refresh_token, members.text("refresh_token"));
  answer.refresh_token = SecretBytes(std::move(refresh_token));
  BB_TRY(answer.expires_in_s, members.seconds("expires_in"));
  BB_TRY(auto scope, members.text("scope"));
  if (!members.value()["scope"].is_null()) answer.scope = std::move(scope);
  BB_TRY(answer.id_token, members.text("id_token"));
  BB_TRY(answer.patient, members.text("patient"));
  BB_TRY(answer.encounter, members.text("encounter"));
  BB_TRY(answer.smart_style_url, members.text("smart_style_url"));
  BB_TRY(answer.access_grant_expiration, members.text("access_grant_expiration"));
  BB_TRY(answer.need_patient_banner, members.truth("need_patient_banner"));
  return answer;
}

Result<Introspection> read_introspection(std::string_view body) {
  BB_TRY(const auto members, Members::parse(body, token_response_bytes_max, "the introspection answer"));
  Introspection answer;
  BB_TRY(const auto active, members.truth("active"));
  if (!active) return Error{"the introspection answer: 'active' is missing"};
  answer.is_active = *active;
  BB_TRY(answer.scope, members.text("scope"));
  BB_TRY(answer.client_id, members.text("client_id"));
  BB_TRY(answer.issuer, members.text("iss"));
  BB_TRY(answer.subject, members.text("sub"));
  BB_TRY(answer.patient, members.text("patient"));
  BB_TRY(answer.fhir_user, members.text("fhirUser"));
  BB_TRY(answer.expires_unix_s, members.seconds("exp"));
  return answer;
}

}  // namespace bb::smart
