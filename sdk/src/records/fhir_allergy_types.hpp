// fhir_allergy_types.hpp - what kind of allergy, and how critical, in the words of C-CDA and of FHIR.
//
// C-CDA has one code (value set Allergy and Intolerance Type), FHIR a type and a
// category. Source: HL7 C-CDA on FHIR, concept map for AllergyIntolerance.
#pragma once

#include <array>
#include <string_view>

#include <bb/records/record.hpp>

namespace bb::records {

struct AllergyKind {
  std::string_view code;  // SNOMED CT
  std::string_view display;
  std::string_view type;      // "allergy", "intolerance" or not said
  std::string_view category;  // "medication", "food", "environment" or not said
};

// How much harm the next exposure may do: LOINC's question, and its answers.
inline constexpr std::string_view criticality_loinc = "82606-5";
struct Criticality {
  std::string_view code;   // HL7 ObservationValue (2.16.840.1.113883.5.1063), of C-CDA
  std::string_view words;  // the code of FHIR
  std::string_view display;
};
inline constexpr std::array<Criticality, 3> criticalities{{
    {"CRITL", "low", "low criticality"},
    {"CRITH", "high", "high criticality"},
    {"CRITU", "unable-to-assess", "unable to assess criticality"},
}};

// Empty where both are.
Code allergy_type_of(std::string_view type, std::string_view category);
// The inverse; nullptr for any other code.
const AllergyKind* allergy_kind_of(const Code& type);

}  // namespace bb::records
