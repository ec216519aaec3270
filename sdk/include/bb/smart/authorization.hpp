// bb/smart/authorization.hpp - the browser's way: where a person is sent, and what comes back.
//
// Source: SMART App Launch 2.2, "App Launch" (FHIR-SMART-20 to -24); RFC 6749, 4.1.1 and 4.1.2;
// RFC 9207 for `iss` of a return.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>
#include <bb/core/secret_bytes.hpp>
#include <bb/smart/oauth_error.hpp>

namespace bb::smart {

inline constexpr std::size_t state_random_bytes = 24;  // 192 bits; SMART asks for 122

struct AuthorizationRequest {
  std::string client_id;
  std::string redirect_uri;
  std::string scope;
  std::string state;           // unguessable, known to who began alone
  std::string audience = {};   // `aud`: the FHIR base; empty for a server of another kind, which is not told
  std::string code_challenge;  // S256
  std::string launch = {};     // of an EHR launch
  FormFields more = {};        // "lang", "nonce"
};

// Query of a GET, or form of a POST where the server has "authorize-post".
FormFields fields_of(const AuthorizationRequest& request);

// What the browser comes back with: a code, or why there is none.
struct AuthorizationReturn {
  SecretBytes code = {};
  std::string state = {};
  std::string issuer = {};  // `iss`, where the server sends it
  std::optional<OAuthError> error = {};
};

// Of the URL, its query, or a posted form. The error is of a parameter that stands twice, a broken
// escape, neither or both of `code` and `error`.
[[nodiscard]] Result<AuthorizationReturn> read_authorization_return(std::string_view url);

// FHIR-SMART-22: whether a return is that of the request that `state` went out with; without
// telling how much of it is right. An empty state never is.
bool is_own_return(const AuthorizationReturn& answer, std::string_view state);

}  // namespace bb::smart
