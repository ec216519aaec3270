#include <bb/smart/configuration.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/value.hpp>

#include "members.hpp"

namespace bb::smart {
namespace {

constexpr std::string_view oauth_uris_url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

std::string below(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base) + std::string(path);
}

void take_extension(const Value& extension, Configuration& configuration) {
  for (const auto& part : Members::items_of(extension["extension"])) {
    const auto name = part["url"].string_or("");
    const auto uri = part["valueUri"].string_or("");
    if (name == "authorize") configuration.authorization_endpoint = uri;
    if (name == "token") configuration.token_endpoint = uri;
    if (name == "register") configuration.registration_endpoint = uri;
    if (name == "introspect") configuration.introspection_endpoint = uri;
    if (name == "revoke") configuration.revocation_endpoint = uri;
    if (name == "manage") configuration.management_endpoint = uri;
  }
}

}  // namespace

bool Configuration::can(std::string_view capability) const {
  return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
}

std::string configuration_url(std::string_view fhir_base) {
  return below(fhir_base, "/.well-known/smart-configuration");
}

std::string openid_configuration_url(std::string_view issuer) {
  return below(issuer, "/.well-known/openid-configuration");
}

Result<Configuration> read_configuration(std::string_view json) {
  BB_TRY(const auto members, Members::parse(json, configuration_bytes_max, "the configuration"));
  Configuration configuration;
  const std::initializer_list<std::pair<std::string_view, std::string*>> texts{
      {"issuer", &configuration.issuer},
      {"authorization_endpoint", &configuration.authorization_endpoint},
      {"token_endpoint", &configuration.token_endpoint},
      {"jwks_uri", &configuration.jwks_uri},
      {"registration_endpoint", &configuration.registration_endpoint},
      {"introspection_endpoint", &configuration.introspection_endpoint},
      {"revocation_endpoint", &configuration.revocation_endpoint},
      {"management_endpoint", &configuration.management_endpoint},
      {"userinfo_endpoint", &configuration.userinfo_endpoint}};
  for (const auto& [name, place] : texts) {
    BB_TRY(*place, members.text(name));
  }
  const std::initializer_list<std::pair<std::string_view, std::vector<std::string>*>> lists{
      {"grant_types_supported", &configuration.grant_types},
      {"response_types_supported", &configuration.response_types},
      {"scopes_supported", &configuration.scopes},
      {"capabilities", &configuration.capabilities},
      {"code_challenge_methods_supported", &configuration.code_challenge_methods},
      {"token_endpoint_auth_methods_supported", &configuration.token_endpoint_auth_methods},
      {"token_endpoint_auth_signing_alg_values_supported", &configuration.token_endpoint_auth_algorithms}};
  for (const auto& [name, place] : lists) {
    BB_TRY(*place, members.texts(name));
  }
  return configuration;
}

Result<Configuration> read_capability_statement(std::string_view json) {
  BB_TRY(const auto members, Members::parse(json, configuration_bytes_max * 16, "the capability statement"));
  const auto& statement = members.value();
  if (const auto type = statement["resourceType"].string_or(""); type != "CapabilityStatement")
    return Error{
        fmt::format("the capability statement: expected the resource type CapabilityStatement, got '{}'", type)};
  Configuration configuration;
  for (const auto& rest : Members::items_of(statement["rest"]))
    for (const auto& extension : Members::items_of(rest["security"]["extension"]))
      if (extension["url"].string_or("") == oauth_uris_url) take_extension(extension, configuration);
  return configuration;
}

bool is_known_capability(std::string_view capability) {
  constexpr std::array<std::string_view, 20> known{"launch-ehr",
                                                   "launch-standalone",
                                                   "authorize-post",
                                                   "client-public",
                                                   "client-confidential-symmetric",
                                                   "client-confidential-asymmetric",
                                                   "sso-openid-connect",
                                                   "context-banner",
                                                   "context-style",
                                                   "context-ehr-patient",
                                                   "context-ehr-encounter",
                                                   "context-standalone-patient",
                                                   "context-standalone-encounter",
                                                   "permission-offline",
                                                   "permission-online",
                                                   "permission-patient",
                                                   "permission-user",
                                                   "permission-v1",
                                                   "permission-v2",
                                                   "smart-app-state"};
  return std::find(known.begin(), known.end(), capability) != known.end();
}

}  // namespace bb::smart
