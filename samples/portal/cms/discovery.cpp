#include "portal/cms/discovery.hpp"

#include <array>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/cms/scopes.hpp"
#include "portal/fhir/parts.hpp"

namespace bb::portal::cms {
namespace {

std::string endpoint(std::string url, const Defects& defects) {
  if (defects.is_on(Defect::cms_endpoints_without_slash) && url.ends_with('/')) url.pop_back();
  return url;
}

Value endpoints(const Addresses& addresses, const Defects& defects) {
  return Value::object(
      {{"issuer", addresses.portal},
       {"authorization_endpoint", endpoint(addresses.authorize(), defects)},
       {"token_endpoint", endpoint(addresses.token(), defects)},
       {"revocation_endpoint", endpoint(addresses.revoke(), defects)},
       {"introspection_endpoint", endpoint(addresses.introspect(), defects)},
       {"userinfo_endpoint", addresses.userinfo()},
       {"grant_types_supported", Value::strings({"authorization_code", "refresh_token"})},
       {"response_types_supported", Value::strings({"code"})},
       {"scopes_supported", Value::strings(scopes_supported())},
       {"code_challenge_methods_supported", Value::strings({"S256"})},
       {"token_endpoint_auth_methods_supported", Value::strings({"client_secret_basic", "client_secret_post"})}});
}

struct Searched {
  std::string_view type, parameters;
};
constexpr std::array<Searched, 3> searched{{
    {"Coverage", "beneficiary:reference _lastUpdated:date startIndex:string"},
    {"ExplanationOfBenefit", "patient:reference _lastUpdated:date service-date:date startIndex:string type:token"},
    {"Patient", "_id:token _lastUpdated:date startIndex:string"},
}};

}  // namespace

Value smart_configuration(const Addresses& addresses, const Defects& defects) {
  auto configuration = endpoints(addresses, defects);
  std::vector<std::string> capabilities{"client-confidential-symmetric",
                                        "context-standalone-patient",
                                        "launch-standalone",
                                        "permission-offline",
                                        "permission-patient",
                                        "permission-v1",
                                        "permission-v2",
                                        "authorize-post"};
  if (addresses.version == Version::v3) capabilities.emplace_back("client-confidential-asymmetric");
  if (defects.is_on(Defect::cms_misses_capabilities)) capabilities.resize(3);
  configuration.set("capabilities", Value::strings(capabilities));
  return configuration;
}

Value openid_configuration(const Addresses& addresses, const Defects& defects) {
  auto configuration = endpoints(addresses, defects);
  configuration.set("ui_locales_supported", Value::strings({"en-US", "es"}));
  configuration.set("fhir_metadata_uri", addresses.fhir() + "/metadata");
  return configuration;
}

Value capability_statement(const Addresses& addresses, std::int64_t started_ns, const Defects& defects) {
  auto uris = Value::array();
  for (const auto& [name, url] :
       {std::pair{"authorize", addresses.authorize()}, {"token", addresses.token()}, {"revoke", addresses.revoke()}})
    uris.push(Value::object({{"url", name}, {"valueUri", url}}));
  auto security = Value::object();
  security.set("service", fhir::list_of(fhir::concept_of(std::string(fhir::terminology) + "restful-security-service",
                                                         "SMART-on-FHIR")));
  security.set(
      "extension",
      fhir::list_of(Value::object({{"url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"},
                                   {"extension", std::move(uris)}})));
  auto resources = Value::array();
  for (const auto& one : searched) {
    auto parameters = Value::array();
    for (const auto& parameter : split(one.parameters, ' ')) {
      const auto colon = parameter.find(':');
      parameters.push(Value::object({{"name", parameter.substr(0, colon)}, {"type", parameter.substr(colon + 1)}}));
    }
    auto interactions = Value::array();
    for (const auto* code : {"read", "search-type"}) interactions.push(Value::object({{"code", code}}));
    resources.push(Value::object(
        {{"type", one.type}, {"interaction", std::move(interactions)}, {"searchParam", std::move(parameters)}}));
  }
  return Value::object(
      {{"resourceType", "CapabilityStatement"},
       {"status", "active"},
       {"date", format_utc(started_ns)},
       {"publisher", "BlueBridge sample portal"},
       {"kind", "instance"},
       {"software", Value::object({{"name", "BlueBridge sample portal"}})},
       {"implementation", Value::object({{"description", "Made-up claims, as CMS Blue Button 2.0 serves claims"},
                                         {"url", addresses.fhir()}})},
       {"fhirVersion", defects.is_on(Defect::cms_says_stu3) ? "3.0.2" : "4.0.1"},
       {"format", Value::strings({"application/json", "application/fhir+json"})},
       {"rest", fhir::list_of(Value::object(
                    {{"mode", "server"}, {"security", std::move(security)}, {"resource", std::move(resources)}}))}});
}

}  // namespace bb::portal::cms
