// bb/smart/id_token.hpp - who signed in.
//
// Source: OpenID Connect Core 1.0, 2 and 3.1.3.7; SMART App Launch 2.2, "Scopes for requesting
// identity data" (FHIR-SMART-38).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/smart/jws.hpp>

namespace bb::smart {

struct Identity {
  std::string issuer = {};
  std::string subject = {};
  std::string fhir_user = {};  // "Patient/123" or a URL; empty where it was not asked for
};

struct IdTokenRules {
  std::string issuer;     // of the configuration
  std::string client_id;  // among `aud`; where there are more, also `azp`
  std::int64_t now_unix_ns = 0;
  std::string nonce = {};  // as it was sent; empty: none was
};

// Verified by the issuer's keys: RS256, which SMART asks for, RS384, ES256 or ES384. The error names the claim.
[[nodiscard]] Result<Identity> read_id_token(std::string_view compact, const std::vector<PublishedKey>& keys,
                                             const IdTokenRules& rules);

}  // namespace bb::smart
