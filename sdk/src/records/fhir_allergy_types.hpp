// fhir_allergy_types.hpp - what kind of allergy, in the words of C-CDA and of FHIR.
//
// C-CDA has one code (value set Allergy and Intolerance Type), FHIR a type and a
// category. Source: HL7 C-CDA on FHIR, concept map for AllergyIntolerance.
#pragma once

#include <string_view>

#include <bb/records/record.hpp>

namespace bb::records {

struct AllergyKind {
  std::string_view code;  // SNOMED CT
  std::string_view display;
  std::string_view type;      // "allergy", "intolerance" or not said
  std::string_view category;  // "medication", "food", "environment" or not said
};

// Empty where both are.
Code allergy_type_of(std::string_view type, std::string_view category);
// The inverse; nullptr for any other code.
const AllergyKind* allergy_kind_of(const Code& type);

}  // namespace bb::records
