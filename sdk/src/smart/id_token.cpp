#include <bb/smart/id_token.hpp>

#include <array>

#include <bb/core/crypto.hpp>

namespace bb::smart {

Result<Identity> read_id_token(std::string_view compact, const std::vector<PublishedKey>& keys,
                               const IdTokenRules& rules) {
  constexpr std::array<std::string_view, 4> algorithms{"RS256", "RS384", "ES256", "ES384"};
  BB_TRY(const auto jws, read_jws(compact));
  BB_CHECK(verify(jws, keys, algorithms));
  BB_CHECK(check_claims(jws.claims,
                        {.issuer = rules.issuer, .audience = rules.client_id, .now_unix_ns = rules.now_unix_ns}));
  const auto& authorized = jws.claims["azp"];
  if (jws.claims["aud"].size() > 1 && authorized.is_null())
    return Error{"the id token has more than one 'aud' and no 'azp'"};
  if (!authorized.is_null() && authorized.string_or("") != rules.client_id)
    return Error{"the id token's 'azp' is another client"};
  if (!rules.nonce.empty() && !equal_constant_time(jws.claims["nonce"].string_or(""), rules.nonce))
    return Error{"the id token's 'nonce' is not the one that was sent"};
  if (jws.claims["iat"].is_null()) return Error{"the id token has no 'iat'"};
  Identity identity{jws.claims["iss"].string_or(""), jws.claims["sub"].string_or(""),
                    jws.claims["fhirUser"].string_or("")};
  if (identity.subject.empty()) return Error{"the id token has no 'sub'"};
  return identity;
}

}  // namespace bb::smart
