// bb/smart/configuration.hpp - where a FHIR server's authorization endpoints are and what they can.
//
// Source: SMART App Launch 2.2, "Conformance" (FHIR-SMART-01 to -07); of SMART 1.0 the extension
// `oauth-uris` of a CapabilityStatement (FHIR-SMART-08); OpenID Connect Discovery 1.0, 3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::smart {

inline constexpr std::size_t configuration_bytes_max = 1'048'576;

// Absent texts are empty. Nothing is checked but the kinds of the members: what a server should
// say is for those who judge it.
struct Configuration {
  std::string issuer = {};
  std::string authorization_endpoint = {};
  std::string token_endpoint = {};
  std::string jwks_uri = {};
  std::string registration_endpoint = {};
  std::string introspection_endpoint = {};
  std::string revocation_endpoint = {};
  std::string management_endpoint = {};
  std::string userinfo_endpoint = {};
  std::vector<std::string> grant_types = {};
  std::vector<std::string> response_types = {};
  std::vector<std::string> scopes = {};
  std::vector<std::string> capabilities = {};
  std::vector<std::string> code_challenge_methods = {};
  std::vector<std::string> token_endpoint_auth_methods = {};
  std::vector<std::string> token_endpoint_auth_algorithms = {};

  bool can(std::string_view capability) const;
};

// "<base>/.well-known/smart-configuration", behind all of the base's path (FHIR-SMART-01).
std::string configuration_url(std::string_view fhir_base);
// "<issuer>/.well-known/openid-configuration".
std::string openid_configuration_url(std::string_view issuer);

// Of the JSON behind either URL. The error is of what is no JSON object and of a member of another
// kind than it must be, which it names; unknown members are passed over.
[[nodiscard]] Result<Configuration> read_configuration(std::string_view json);

// Of a CapabilityStatement, R4 or STU3. Without the extension no endpoint is filled in; that is no error.
[[nodiscard]] Result<Configuration> read_capability_statement(std::string_view json);

// FHIR-SMART-06: whether it is a capability that SMART 2.2 names.
bool is_known_capability(std::string_view capability);

}  // namespace bb::smart
