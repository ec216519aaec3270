// What the patient has, takes, got and went through, as FHIR resources.
#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "fhir_allergy_types.hpp"
#include "fhir_types.hpp"
#include "fhir_writer.hpp"
#include "tables.hpp"
#include "timing.hpp"

namespace bb::records::fhir_out {
namespace {

constexpr std::string_view in_error = "entered-in-error";

// The codes of US Core's value sets OMB Race Categories and OMB Ethnicity Categories;
// any other is a detail.
bool is_omb_category(const Code& code) {
  constexpr std::array<std::string_view, 7> categories{"1002-5", "2028-9", "2054-5", "2076-8",
                                                       "2106-3", "2135-2", "2186-5"};
  return std::find(categories.begin(), categories.end(), code.code) != categories.end();
}

// US Core's race and ethnicity extensions share their shape.
void add_us_core(Value& resource, std::string_view name, const std::vector<Code>& codes) {
  Value extension = Value::object();
  extension.set("url", Value("http://hl7.org/fhir/us/core/StructureDefinition/us-core-" + std::string(name)));
  std::vector<std::string> words;
  for (const auto& code : codes) {
    if (in_words(code).empty()) continue;
    words.push_back(in_words(code));
    if (code.code.empty()) continue;
    Value part = Value::object();
    part.set("url", is_omb_category(code) ? "ombCategory" : "detailed");
    part.set("valueCoding", coding(code_system_url(code.system), code.code, code.display));
    append(extension, "extension", std::move(part));
  }
  if (words.empty()) return;
  Value text = Value::object();
  text.set("url", "text");
  set_text(text, "valueString", join(words, ", "));
  append(extension, "extension", std::move(text));
  append(resource, "extension", std::move(extension));
}

// What US Core has as an extension of the patient, the record among the observations of the social history.
struct ObservedOfPatient {
  std::string_view loinc_code, extension;
  std::array<std::string_view, 2> values;
};
constexpr std::array<ObservedOfPatient, 2> observed_of_patient{{
    {"46098-0", "sex", {"248152003", "248153007"}},  // SNOMED CT: female, male
    {"76689-9", "birthsex", {"F", "M"}},
}};

void add_sex(Value& resource, const std::vector<Observation>& social_history) {
  for (const auto& kind : observed_of_patient)
    for (const auto& observation : social_history) {
      const auto& value = observation.value_code.code;
      const bool is_kind = observation.test.system == loinc && observation.test.code == kind.loinc_code;
      if (!is_kind || std::find(kind.values.begin(), kind.values.end(), value) == kind.values.end()) continue;
      Value extension = Value::object();
      extension.set("url",
                    Value("http://hl7.org/fhir/us/core/StructureDefinition/us-core-" + std::string(kind.extension)));
      extension.set("valueCode", Value(value));
      append(resource, "extension", std::move(extension));
      break;  // each stands once
    }
}

Value contact_of(const Contact& contact) {
  Value value = Value::object();
  if (!in_words(contact.relationship).empty()) append(value, "relationship", codeable(contact.relationship));
  if (!contact.name.empty()) value.set("name", text_only(contact.name));
  for (const auto& telecom : contact.telecoms) append(value, "telecom", contact_point(telecom));
  if (!contact.addresses.empty()) value.set("address", fhir_address(contact.addresses.front()));
  return value;
}

// Of "active (provisional)" what makes it less than sure; else empty.
std::string doubt_of(std::string_view status) {
  for (const std::string_view doubt : {"unconfirmed", "provisional", "differential"})
    if (status == doubt || status.ends_with(" (" + std::string(doubt) + ")")) return std::string(doubt);
  return {};
}

std::string without_doubt(const std::string& status) { return status.substr(0, status.find(" (")); }

// `onset[x]`: a date, else its words.
void set_moment(Value& object, const std::string& stem, std::string_view moment) {
  set_date(object, stem + "DateTime", moment);
  if (object.find(stem + "DateTime") == nullptr) set_text(object, stem + "String", moment);
}

Value clinical_status(std::string_view system, std::string_view status) {
  if (status == "active" || status == "inactive" || status == "resolved")
    return concept_of(coding(std::string(terminology) + std::string(system), status));
  return absent();
}

void add_body_site(Value& resource, const Code& site, const Code& laterality) {
  if (in_words(site).empty() && in_words(laterality).empty()) return;
  Value body_site = codeable(site);
  if (!in_words(laterality).empty()) {
    Value side = Value::object();
    side.set("url", Value(std::string(laterality_extension_url)));
    side.set("valueCodeableConcept", codeable(laterality));
    append(body_site, "extension", std::move(side));
  }
  append(resource, "bodySite", std::move(body_site));
}

// FHIR knows three severities; others stay in words as a note.
std::string reaction_severity(const Code& severity) {
  if (severity.code == "24484000" || severity.code == "399166001") return "severe";
  if (severity.code == "6736007" || severity.code == "371924009") return "moderate";
  if (severity.code == "255604002" || severity.code == "371923003") return "mild";
  const auto words = to_lower(severity.display);
  return words == "mild" || words == "moderate" || words == "severe" ? words : std::string{};
}

Value verification(std::string_view kind, std::string_view code) {
  return concept_of(coding(std::string(terminology) + std::string(kind), code));
}

// The words of the record for FHIR's.
std::string status_of(std::string_view status, std::string_view other) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> words{{{"active", "active"},
                                                                                {"completed", "completed"},
                                                                                {"aborted", "stopped"},
                                                                                {"cancelled", "cancelled"},
                                                                                {"suspended", "on-hold"},
                                                                                {"held", "on-hold"},
                                                                                {"draft", "draft"},
                                                                                {"declined", "stopped"},
                                                                                {in_error, in_error}}};
  for (const auto& [ours, fhir] : words)
    if (status == ours) return std::string(fhir);
  return std::string(other);
}

// Of an event, in the words of event-status: "not-done" is what was "terminated prior
// to any activity beyond preparation".
std::string event_status_of(std::string_view status) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> words{
      {{"active", "in-progress"}, {"cancelled", "not-done"}, {"draft", "preparation"}}};
  for (const auto& [ours, fhir] : words)
    if (status == ours) return std::string(fhir);
  return status_of(status, "unknown");
}

Value note(std::string_view text) { return list_of(text_only(text)); }

// Times that Timing has numbers or codes for; else its words.
Value timing_of(std::string_view frequency) {
  Value timing = Value::object();
  Value repeat = Value::object();
  if (const auto period = period_of(frequency)) {
    const auto number = [](const std::string& text) { return quantity_of(text)["value"]; };
    repeat.set("frequency", Value(1));
    repeat.set("period", number(period->low));
    if (!period->high.empty()) repeat.set("periodMax", number(period->high));
    repeat.set("periodUnit", Value(period->unit));
  } else if (const auto event = timing_event_of(frequency); !event.empty() && !event.starts_with("IC")) {
    repeat.set("when", Value::strings({event}));
  } else {
    timing.set("code", text_only(frequency));
    return timing;
  }
  timing.set("repeat", std::move(repeat));
  return timing;
}

// "4 tablet per 24 h"
Value ratio_of(std::string_view text) {
  const auto per = text.find(" per ");
  if (per == std::string_view::npos) return {};
  Value numerator = quantity_of(text.substr(0, per)), denominator = quantity_of(text.substr(per + 5));
  if (numerator.is_null() || denominator.is_null()) return {};
  Value ratio = Value::object();
  ratio.set("numerator", std::move(numerator));
  ratio.set("denominator", std::move(denominator));
  return ratio;
}

Value dosage_of(const Medication& medication) {
  Value dosage = Value::object();
  std::vector<std::string> rest;  // what has no numbers
  if (!medication.instructions.empty()) rest.push_back(medication.instructions);
  Value amount = Value::object();
  const auto place = [&](Value& object, std::string_view key, Value value, const std::string& words) {
    if (!value.is_null())
      object.set(key, std::move(value));
    else if (!words.empty())
      rest.push_back(words);
  };
  auto dose = quantity_of(medication.dose);
  if (dose.is_null()) dose = unit_alone(medication.dose);
  place(amount, "doseQuantity", std::move(dose), medication.dose);
  place(amount, "rateQuantity", quantity_of(medication.rate), medication.rate.empty() ? "" : "at " + medication.rate);
  if (!medication.frequency.empty()) dosage.set("timing", timing_of(medication.frequency));
  if (!medication.route.empty()) dosage.set("route", text_only(medication.route));
  if (amount.size() > 0) dosage.set("doseAndRate", list_of(std::move(amount)));
  place(dosage, "maxDosePerPeriod", ratio_of(medication.max_dose),
        medication.max_dose.empty() ? "" : "at most " + medication.max_dose);
  if (!rest.empty()) set_text(dosage, "text", join(rest, "; "));
  if (!medication.start.empty() || !medication.stop.empty()) {
    if (dosage.find("timing") == nullptr) dosage.set("timing", Value::object());
    auto& timing = *dosage.find("timing");
    if (timing.find("repeat") == nullptr) timing.set("repeat", Value::object());
    set_period(*timing.find("repeat"), "boundsPeriod", medication.start, medication.stop);
    if (timing["repeat"].size() == 0) timing.erase("repeat");
    if (timing.size() == 0) dosage.erase("timing");
  }
  return dosage;
}

// What is planned is not completed, whatever its statement is.
std::string request_status_of(const Medication& medication) {
  auto status = status_of(medication.status, "unknown");
  return is_planned(medication.mood) && status == "completed" ? "unknown" : status;
}

std::string intent_of(std::string_view mood) {
  if (mood == "PRP") return "proposal";
  return mood == "INT" || mood == "PRMS" || mood == "ARQ" ? "plan" : "order";
}

// FHIR's status of what is planned has no words for the record's; the reason has.
void set_planned_status(Value& resource, const std::string& mood, const std::string& status) {
  if (is_planned(mood)) resource.set("statusReason", text_only(status_for_people(mood, status)));
}

void set_source(Value& resource, std::string_view key, const std::string& source, const Value& patient) {
  if (source == self_entered) resource.set(key, patient);
}

// Of "root^extension", "root" or "extension".
Identifier identifier_in(const std::string& id) {
  if (const auto caret = id.find('^'); caret != std::string::npos) return {id.substr(0, caret), id.substr(caret + 1)};
  const bool is_uuid = id.size() == 36 && id.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
  return is_oid(id) || is_uuid ? Identifier{id, {}} : Identifier{{}, id};
}

// What FHIR asks of a date that the record does not have.
void set_moment_or_absent(Value& resource, const std::string& stem, std::string_view moment) {
  set_moment(resource, stem, moment);
  if (moment.empty()) set_absent(resource, stem + "DateTime");
}

}  // namespace

void add_patient(Bundle& bundle, const Record& record, const Patient& patient, bool is_subject) {
  Value resource = bundle.begin("Patient", "us-core-patient");
  auto races = patient.further_races;
  races.insert(races.begin(), patient.race);
  add_us_core(resource, "race", races);
  add_us_core(resource, "ethnicity", {patient.ethnicity});
  if (is_subject) add_sex(resource, record.social_history);
  for (const auto& id : patient.ids) append(resource, "identifier", identifier(id));
  // US Core asks for an identifier: that of the resource serves.
  if (patient.ids.empty()) append(resource, "identifier", identifier({resource["id"].string_or(""), {}}));
  append(resource, "name", patient.name.full().empty() ? absent() : human_name(patient.name));
  for (const auto& former : patient.former_names) append(resource, "name", former_human_name(former));
  for (const auto& telecom : patient.telecoms) append(resource, "telecom", contact_point(telecom));
  if (patient.gender.empty())
    set_absent(resource, "gender");
  else
    set_text(resource, "gender", patient.gender);
  set_text(resource, "birthDate", fhir_date_time(patient.birth_date).substr(0, 10));
  if (patient.deceased != "no" && !patient.death_date.empty() && !fhir_date_time(patient.death_date).empty())
    set_date(resource, "deceasedDateTime", patient.death_date);
  else if (!patient.deceased.empty())
    resource.set("deceasedBoolean", Value(patient.deceased == "yes"));
  for (const auto& address : patient.addresses) append(resource, "address", fhir_address(address));
  if (!in_words(patient.marital_status).empty()) resource.set("maritalStatus", codeable(patient.marital_status));
  if (is_subject)
    for (const auto& contact : record.contacts)
      if (auto value = contact_of(contact); value.size() > 0) append(resource, "contact", std::move(value));
  if (!patient.language.empty()) {
    Value spoken = Value::object();
    spoken.set("language", concept_of(coding("urn:ietf:bcp:47", patient.language)));
    append(resource, "communication", std::move(spoken));
  }
  auto reference = bundle.add(std::move(resource));
  if (is_subject) bundle.set_patient(std::move(reference));
}

void add_allergy(Bundle& bundle, const Allergy& allergy, Value& section) {
  Value resource = bundle.begin("AllergyIntolerance", "us-core-allergyintolerance");
  // ait-2: "AllergyIntolerance.clinicalStatus SHALL NOT be present if verification Status is entered-in-error."
  const bool is_in_error = allergy.status == in_error;
  const bool is_doubted = doubt_of(allergy.status) == "unconfirmed";  // the only doubt that FHIR has of an allergy
  const auto status = is_doubted ? without_doubt(allergy.status) : allergy.status;
  if (!is_in_error) resource.set("clinicalStatus", clinical_status("allergyintolerance-clinical", status));
  resource.set("verificationStatus", verification("allergyintolerance-verification", is_in_error  ? in_error
                                                                                     : is_doubted ? "unconfirmed"
                                                                                                  : "confirmed"));
  if (const auto* kind = allergy_kind_of(allergy.type)) {
    set_text(resource, "type", kind->type);
    if (!kind->category.empty()) append(resource, "category", Value(kind->category));
  }
  resource.set("code", codeable(allergy.substance));
  resource.set("patient", bundle.patient());
  set_moment(resource, "onset", allergy.onset);
  set_source(resource, "asserter", allergy.source, bundle.patient());
  const bool is_critical = std::any_of(criticalities.begin(), criticalities.end(),
                                       [&](const Criticality& one) { return one.words == allergy.criticality; });
  if (is_critical)
    set_text(resource, "criticality", allergy.criticality);
  else if (!allergy.criticality.empty())
    append(resource, "note", text_only("Criticality: " + allergy.criticality));
  const auto severity = reaction_severity(allergy.severity);
  if (severity.empty() && !in_words(allergy.severity).empty())
    append(resource, "note", text_only("Severity: " + in_words(allergy.severity)));
  if (!allergy.reactions.empty() || !severity.empty()) {
    Value reaction = Value::object();
    for (const auto& one : allergy.reactions) append(reaction, "manifestation", codeable(one));
    if (allergy.reactions.empty()) append(reaction, "manifestation", absent());
    set_text(reaction, "severity", severity);
    resource.set("reaction", list_of(std::move(reaction)));
  }
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_problem(Bundle& bundle, const Problem& problem, Value& section) {
  Value resource = bundle.begin("Condition", "us-core-condition-problems-health-concerns");
  // con-5: "Condition.clinicalStatus SHALL NOT be present if verification Status is entered-in-error"
  const bool is_in_error = problem.status == in_error;
  const auto doubt = doubt_of(problem.status);
  const auto status = doubt.empty() ? problem.status : without_doubt(problem.status);
  if (!is_in_error) resource.set("clinicalStatus", clinical_status("condition-clinical", status));
  resource.set("verificationStatus", verification("condition-ver-status", is_in_error     ? in_error
                                                                          : doubt.empty() ? "confirmed"
                                                                                          : doubt));
  resource.set("category",
               list_of(concept_of(coding(std::string(terminology) + "condition-category", "problem-list-item"))));
  resource.set("code", codeable(problem.problem));
  add_body_site(resource, problem.body_site, problem.laterality);
  resource.set("subject", bundle.patient());
  set_moment(resource, "onset", problem.onset);
  // con-4: "If condition is abated, then clinicalStatus must be either
  // inactive, resolved, or remission".
  if (status == "inactive" || status == "resolved" || status == "remission")
    set_moment(resource, "abatement", problem.resolved);
  else if (!problem.resolved.empty())
    resource.set("note", note(std::string(resolved_note) + problem.resolved));
  set_source(resource, "asserter", problem.source, bundle.patient());
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_medication(Bundle& bundle, const Medication& medication, Value& section) {
  Value resource = bundle.begin("MedicationRequest", "us-core-medicationrequest");
  resource.set("status", Value(request_status_of(medication)));
  set_planned_status(resource, medication.mood, medication.status);
  const auto intent = intent_of(medication.mood);
  resource.set("intent", Value(intent));
  resource.set("medicationCodeableConcept", codeable(medication.drug));
  resource.set("subject", bundle.patient());
  // us-core-21: requester SHALL be present if intent is "order"; who asked for it no record says.
  if (intent == "order") resource.set("requester", absent());
  set_source(resource, "reportedReference", medication.source, bundle.patient());
  if (auto dosage = dosage_of(medication); dosage.size() > 0)
    resource.set("dosageInstruction", list_of(std::move(dosage)));
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_immunization(Bundle& bundle, const Immunization& immunization, Value& section) {
  Value resource = bundle.begin("Immunization", "us-core-immunization");
  const bool is_broken_off = is_broken_off_status(immunization.status);
  const bool is_done = immunization.status != "refused" && !is_broken_off && !is_planned(immunization.mood);
  resource.set("status", Value(immunization.status == in_error ? in_error : is_done ? "completed" : "not-done"));
  set_planned_status(resource, immunization.mood, immunization.status);
  if (is_broken_off && !is_planned(immunization.mood)) resource.set("statusReason", text_only(immunization.status));
  resource.set("vaccineCode", codeable(immunization.vaccine));
  resource.set("patient", bundle.patient());
  set_moment_or_absent(resource, "occurrence", immunization.date);
  if (immunization.source == self_entered) {
    resource.set("primarySource", Value(false));
    resource.set("reportOrigin", concept_of(coding(std::string(terminology) + "immunization-origin", "recall")));
  } else {
    set_absent(resource, "primarySource");
  }
  set_text(resource, "lotNumber", immunization.lot);
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_procedure(Bundle& bundle, const Procedure& procedure, Value& section) {
  Value resource = bundle.begin("Procedure", "us-core-procedure");
  resource.set("status", Value(is_planned(procedure.mood) ? "preparation" : event_status_of(procedure.status)));
  set_planned_status(resource, procedure.mood, procedure.status);
  resource.set("code", codeable(procedure.procedure));
  resource.set("subject", bundle.patient());
  if (procedure.end.empty())
    set_moment_or_absent(resource, "performed", procedure.start);
  else
    set_period(resource, "performedPeriod", procedure.start, procedure.end);
  if (!procedure.performer.empty()) {
    Value performer = Value::object();
    performer.set("actor", display_only(procedure.performer));
    append(resource, "performer", std::move(performer));
  }
  add_body_site(resource, procedure.body_site, procedure.laterality);
  set_source(resource, "asserter", procedure.source, bundle.patient());
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_encounter(Bundle& bundle, const Encounter& encounter, Value& section) {
  Value resource = bundle.begin("Encounter", "us-core-encounter");
  if (!encounter.id.empty()) append(resource, "identifier", identifier(identifier_in(encounter.id)));
  resource.set("status", is_planned(encounter.mood) ? "planned" : encounter.end.empty() ? "unknown" : "finished");
  resource.set("class", absent());
  append(resource, "type", codeable(encounter.type));
  resource.set("subject", bundle.patient());
  set_period(resource, "period", encounter.start, encounter.end);
  if (!encounter.location.empty()) {
    Value location = Value::object();
    location.set("location", display_only(encounter.location));
    append(resource, "location", std::move(location));
  }
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_family_condition(Bundle& bundle, const FamilyCondition& condition, Value& section) {
  Value resource = bundle.begin("FamilyMemberHistory");
  resource.set("status", Value(condition.status == in_error ? in_error : "completed"));
  resource.set("patient", bundle.patient());
  resource.set("relationship", codeable(condition.relative));
  Value one = Value::object();
  one.set("code", codeable(condition.condition));
  set_text(one, "onsetString", condition.onset);
  append(resource, "condition", std::move(one));
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_device(Bundle& bundle, const Device& device, Value& section) {
  Value resource = bundle.begin("Device", "us-core-implantable-device");
  if (device.status == "active" || device.status == "inactive" || device.status == in_error)
    set_text(resource, "status", device.status);
  set_date(resource, "manufactureDate", device.date);
  set_text(resource, "serialNumber", device.id);
  resource.set("type", codeable(device.device));
  resource.set("patient", bundle.patient());
  append(section, "entry", bundle.add(std::move(resource)));
}

namespace {

// HL7's codes of negation, for a section that has entries too.
Code none_known_of(std::string_view section) {
  const std::string snomed(snomed_ct);
  if (section == "allergies") return {"716186003", snomed, {}, "No known allergy"};
  if (section == "problems") return {"160245001", snomed, {}, "No current problems or disability"};
  if (section == "medications") return {"787481004", snomed, {}, "No known medications"};
  if (section == "immunizations") return {"998", std::string(cvx), {}, "no vaccine administered"};
  return {};
}

Value absence_of_procedure(Bundle& bundle, const Code& what) {
  auto resource = bundle.begin("Procedure", "us-core-procedure");
  resource.set("status", "not-done");
  resource.set("code", codeable(what));
  resource.set("subject", bundle.patient());
  return resource;
}

Value absence_of_immunization(Bundle& bundle, const Code& what) {
  auto resource = bundle.begin("Immunization", "us-core-immunization");
  resource.set("status", "not-done");
  resource.set("vaccineCode", codeable(what));
  resource.set("patient", bundle.patient());
  set_absent(resource, "occurrenceDateTime");
  set_absent(resource, "primarySource");
  return resource;
}

Value absence_of_encounter(Bundle& bundle, const Code& what) {
  auto resource = bundle.begin("Encounter", "us-core-encounter");
  resource.set("status", "cancelled");
  resource.set("class", absent());
  append(resource, "type", codeable(what));
  resource.set("subject", bundle.patient());
  return resource;
}

}  // namespace

void add_absence(Bundle& bundle, const Absence& absence, Value& section) {
  const bool is_none = absence.kind == "none_known";
  // An empty section says so itself (emptyReason).
  const bool is_said_by_section =
      is_none && absence.section != "allergies" && section.find("entry") == nullptr && is_empty(absence.what);
  if (absence.kind == "unknown" || is_said_by_section) return;
  const auto none = none_known_of(absence.section);
  const auto what = is_none && !is_empty(none) && !says_none_known(absence.what) ? none : absence.what;
  Value resource;
  if (absence.section == "allergies") {
    resource = bundle.begin("AllergyIntolerance", "us-core-allergyintolerance");
    resource.set("clinicalStatus", clinical_status("allergyintolerance-clinical", "active"));
    resource.set("verificationStatus",
                 verification("allergyintolerance-verification", is_none ? "confirmed" : "refuted"));
    // HL7: "No known allergies" is an AllergyIntolerance with a code of negation.
    resource.set("code", codeable(what));
    resource.set("patient", bundle.patient());
  } else if (absence.section == "problems") {
    resource = bundle.begin("Condition", "us-core-condition-problems-health-concerns");
    // con-3 asks a problem of the list for its clinical status.
    if (is_none) resource.set("clinicalStatus", clinical_status("condition-clinical", "active"));
    resource.set("verificationStatus", verification("condition-ver-status", is_none ? "confirmed" : "refuted"));
    resource.set("category",
                 list_of(concept_of(coding(std::string(terminology) + "condition-category", "problem-list-item"))));
    resource.set("code", codeable(what));
    resource.set("subject", bundle.patient());
  } else if (absence.section == "medications") {
    resource = bundle.begin("MedicationStatement");
    resource.set("status", is_none ? "unknown" : "not-taken");
    resource.set("medicationCodeableConcept", codeable(what));
    resource.set("subject", bundle.patient());
  } else if (absence.section == "procedures") {
    const Code any{"71388002", std::string(snomed_ct), {}, "Procedure"};
    resource = absence_of_procedure(bundle, is_none ? any : what);
  } else if (absence.section == "immunizations") {
    resource = absence_of_immunization(bundle, what);
  } else if (absence.section == "encounters" && !is_none) {
    resource = absence_of_encounter(bundle, what);
  } else {
    return;
  }
  append(section, "entry", bundle.add(std::move(resource)));
}

}  // namespace bb::records::fhir_out
