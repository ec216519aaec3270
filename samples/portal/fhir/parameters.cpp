#include "portal/fhir/parameters.hpp"

#include <algorithm>
#include <array>

namespace bb::portal::fhir {
namespace {

using enum ParameterKind;

constexpr Parameter parameter_table[] = {
    {"", "_id", token, "id", ""},
    {"", "_lastUpdated", date, "meta.lastUpdated", ""},
    {"Patient", "identifier", token, "identifier", ""},
    {"Patient", "name", string, "name", ""},
    {"Patient", "family", string, "name.family", ""},
    {"Patient", "given", string, "name.given", ""},
    {"Patient", "birthdate", date, "birthDate", ""},
    {"Patient", "gender", token, "gender", ""},
    {"Patient", "death-date", date, "deceasedDateTime", ""},
    {"AllergyIntolerance", "patient", reference, "patient", "Patient"},
    {"AllergyIntolerance", "clinical-status", token, "clinicalStatus", ""},
    {"CarePlan", "patient", reference, "subject", "Patient"},
    {"CarePlan", "category", token, "category", ""},
    {"CarePlan", "date", date, "period", ""},
    {"CarePlan", "status", token, "status", ""},
    {"CareTeam", "patient", reference, "subject", "Patient"},
    {"CareTeam", "status", token, "status", ""},
    {"CareTeam", "role", token, "participant.role", ""},
    {"CareTeam", "participant", reference, "participant.member", ""},
    {"Condition", "patient", reference, "subject", "Patient"},
    {"Condition", "category", token, "category", ""},
    {"Condition", "clinical-status", token, "clinicalStatus", ""},
    {"Condition", "code", token, "code", ""},
    {"Condition", "onset-date", date, "onsetDateTime|onsetPeriod", ""},
    {"Condition", "abatement-date", date, "abatementDateTime|abatementPeriod", ""},
    {"Condition", "recorded-date", date, "recordedDate", ""},
    {"Condition", "encounter", reference, "encounter", "Encounter"},
    {"Coverage", "patient", reference, "beneficiary", "Patient"},
    {"Coverage", "payor", reference, "payor", "Organization"},
    {"Device", "patient", reference, "patient", "Patient"},
    {"Device", "type", token, "type", ""},
    {"Device", "status", token, "status", ""},
    {"DiagnosticReport", "patient", reference, "subject", "Patient"},
    {"DiagnosticReport", "category", token, "category", ""},
    {"DiagnosticReport", "code", token, "code", ""},
    {"DiagnosticReport", "date", date, "effectiveDateTime|effectivePeriod", ""},
    {"DiagnosticReport", "status", token, "status", ""},
    {"DiagnosticReport", "result", reference, "result", "Observation"},
    {"DocumentReference", "patient", reference, "subject", "Patient"},
    {"DocumentReference", "category", token, "category", ""},
    {"DocumentReference", "type", token, "type", ""},
    {"DocumentReference", "date", date, "date", ""},
    {"DocumentReference", "period", date, "context.period", ""},
    {"DocumentReference", "status", token, "status", ""},
    {"DocumentReference", "author", reference, "author", ""},
    {"Encounter", "patient", reference, "subject", "Patient"},
    {"Encounter", "date", date, "period", ""},
    {"Encounter", "identifier", token, "identifier", ""},
    {"Encounter", "type", token, "type", ""},
    {"Encounter", "class", token, "class", ""},
    {"Encounter", "status", token, "status", ""},
    {"Encounter", "discharge-disposition", token, "hospitalization.dischargeDisposition", ""},
    {"Encounter", "location", reference, "location.location", "Location"},
    {"ExplanationOfBenefit", "patient", reference, "patient", "Patient"},
    {"ExplanationOfBenefit", "identifier", token, "identifier", ""},
    {"ExplanationOfBenefit", "type", token, "type", ""},
    {"ExplanationOfBenefit", "service-date", date, "billablePeriod|item.servicedDate|item.servicedPeriod", ""},
    {"ExplanationOfBenefit", "service-start-date", date,
     "billablePeriod.start|item.servicedDate|item.servicedPeriod.start", ""},
    {"ExplanationOfBenefit", "billable-period-start", date, "billablePeriod.start", ""},
    {"ExplanationOfBenefit", "care-team", reference, "careTeam.provider", ""},
    {"ExplanationOfBenefit", "coverage", reference, "insurance.coverage", "Coverage"},
    {"ExplanationOfBenefit", "insurer", reference, "insurer", "Organization"},
    {"ExplanationOfBenefit", "payee", reference, "payee.party", ""},
    {"ExplanationOfBenefit", "provider", reference, "provider", ""},
    {"FamilyMemberHistory", "patient", reference, "patient", "Patient"},
    {"Goal", "patient", reference, "subject", "Patient"},
    {"Goal", "lifecycle-status", token, "lifecycleStatus", ""},
    {"Goal", "target-date", date, "target.dueDate", ""},
    {"Goal", "description", token, "description", ""},
    {"Immunization", "patient", reference, "patient", "Patient"},
    {"Immunization", "date", date, "occurrenceDateTime", ""},
    {"Immunization", "status", token, "status", ""},
    {"Immunization", "vaccine-code", token, "vaccineCode", ""},
    {"Location", "name", string, "name|alias", ""},
    {"Location", "address", string, "address", ""},
    {"Location", "address-city", string, "address.city", ""},
    {"Location", "address-state", string, "address.state", ""},
    {"Location", "address-postalcode", string, "address.postalCode", ""},
    {"Medication", "code", token, "code", ""},
    {"MedicationDispense", "patient", reference, "subject", "Patient"},
    {"MedicationDispense", "status", token, "status", ""},
    {"MedicationDispense", "type", token, "type", ""},
    {"MedicationDispense", "medication", reference, "medicationReference", "Medication"},
    {"MedicationRequest", "patient", reference, "subject", "Patient"},
    {"MedicationRequest", "intent", token, "intent", ""},
    {"MedicationRequest", "status", token, "status", ""},
    {"MedicationRequest", "encounter", reference, "encounter", "Encounter"},
    {"MedicationRequest", "authoredon", date, "authoredOn", ""},
    {"MedicationRequest", "code", token, "medicationCodeableConcept", ""},
    {"MedicationRequest", "medication", reference, "medicationReference", "Medication"},
    {"MedicationStatement", "patient", reference, "subject", "Patient"},
    {"MedicationStatement", "status", token, "status", ""},
    {"Observation", "patient", reference, "subject", "Patient"},
    {"Observation", "category", token, "category", ""},
    {"Observation", "code", token, "code", ""},
    {"Observation", "date", date, "effectiveDateTime|effectivePeriod", ""},
    {"Observation", "status", token, "status", ""},
    {"Organization", "name", string, "name|alias", ""},
    {"Organization", "address", string, "address", ""},
    {"Practitioner", "name", string, "name", ""},
    {"Practitioner", "identifier", token, "identifier", ""},
    {"PractitionerRole", "specialty", token, "specialty", ""},
    {"PractitionerRole", "practitioner", reference, "practitioner", "Practitioner"},
    {"PractitionerRole", "endpoint", reference, "endpoint", "Endpoint"},
    {"Procedure", "patient", reference, "subject", "Patient"},
    {"Procedure", "date", date, "performedDateTime|performedPeriod", ""},
    {"Procedure", "status", token, "status", ""},
    {"Procedure", "code", token, "code", ""},
    {"Procedure", "performer", reference, "performer.actor", ""},
    {"Provenance", "target", reference, "target", ""},
    {"Provenance", "agent", reference, "agent.who", ""},
    {"Provenance", "recorded", date, "recorded", ""},
    {"QuestionnaireResponse", "patient", reference, "subject", "Patient"},
    {"QuestionnaireResponse", "status", token, "status", ""},
    {"QuestionnaireResponse", "authored", date, "authored", ""},
    {"RelatedPerson", "patient", reference, "patient", "Patient"},
    {"RelatedPerson", "name", string, "name", ""},
    {"ServiceRequest", "patient", reference, "subject", "Patient"},
    {"ServiceRequest", "category", token, "category", ""},
    {"ServiceRequest", "code", token, "code", ""},
    {"ServiceRequest", "authored", date, "authoredOn", ""},
    {"ServiceRequest", "status", token, "status", ""},
    {"Specimen", "patient", reference, "subject", "Patient"},
};

constexpr ServedType type_table[] = {
    {"AllergyIntolerance", "us-core-allergyintolerance"},
    {"Binary", "", false},
    {"CarePlan", "us-core-careplan", true, "patient+category"},
    {"CareTeam", "us-core-careteam", true, "patient+status"},
    {"Condition", "us-core-condition-problems-health-concerns us-core-condition-encounter-diagnosis", true,
     "patient+category"},
    {"Coverage", "us-core-coverage", true, "", "C4BB-Coverage"},
    {"Device", "us-core-implantable-device"},
    {"DiagnosticReport", "us-core-diagnosticreport-lab us-core-diagnosticreport-note", true,
     "patient+category patient+category+date patient+code"},
    {"DocumentReference", "us-core-documentreference", true, "patient+category patient+category+date patient+type"},
    {"Encounter", "us-core-encounter", true, "date+patient"},
    {"Endpoint", ""},
    {"ExplanationOfBenefit", "", true,
     "patient+_lastUpdated patient+type patient+identifier patient+service-date patient+service-start-date "
     "patient+billable-period-start",
     "C4BB-ExplanationOfBenefit-Inpatient-Institutional C4BB-ExplanationOfBenefit-Outpatient-Institutional "
     "C4BB-ExplanationOfBenefit-Oral C4BB-ExplanationOfBenefit-Pharmacy "
     "C4BB-ExplanationOfBenefit-Professional-NonClinician"},
    {"FamilyMemberHistory", ""},
    {"Goal", "us-core-goal"},
    {"Group", ""},
    {"Immunization", "us-core-immunization"},
    {"Location", "us-core-location"},
    {"Media", ""},
    {"Medication", "us-core-medication"},
    {"MedicationDispense", "us-core-medicationdispense"},
    {"MedicationRequest", "us-core-medicationrequest", true, "patient+intent patient+intent+status"},
    {"MedicationStatement", ""},
    {"Observation",
     "us-core-observation-lab us-core-observation-clinical-result us-core-vital-signs us-core-blood-pressure "
     "us-core-bmi "
     "us-core-body-height us-core-body-weight us-core-body-temperature us-core-heart-rate us-core-respiratory-rate "
     "us-core-pulse-oximetry us-core-head-circumference head-occipital-frontal-circumference-percentile "
     "pediatric-bmi-for-age pediatric-weight-for-height us-core-smokingstatus us-core-observation-occupation "
     "us-core-observation-pregnancystatus us-core-observation-pregnancyintent "
     "us-core-observation-screening-assessment us-core-simple-observation",
     true, "patient+category patient+category+date patient+code"},
    {"Organization", "us-core-organization", true, "", "C4BB-Organization"},
    {"Patient", "us-core-patient", true, "birthdate+name gender+name", "C4BB-Patient"},
    {"Practitioner", "us-core-practitioner", true, "", "C4BB-Practitioner"},
    {"PractitionerRole", "us-core-practitionerrole"},
    {"Procedure", "us-core-procedure", true, "patient+date"},
    {"Provenance", "us-core-provenance"},
    {"QuestionnaireResponse", "us-core-questionnaireresponse"},
    {"RelatedPerson", "us-core-relatedperson", true, "", "C4BB-RelatedPerson"},
    {"ServiceRequest", "us-core-servicerequest", true, "patient+category patient+category+authored patient+code"},
    {"Specimen", "us-core-specimen"},
};

}  // namespace

std::string_view word_of(ParameterKind kind) {
  constexpr std::array<std::string_view, 4> words{"token", "date", "reference", "string"};
  return words[static_cast<std::size_t>(kind)];
}

std::span<const ServedType> served_types() { return type_table; }
std::span<const Parameter> all_parameters() { return parameter_table; }

const ServedType* find_type(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(type_table), std::end(type_table), [&](const auto& one) { return one.name == name; });
  return found == std::end(type_table) ? nullptr : found;
}

const Parameter* find_parameter(std::string_view type, std::string_view name) {
  const auto* found = std::find_if(std::begin(parameter_table), std::end(parameter_table), [&](const auto& one) {
    return one.name == name && (one.type.empty() || one.type == type);
  });
  return found == std::end(parameter_table) ? nullptr : found;
}

}  // namespace bb::portal::fhir
