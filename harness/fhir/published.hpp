// harness/fhir/published.hpp - what is kept of FHIR's published definitions.
//
// The StructureDefinitions of R4 are 40 MB, most of it words for people. A check
// needs the elements of the snapshots, the codes of code systems and what value
// sets are made of: 2 MB. This turns the one into the other, file by file;
// definitions.hpp reads the result.
//
// Kept text: JSON, {"format": kept_format, "structures": [...],
// "value_sets": [...], "code_systems": [...]}; the members of each are written
// and read in published.cpp and definitions.cpp alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::fhir {

// Where the definitions of R4 itself are.
inline constexpr std::string_view r4_folder = "http://hl7.org/fhir/StructureDefinition/";
// In them the type of FHIR's that a type of FHIRPath's stands for.
inline constexpr std::string_view fhir_type_extension =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

inline constexpr std::string_view kept_format = "bluebridge-fhir-definitions/1";

// Of a StructureDefinition, a ValueSet, a CodeSystem or a Bundle of such. Null
// where there is none of them. Notes say which of them are of no use, and why.
Value kept_of(const Value& published, std::vector<std::string>& notes);

// Whether it is of a release of FHIR R4; a resource that names none is.
bool is_r4(const Value& published);

}  // namespace bb::fhir
