// fhir_writer.hpp - the parts of FHIR R4 that we write: data types as Values, and the
// resources of one Bundle. Profiles are those of US Core 6.1.0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/records/record.hpp>

namespace bb::records::fhir_out {

inline constexpr std::string_view terminology = "http://terminology.hl7.org/CodeSystem/";

// FHIR has no empty strings: members without content are left out.
void set_text(Value& object, std::string_view key, std::string_view text);
// A FHIR date or dateTime at the precision of the record; nothing for what is no date.
void set_date(Value& object, std::string_view key, std::string_view iso);
// `start` and `end`; nothing where there is neither.
void set_period(Value& object, std::string_view key, std::string_view start, std::string_view end);
// Appends to an array that is made when it is first needed.
void append(Value& object, std::string_view key, Value item);

Value list_of(Value one);
Value coding(std::string_view system, std::string_view code, std::string_view display = {});
Value concept_of(Value one_coding);
Value text_only(std::string_view text);
// A code in words; one that says nothing carries data-absent-reason.
Value codeable(const Code& code);
// A required element whose content the record does not have.
Value absent();
// The same of a primitive: sets "_key".
void set_absent(Value& object, std::string_view key);
Value display_only(std::string_view display);

Value identifier(const Identifier& id);
Value human_name(const PersonName& name);
// Of use "old".
Value former_human_name(const FormerName& former);
Value fhir_address(const Address& address);
Value contact_point(std::string_view uri);

// "40 mg" as a Quantity; null where it does not begin with a number.
Value quantity_of(std::string_view text);
// What is counted, without a number, as a Quantity: "CAPSULE", "code C25158 of NCI Thesaurus"; null where there is
// a number in the words.
Value unit_alone(std::string_view words);
// An observed value, with its unit: valueQuantity, valueRange, valueCodeableConcept,
// valueString or dataAbsentReason.
void set_value(Value& resource, const Observation& observation);

// Resources of one Bundle; references are the urn:uuid of the entries.
class Bundle {
 public:
  explicit Bundle(const Record& record);

  // Begins a resource with type, id and, where one is given, a profile: "us-core-patient".
  Value begin(std::string_view type, std::string_view us_core_profile = {});
  // Adds a finished resource; returns a Reference to it.
  Value add(Value resource);
  // Puts a finished one before all others.
  void add_first(Value resource);

  const std::string& identity() const { return identity_; }
  const Value& patient() const { return patient_; }
  void set_patient(Value reference) { patient_ = std::move(reference); }
  Value take_entries() { return std::move(entries_); }

 private:
  std::string identity_;
  int count_ = 0;
  Value patient_;
  Value entries_ = Value::array();
};

// Each adds one fact or absence and appends a Reference to it to `section`.
void add_patient(Bundle& bundle, const Record& record, const Patient& patient, bool is_subject);
void add_allergy(Bundle& bundle, const Allergy& allergy, Value& section);
void add_problem(Bundle& bundle, const Problem& problem, Value& section);
void add_medication(Bundle& bundle, const Medication& medication, Value& section);
void add_immunization(Bundle& bundle, const Immunization& immunization, Value& section);
void add_procedure(Bundle& bundle, const Procedure& procedure, Value& section);
void add_encounter(Bundle& bundle, const Encounter& encounter, Value& section);
void add_family_condition(Bundle& bundle, const FamilyCondition& condition, Value& section);
void add_device(Bundle& bundle, const Device& device, Value& section);
// What is said not to be so; nothing for what a section says by being empty.
void add_absence(Bundle& bundle, const Absence& absence, Value& section);

void add_panel(Bundle& bundle, const ResultPanel& panel, Value& section);
// Two neighbours that are a blood pressure become one resource.
void add_vital_signs(Bundle& bundle, const std::vector<Observation>& observations, Value& section);
void add_observations(Bundle& bundle, const std::vector<Observation>& observations, std::string_view category,
                      Value& section);

void add_plan(Bundle& bundle, const Record& record, Value& section);
void add_goal(Bundle& bundle, const Observation& goal, Value& section);
void add_care_team(Bundle& bundle, const Record& record, Value& section);
void add_coverage(Bundle& bundle, const Coverage& coverage, Value& section);
void add_claim(Bundle& bundle, const Record& record, const Claim& claim, Value& section);
void add_note(Bundle& bundle, const Note& note, Value& section);

// The Composition's `text`: XHTML of what the section says.
Value narrative_of(std::string_view section, const Record& record);
// A paragraph for each line.
Value narrative_of_lines(const std::vector<std::string>& lines);

}  // namespace bb::records::fhir_out
