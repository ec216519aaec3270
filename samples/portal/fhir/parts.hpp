// portal/fhir/parts.hpp - the data types of FHIR R4 that the portal writes itself.
#pragma once

#include <cstdint>
#include <string_view>

#include <bb/core/value.hpp>

namespace bb::portal::fhir {

inline constexpr std::string_view terminology = "http://terminology.hl7.org/CodeSystem/";
inline constexpr std::string_view us_core_profiles = "http://hl7.org/fhir/us/core/StructureDefinition/";
inline constexpr std::string_view carin_profiles = "http://hl7.org/fhir/us/carin-bb/StructureDefinition/";

// {"resourceType": ..., "id": ..., "meta": {"profile": [...]}}; `profile` of US Core, or empty.
Value begin_resource(std::string_view type, std::string_view id, std::string_view us_core_profile = {});
Value list_of(Value one);
Value reference_to(std::string_view reference, std::string_view display = {});
// A CodeableConcept of one code.
Value concept_of(std::string_view system, std::string_view code, std::string_view display = {});
// What is required and not known: data-absent-reason.
Value absent();
// Version and time, beside the profiles that are there.
void set_meta(Value& resource, std::int64_t last_updated_ns);

}  // namespace bb::portal::fhir
