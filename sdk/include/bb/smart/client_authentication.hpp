// bb/smart/client_authentication.hpp - how an application proves itself at a token endpoint.
//
// Source: RFC 6749, 2.3.1; RFC 7523, 2.2 and 3; SMART App Launch 2.2, "Asymmetric Client
// Authentication" (FHIR-SMART-29, -41, -42).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

namespace bb::smart {

enum class ClientAuthentication {
  none,                 // a public client: its id in the body
  client_secret_basic,  // HTTP Basic
  client_secret_post,   // in the body: not SMART's, some servers know nothing else
  private_key_jwt,      // a signed assertion
};
// As `token_endpoint_auth_methods_supported` has them.
std::string_view word_of(ClientAuthentication method);
std::optional<ClientAuthentication> client_authentication(std::string_view word);

// Authorization's value for client_secret_basic: both encoded as forms are, then base64.
std::string basic_credentials(std::string_view client_id, std::string_view secret);

inline constexpr std::int64_t assertion_lifetime_s_max = 300;  // FHIR-SMART-41

struct Assertion {
  std::string client_id;  // `iss` and `sub`
  std::string token_url;  // `aud`
  std::string algorithm;  // "ES384", "RS384"
  std::string key_id;     // `kid`
  std::string id;         // `jti`: new each time
  std::int64_t now_unix_ns = 0;
  std::int64_t lifetime_s = 240;  // below the bound, for clocks that differ
  std::string key_set_url = {};   // `jku`
};
// What the application's key signs by the algorithm; compact_jws() of it and the signature goes
// into assertion_fields().
std::string signing_input_of(const Assertion& assertion);
FormFields assertion_fields(std::string_view compact_assertion);

}  // namespace bb::smart
