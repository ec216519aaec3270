// bb/smart/token.hpp - what is asked of a token endpoint, and what it answers.
//
// Source: RFC 6749, 4.1.3, 4.4.2, 5.1 and 6; SMART App Launch 2.2 (FHIR-SMART-29 to -34, FHIR-BULK-01);
// RFC 7009; RFC 7662 (FHIR-SMART-39).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>
#include <bb/core/secret_bytes.hpp>
#include <bb/core/value.hpp>

namespace bb::smart {

inline constexpr std::size_t token_response_bytes_max = 1'048'576;

// Forms without what proves the client.
FormFields code_fields(std::string_view code, std::string_view redirect_uri, std::string_view code_verifier);
FormFields refresh_fields(std::string_view refresh_token, std::string_view narrower_scope = {});
FormFields client_credentials_fields(std::string_view scope);
FormFields revocation_fields(std::string_view token, std::string_view type_hint = {});  // "refresh_token"
FormFields introspection_fields(std::string_view token);

struct TokenResponse {
  SecretBytes access_token = {};
  SecretBytes refresh_token = {};
  std::optional<std::int64_t> expires_in_s = {};  // rounded down: some servers send 3599.99 (FHIR-BB2-11)
  std::optional<std::string> scope = {};
  std::string id_token = {};
  std::string patient = {};
  std::string encounter = {};
  std::string smart_style_url = {};
  std::string access_grant_expiration = {};  // CMS's
  std::optional<bool> need_patient_banner = {};
};

// Of a body with status 200. The error is of what is no JSON object, has no access token, one that
// cannot stand in a header, another type than Bearer, or a member of another kind; it holds no value.
[[nodiscard]] Result<TokenResponse> read_token_response(std::string_view body);

struct Introspection {
  bool is_active = false;
  std::string scope = {};
  std::string client_id = {};
  std::string issuer = {};
  std::string subject = {};
  std::string patient = {};
  std::string fhir_user = {};
  std::optional<std::int64_t> expires_unix_s = {};
};
[[nodiscard]] Result<Introspection> read_introspection(std::string_view body);

}  // namespace bb::smart
