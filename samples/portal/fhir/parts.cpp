#include "portal/fhir/parts.hpp"

#include <string>

#include <bb/core/time.hpp>

namespace bb::portal::fhir {

Value begin_resource(std::string_view type, std::string_view id, std::string_view us_core_profile) {
  auto resource = Value::object({{"resourceType", type}, {"id", id}});
  if (!us_core_profile.empty()) {
    const auto profile = std::string(us_core_profiles) + std::string(us_core_profile);
    resource.set("meta", Value::object({{"profile", Value::strings({profile})}}));
  }
  return resource;
}

Value list_of(Value one) {
  auto list = Value::array();
  list.push(std::move(one));
  return list;
}

Value reference_to(std::string_view reference, std::string_view display) {
  auto value = Value::object({{"reference", reference}});
  if (!display.empty()) value.set("display", display);
  return value;
}

Value concept_of(std::string_view system, std::string_view code, std::string_view display) {
  auto coding = Value::object({{"system", system}, {"code", code}});
  if (!display.empty()) coding.set("display", display);
  return Value::object({{"coding", list_of(std::move(coding))}});
}

Value absent() {
  return Value::object(
      {{"extension", list_of(Value::object({{"url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason"},
                                            {"valueCode", "unknown"}}))}});
}

void set_meta(Value& resource, std::int64_t last_updated_ns) {
  auto meta = Value::object({{"versionId", "1"}, {"lastUpdated", format_utc(last_updated_ns)}});
  if (const auto* had = resource.find("meta"))
    for (const auto& member : *had->members()) meta.set(member.key, member.value);
  resource.set("meta", std::move(meta));
}

}  // namespace bb::portal::fhir
