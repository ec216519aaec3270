// bb/smart/oauth_error.hpp - what an authorization server says when it refuses.
//
// Source: RFC 6749, 4.1.2.1 and 5.2 (FHIR-ERR-09); RFC 6750, 3 (FHIR-ERR-01).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

namespace bb::smart {

// Texts come from outside: for people, printed with care.
struct OAuthError {
  std::string code;              // "invalid_grant"
  std::string description = {};  // may be empty
  std::string uri = {};          // of a page that says more; may be empty
};

// One lower case sentence: "invalid_grant: the code was used before". Control characters do not come out.
std::string text_of(const OAuthError& error);

// Whether the code is one that RFC 6749, RFC 6750, RFC 7009, RFC 7591, RFC 8628 or OpenID Connect Core, 3.1.2.6, has.
bool is_known_error(std::string_view code);

// Of a token endpoint's answer; nothing where the body is no JSON object with a text `error`.
std::optional<OAuthError> read_oauth_error(std::string_view body);
// Of a return's fields; nothing where there is no `error`.
std::optional<OAuthError> read_oauth_error(const FormFields& fields);

// What a resource server asks for: `WWW-Authenticate: Bearer realm="x", error="invalid_token"`.
struct BearerChallenge {
  std::optional<OAuthError> error = {};
  std::string realm = {};
  std::string scope = {};
};
// Of the field's value, in which challenges of other schemes may stand too. Nothing where none is Bearer's; the
// error is of a value that RFC 9110, 11.6.1, does not allow.
[[nodiscard]] Result<std::optional<BearerChallenge>> read_bearer_challenge(std::string_view www_authenticate);

}  // namespace bb::smart
