#include "portal/fhir/capability.hpp"

#include <array>
#include <string_view>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/parameters.hpp"
#include "portal/fhir/parts.hpp"

namespace bb::portal::fhir {
namespace {

Value interaction(std::string_view code) { return Value::object({{"code", code}}); }

Value extension(std::string_view url, std::string_view kind, std::string_view value) {
  return Value::object({{"url", url}, {kind, value}});
}

Value security_of(const OauthUris& uris) {
  auto security = Value::object({{"cors", Value(true)}});
  auto addresses = Value::array();
  const std::array<std::pair<std::string_view, const std::string*>, 4> named{{{"authorize", &uris.authorize},
                                                                              {"token", &uris.token},
                                                                              {"manage", &uris.manage},
                                                                              {"register", &uris.register_}}};
  for (const auto& [name, url] : named)
    if (!url->empty()) addresses.push(extension(name, "valueUri", *url));
  if (addresses.size() > 0)
    security.set(
        "extension",
        list_of(Value::object({{"url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"},
                               {"extension", std::move(addresses)}})));
  security.set("service", list_of(concept_of(std::string(terminology) + "restful-security-service", "SMART-on-FHIR")));
  return security;
}

// Parameters that go together, as us-core-server lists them.
Value combination_of(const std::string& names) {
  auto required = Value::array();
  for (const auto& name : split(names, '+')) required.push(extension("required", "valueString", name));
  auto value = Value::object(
      {{"url", "http://hl7.org/fhir/StructureDefinition/capabilitystatement-search-parameter-combination"}});
  value.set("extension", std::move(required));
  return value;
}

void add_profiles(Value& profiles, std::string_view guide, std::string_view names) {
  if (names.empty()) return;
  for (const auto& name : split(names, ' ')) profiles.push(Value(std::string(guide) + name));
}

Value resource_of(const ServedType& type) {
  auto resource = Value::object();
  if (!type.combinations.empty()) {
    auto extensions = Value::array();
    for (const auto& names : split(type.combinations, ' ')) extensions.push(combination_of(names));
    resource.set("extension", std::move(extensions));
  }
  resource.set("type", type.name);
  auto profiles = Value::array();
  add_profiles(profiles, us_core_profiles, type.profiles);
  add_profiles(profiles, carin_profiles, type.carin_profiles);
  if (profiles.size() > 0) resource.set("supportedProfile", std::move(profiles));
  auto interactions = Value::array();
  interactions.push(interaction("read"));
  interactions.push(interaction("vread"));
  if (type.is_searched) interactions.push(interaction("search-type"));
  resource.set("interaction", std::move(interactions));
  resource.set("versioning", "versioned");
  resource.set("conditionalRead", "full-support");
  resource.set("referencePolicy", Value::strings({"literal"}));
  if (!type.is_searched) return resource;
  auto includes = Value::array(), parameters = Value::array();
  for (const auto& one : all_parameters()) {
    if (!one.type.empty() && one.type != type.name) continue;
    if (one.kind == ParameterKind::reference)
      includes.push(Value(std::string(type.name) + ":" + std::string(one.name)));
    parameters.push(Value::object({{"name", one.name}, {"type", word_of(one.kind)}}));
  }
  if (includes.size() > 0) {
    includes.push(Value(std::string(type.name) + ":*"));
    resource.set("searchInclude", std::move(includes));
  }
  if (type.name != "Provenance") resource.set("searchRevInclude", Value::strings({"Provenance:target"}));
  resource.set("searchParam", std::move(parameters));
  return resource;
}

Value operation(std::string_view name, std::string_view definition) {
  return Value::object({{"name", name}, {"definition", definition}});
}

void add_operations(Value& resource, std::string_view type) {
  constexpr std::string_view bulk = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";
  auto operations = Value::array();
  if (type == "Patient") {
    operations.push(operation("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"));
    operations.push(operation("export", std::string(bulk) + "patient-export"));
    operations.push(operation("summary", "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"));
  }
  if (type == "Group") operations.push(operation("export", std::string(bulk) + "group-export"));
  if (type == "DocumentReference")
    operations.push(operation("docref", "http://hl7.org/fhir/us/core/OperationDefinition/docref"));
  if (operations.size() > 0) resource.set("operation", std::move(operations));
}

}  // namespace

Value capability_statement(const std::string& base_url, const OauthUris& uris, std::int64_t started_ns,
                           const Defects& defects) {
  auto statement = Value::object({{"resourceType", "CapabilityStatement"},
                                  {"status", "active"},
                                  {"date", format_utc(started_ns)},
                                  {"kind", "instance"}});
  std::vector<std::string> guides{"http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server",
                                  "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"};
  if (!defects.is_on(Defect::carin_not_stated))
    guides.emplace_back("http://hl7.org/fhir/us/carin-bb/CapabilityStatement/c4bb");
  statement.set("instantiates", Value::strings(guides));
  statement.set("software", Value::object({{"name", "BlueBridge sample portal"}}));
  statement.set("implementation",
                Value::object({{"description", "A sample data holder with made-up records"}, {"url", base_url}}));
  statement.set("fhirVersion", "4.0.1");
  statement.set("format", Value::strings({"application/fhir+json", "json"}));
  statement.set("implementationGuide",
                Value::strings({"http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core",
                                "http://hl7.org/fhir/us/carin-bb/ImplementationGuide/hl7.fhir.us.carin-bb"}));
  auto rest = Value::object({{"mode", "server"}, {"security", security_of(uris)}});
  auto resources = Value::array();
  for (const auto& type : served_types()) {
    auto resource = resource_of(type);
    // One type for each of the profiles that US Core has had no longer than since 6.0.
    const bool is_new = type.name == "Coverage" || type.name == "MedicationDispense" || type.name == "Specimen";
    if (is_new && defects.is_on(Defect::fhir_old_us_core)) resource.erase("supportedProfile");
    add_operations(resource, type.name);
    resources.push(std::move(resource));
  }
  rest.set("resource", std::move(resources));
  statement.set("rest", list_of(std::move(rest)));
  return statement;
}

}  // namespace bb::portal::fhir
