// fhir_entries.hpp - resources of FHIR R4 as facts of a record. Each statement
// becomes facts or an absence, never both.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include <bb/records/record.hpp>

#include "fhir_references.hpp"

namespace bb::records {

// A resource, what stands around it, and where its facts go.
struct FhirEntry {
  FhirNode node;
  const FhirReferences& references;
  Record& record;
  std::unordered_set<const fhir::Element*>& told;  // the observations that stand in a panel already

  std::string name_of(FhirNode reference) const { return references.name_of(reference, node); }
  // "self-entered" where the patient is who says it; else empty.
  std::string source_of(std::initializer_list<std::string_view> references_to_people) const;
  // Whether `what` is a fact; else it goes to the absences. `coded` is the element
  // that would name it.
  bool is_fact(std::string_view section, FhirNode coded, const Code& what, bool is_negated) const;
};

void read_fhir_allergy(const FhirEntry& entry);
void read_fhir_condition(const FhirEntry& entry);
void read_fhir_medication(const FhirEntry& entry);  // Request, Statement, Dispense, Administration, Medication alone
void read_fhir_immunization(const FhirEntry& entry);
void read_fhir_procedure(const FhirEntry& entry);
void read_fhir_encounter(const FhirEntry& entry);
void read_fhir_document_reference(const FhirEntry& entry);
void read_fhir_care_plan(const FhirEntry& entry);
void read_fhir_service_request(const FhirEntry& entry);
void read_fhir_care_team(const FhirEntry& entry);
void read_fhir_goal(const FhirEntry& entry);
void read_fhir_coverage(const FhirEntry& entry);
void read_fhir_explanation_of_benefit(const FhirEntry& entry);
void read_fhir_family_history(const FhirEntry& entry);
void read_fhir_device(const FhirEntry& entry);

// One that no report or panel holds.
void read_fhir_observation(const FhirEntry& entry);
// A DiagnosticReport, or an Observation with members: its results are one panel.
void read_fhir_panel(const FhirEntry& entry);
// The observations that it holds and that are read with it.
std::vector<FhirNode> fhir_panel_members(const FhirNode& node, const FhirReferences& references);

// What of FHIR's status the record calls otherwise: "stopped" is "aborted".
std::string read_fhir_status(FhirNode status);

}  // namespace bb::records
