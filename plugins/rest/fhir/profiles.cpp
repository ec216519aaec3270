#include "fhir/profiles.hpp"

#include <algorithm>
#include <array>

#include "fhir/fhir_line.hpp"

namespace bb::rest {
namespace {

// The searches that US Core 6.1.0 marks SHALL (FHIR-USC-05), one for each part; categories are those that servers must
// know.
constexpr std::array<TypeSearch, 30> us_core{{{"Patient", "_id", ""},
                                              {"AllergyIntolerance", "patient", ""},
                                              {"CarePlan", "patient", "category=assess-plan"},
                                              {"CareTeam", "patient", "status=active"},
                                              {"Condition", "patient", ""},
                                              {"Coverage", "patient", ""},
                                              {"Device", "patient", ""},
                                              {"DiagnosticReport", "patient", ""},
                                              {"DocumentReference", "patient", ""},
                                              {"Encounter", "patient", ""},
                                              {"Goal", "patient", ""},
                                              {"Immunization", "patient", ""},
                                              {"MedicationDispense", "patient", ""},
                                              {"MedicationRequest", "patient", "intent=order"},
                                              {"MedicationRequest", "patient", "intent=plan"},
                                              {"MedicationRequest", "patient", "intent=proposal"},
                                              {"MedicationRequest", "patient", "intent=reflex-order"},
                                              {"Observation", "patient", "category=laboratory"},
                                              {"Observation", "patient", "category=vital-signs"},
                                              {"Observation", "patient", "category=social-history"},
                                              {"Observation", "patient", "category=survey"},
                                              {"Observation", "patient", "category=imaging"},
                                              {"Observation", "patient", "category=procedure"},
                                              {"Observation", "patient", "category=exam"},
                                              {"Observation", "patient", "category=therapy"},
                                              {"Observation", "patient", "category=activity"},
                                              {"Observation", "patient", "category=sdoh"},
                                              {"Procedure", "patient", ""},
                                              {"QuestionnaireResponse", "patient", ""},
                                              {"ServiceRequest", "patient", ""}}};

// Without the demands of a guide.
constexpr std::array<TypeSearch, 16> plain_r4{{{"Patient", "_id", ""},
                                               {"AllergyIntolerance", "patient", ""},
                                               {"CarePlan", "patient", ""},
                                               {"CareTeam", "patient", ""},
                                               {"Condition", "patient", ""},
                                               {"Coverage", "patient", ""},
                                               {"Device", "patient", ""},
                                               {"DiagnosticReport", "patient", ""},
                                               {"DocumentReference", "patient", ""},
                                               {"Encounter", "patient", ""},
                                               {"Goal", "patient", ""},
                                               {"Immunization", "patient", ""},
                                               {"MedicationRequest", "patient", ""},
                                               {"Observation", "patient", ""},
                                               {"Procedure", "patient", ""},
                                               {"ServiceRequest", "patient", ""}}};

// FHIR-CARIN-04: of the others a server may offer reading alone; they come with `_include`.
constexpr std::array<TypeSearch, 1> carin{{{"ExplanationOfBenefit", "patient", "_include=ExplanationOfBenefit:*"}}};

// FHIR-BB2-03, -20.
constexpr std::array<TypeSearch, 3> cms{
    {{"Patient", "_id", ""}, {"Coverage", "beneficiary", ""}, {"ExplanationOfBenefit", "patient", ""}}};
constexpr std::int64_t cms_page_entries_max = 50;  // FHIR-BB2-17

constexpr std::string_view patient_scopes = "launch/patient openid fhirUser offline_access patient/*.rs";

constexpr std::array<ServerProfile, 4> profiles{
    {{"us-core", "US Core", patient_scopes, us_core, true, false},
     {"fhir-r4", "FHIR R4", patient_scopes, plain_r4, false, true},
     {"carin-bb", "CARIN Blue Button", patient_scopes, carin, false, false},
     {"cms-bb2", "CMS Blue Button 2.0",
      "openid profile launch/patient patient/Patient.read patient/Coverage.read patient/ExplanationOfBenefit.read", cms,
      false, false, cms_page_entries_max, cms_page_entries_max}}};

}  // namespace

const ServerProfile* find_server_profile(std::string_view name) {
  const auto* const found =
      std::find_if(profiles.begin(), profiles.end(), [&](const ServerProfile& one) { return one.name == name; });
  return found == profiles.end() ? nullptr : found;
}

Release release_of(const ServerProfile& profile, std::string_view base_url) {
  if (profile.searches.data() == cms.data() && base_url.ends_with("/v1/fhir"))
    return {"FHIR STU3", "application/fhir+json; fhirVersion=3.0"};
  return {"FHIR R4", fhir_media_type};
}

}  // namespace bb::rest
