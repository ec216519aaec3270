#include "portal/fhir/service_base_urls.hpp"

#include <utility>

#include <bb/core/time.hpp>

#include "portal/fhir/parts.hpp"

namespace bb::portal::fhir {
namespace {

Value organization(const char* id, const char* name, const char* npi, const char* city) {
  return Value::object(
      {{"resourceType", "Organization"},
       {"id", id},
       {"identifier", list_of(Value::object({{"system", "http://hl7.org/fhir/sid/us-npi"}, {"value", npi}}))},
       {"active", true},
       {"name", name},
       {"address", list_of(Value::object({{"line", list_of("1 Sample Street")},
                                          {"city", city},
                                          {"state", "OR"},
                                          {"postalCode", "97000"},
                                          {"country", "US"}}))}});
}

}  // namespace

Value service_base_urls(const std::string& base_url, std::int64_t now_unix_ns) {
  auto endpoint = Value::object(
      {{"resourceType", "Endpoint"},
       {"id", "portal"},
       {"status", "active"},
       {"connectionType", Value::object({{"system", "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"},
                                         {"code", "hl7-fhir-rest"}})},
       {"name", "Sample portal"},
       {"managingOrganization", reference_to("Organization/hospital")},
       {"payloadType", list_of(Value::object({{"text", "FHIR R4"}}))},
       {"address", base_url}});
  // NPIs with the check digit of the standard's own example, and of another number.
  auto hospital = organization("hospital", "Sample Hospital", "1234567893", "Portland");
  hospital.set("endpoint", list_of(reference_to("Endpoint/portal")));
  auto clinic = organization("clinic", "Sample Clinic", "1245319599", "Salem");
  clinic.set("partOf", reference_to("Organization/hospital"));

  auto entries = Value::array();
  for (auto* resource : {&endpoint, &hospital, &clinic}) {
    const auto url = base_url + "/" + (*resource)["resourceType"].string_or("") + "/" + (*resource)["id"].string_or("");
    entries.push(Value::object({{"fullUrl", url}, {"resource", std::move(*resource)}}));
  }
  return Value::object({{"resourceType", "Bundle"},
                        {"type", "collection"},
                        {"timestamp", format_utc(now_unix_ns)},
                        {"entry", std::move(entries)}});
}

}  // namespace bb::portal::fhir
