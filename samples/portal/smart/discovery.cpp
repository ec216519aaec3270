#include "portal/smart/discovery.hpp"

#include "portal/smart/scopes_offered.hpp"

namespace bb::portal {
namespace {

Value endpoints(const SmartAddresses& addresses, const Defects& defects) {
  std::vector<std::string> methods{"S256"};
  if (defects.is_on(Defect::smart_lists_plain)) methods.emplace_back("plain");
  const auto client_methods = Value::strings({"none", "client_secret_basic", "client_secret_post", "private_key_jwt"});
  return Value::object(
      {{"issuer", addresses.base},
       {"jwks_uri", addresses.jwks()},
       {"authorization_endpoint", addresses.authorize()},
       {"token_endpoint", addresses.token()},
       {"token_endpoint_auth_methods_supported", client_methods},
       {"token_endpoint_auth_signing_alg_values_supported", Value::strings({"RS384", "ES384"})},
       {"userinfo_endpoint", addresses.userinfo()},
       {"registration_endpoint", addresses.registration()},
       {"introspection_endpoint", addresses.introspect()},
       {"revocation_endpoint", addresses.revoke()},
       {"management_endpoint", addresses.manage()},
       {"scopes_supported", Value::strings(scopes_supported())},
       {"response_types_supported", Value::strings({"code"})},
       {"response_modes_supported", Value::strings({"query"})},
       {"grant_types_supported", Value::strings({"authorization_code", "refresh_token", "client_credentials"})},
       {"code_challenge_methods_supported", Value::strings(methods)},
       {"authorization_response_iss_parameter_supported", true}});
}

}  // namespace

Value smart_configuration(const SmartAddresses& addresses, const Defects& defects) {
  auto configuration = endpoints(addresses, defects);
  configuration.set("capabilities", Value::strings({"launch-standalone", "authorize-post", "client-public",
                                                    "client-confidential-symmetric", "client-confidential-asymmetric",
                                                    "sso-openid-connect", "context-standalone-patient",
                                                    "permission-offline", "permission-online", "permission-patient",
                                                    "permission-user", "permission-v1", "permission-v2"}));
  return configuration;
}

Value openid_configuration(const SmartAddresses& addresses, const Defects& defects) {
  auto configuration = endpoints(addresses, defects);
  configuration.set("subject_types_supported", Value::strings({"public"}));
  configuration.set("id_token_signing_alg_values_supported", Value::strings({"RS256"}));
  configuration.set("claims_supported", Value::strings({"iss", "sub", "aud", "exp", "iat", "nonce", "at_hash",
                                                        "fhirUser", "name", "given_name", "family_name"}));
  configuration.set("request_parameter_supported", false);
  configuration.set("request_uri_parameter_supported", false);
  return configuration;
}

}  // namespace bb::portal
