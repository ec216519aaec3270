// What the patient has, takes, got and went through.
#include "fhir_entries.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "fhir_allergy_types.hpp"
#include "fhir_types.hpp"
#include "text_values.hpp"

namespace bb::records {
namespace {

constexpr std::string_view in_error = "entered-in-error";

bool is_in_error(FhirNode verification) { return has_code(verification, in_error); }

// SNOMED CT for the three severities of FHIR.
Code severity_of(FhirNode severity) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> codes{
      {{"mild", "255604002"}, {"moderate", "6736007"}, {"severe", "24484000"}}};
  for (const auto& [word, code] : codes)
    if (severity.is(word))
      return {std::string(code), std::string(snomed_ct), code_system_name(snomed_ct), std::string(word)};
  return {};
}

// clinicalStatus, unless the whole statement was entered in error.
std::string read_clinical_status(FhirNode resource) {
  if (is_in_error(resource["verificationStatus"])) return std::string(in_error);
  for (const auto coding : resource["clinicalStatus"].all("coding"))
    if (auto code = coding["code"].text(); !code.empty()) return code;
  return to_lower(resource["clinicalStatus"]["text"].text());
}

// With what makes the allergy or problem less than sure: "active (provisional)".
std::string read_doubted_status(FhirNode resource) {
  auto status = read_clinical_status(resource);
  for (const std::string_view doubt : {"unconfirmed", "provisional", "differential"})
    if (has_code(resource["verificationStatus"], doubt))
      return status.empty() ? std::string(doubt) : status + " (" + std::string(doubt) + ")";
  return status;
}

// `abatement[x]`: of a period the begin, else the end.
std::string read_resolved(FhirNode abatement) {
  const auto period = read_fhir_interval(abatement);
  return period.low.empty() && !period.high.empty() ? period.high : read_fhir_moment(abatement);
}

// Beside a clinical status that forbids `abatement[x]` (con-4) a note of ours.
std::string read_resolved_note(FhirNode condition) {
  for (const auto note : condition.all("note"))
    if (const auto text = note["text"].text(); text.starts_with(resolved_note))
      return iso_date(std::string_view(text).substr(resolved_note.size()));
  return {};
}

// "planned (INT), completed": what is planned, and its status, in the reason of FHIR's.
void read_planned_status(FhirNode node, std::string& mood, std::string& status) {
  const auto reason = node["statusReason"]["text"].text();
  if (!reason.starts_with("planned (")) return;
  status.clear();
  split_status(reason, mood, status);
}

// `medication[x]`.
Code read_fhir_drug(const FhirEntry& entry, FhirNode medication) {
  if (!medication.name().ends_with("Reference")) return read_concept(medication);
  const auto& drug = entry.references.code_of(medication, entry.node);
  return is_empty(drug) ? Code{{}, {}, {}, medication["display"].text()} : drug;
}

// "4 tablet per 24 h"
std::string read_fhir_max_dose(FhirNode dosage) {
  const auto amount = read_fhir_quantity(dosage["maxDosePerPeriod"]["numerator"]).text();
  const auto time = read_fhir_quantity(dosage["maxDosePerPeriod"]["denominator"]).text();
  return amount.empty() || time.empty() ? amount : amount + " per " + time;
}

// "as needed", "as needed for pain"
std::string read_as_needed(FhirNode dosage) {
  const auto as_needed = dosage.choice("asNeeded");
  if (as_needed.is("true")) return "as needed";
  const auto reason = as_needed.name().ends_with("CodeableConcept") ? in_words(read_concept(as_needed)) : std::string();
  return reason.empty() ? reason : "as needed for " + reason;
}

std::string read_fhir_frequency(FhirNode dosage) {
  std::vector<std::string> parts{read_fhir_timing(dosage["timing"]), read_as_needed(dosage)};
  std::erase(parts, "");
  return join(parts, ", ");
}

std::string read_fhir_instructions(FhirNode dosage) {
  std::vector<std::string> parts{dosage["patientInstruction"].text()};
  if (parts[0].empty()) parts[0] = dosage["text"].text();
  for (const auto further : dosage.all("additionalInstruction")) parts.push_back(in_words(read_concept(further)));
  std::erase(parts, "");
  return join(parts, "; ");
}

Medication read_dosage(FhirNode dosage) {
  Medication medication;
  const auto amount = dosage["doseAndRate"];
  // MedicationAdministration has them without doseAndRate.
  const auto dose = amount.choice("dose");
  medication.dose = dose ? read_fhir_value(dose).text() : read_fhir_quantity(dosage["dose"]).text();
  if (medication.dose.empty()) medication.dose = read_unit_alone(dose ? dose : dosage["dose"]);
  const auto rate = amount.choice("rate");
  medication.rate = read_fhir_value(rate ? rate : dosage.choice("rate")).text();
  medication.max_dose = read_fhir_max_dose(dosage);
  medication.route = in_words(read_concept(dosage["route"]));
  medication.frequency = read_fhir_frequency(dosage);
  medication.instructions = read_fhir_instructions(dosage);
  const auto bounds = dosage["timing"]["repeat"]["boundsPeriod"];
  medication.start = read_fhir_date(bounds["start"]);
  medication.stop = read_fhir_date(bounds["end"]);
  return medication;
}

// What several dosages say of one thing: once where they agree, else one after the
// other, so that the first dose stands with the first time, and so on.
std::string join_dosages(const std::vector<Medication>& dosages, std::string Medication::*member) {
  std::vector<std::string> words;
  bool is_same = true;
  for (const auto& dosage : dosages) {
    words.push_back((dosage.*member).empty() ? "not said" : dosage.*member);
    is_same = is_same && words.back() == words.front();
  }
  return is_same ? dosages[0].*member : join(words, "; ");
}

// Of one dose after another each has its time.
void add_bounds(Medication& dosage) {
  if (!dosage.start.empty()) dosage.frequency += (dosage.frequency.empty() ? "from " : ", from ") + dosage.start;
  if (!dosage.stop.empty()) dosage.frequency += (dosage.frequency.empty() ? "to " : " to ") + dosage.stop;
}

void read_dosages(const std::vector<FhirNode>& nodes, Medication& medication) {
  if (nodes.empty()) return;
  std::vector<Medication> dosages;
  for (const auto node : nodes) dosages.push_back(read_dosage(node));
  for (const auto& dosage : dosages) {
    if (medication.start.empty() || (!dosage.start.empty() && dosage.start < medication.start))
      medication.start = dosage.start;
    medication.stop = std::max(medication.stop, dosage.stop);
  }
  const bool has_one_time = std::all_of(dosages.begin(), dosages.end(), [&](const Medication& dosage) {
    return dosage.start == dosages[0].start && dosage.stop == dosages[0].stop;
  });
  if (!has_one_time)
    for (auto& dosage : dosages) add_bounds(dosage);
  for (const auto member : {&Medication::dose, &Medication::rate, &Medication::max_dose, &Medication::route,
                            &Medication::frequency, &Medication::instructions})
    medication.*member = join_dosages(dosages, member);
}

// What is intended is no event yet.
std::string read_medication_mood(FhirNode node) {
  if (node["status"].is("intended") || node["intent"].is("plan")) return "INT";
  return node["intent"].is("proposal") ? "PRP" : "";
}

// Where the statement has dates of its own.
void read_medication_dates(FhirNode node, Medication& medication) {
  auto when = read_fhir_interval(node.choice("effective"));
  if (when.low.empty()) when.low = read_fhir_date(node["whenHandedOver"]);
  if (when.low.empty()) when.low = read_fhir_date(node["whenPrepared"]);
  if (when.low.empty() && medication.start.empty()) when.low = read_fhir_date(node["authoredOn"]);
  if (!when.low.empty()) medication.start = when.low;
  if (!when.high.empty()) medication.stop = when.high;
}

bool says_no_vaccine(const Code& vaccine) { return vaccine.code == "998" || says_none_known(vaccine); }

}  // namespace

std::string FhirEntry::source_of(std::initializer_list<std::string_view> references_to_people) const {
  for (const auto name : references_to_people)
    for (const auto reference : node.all(name))
      if (references.is_patient(reference, node)) return std::string(self_entered);
  return {};
}

bool FhirEntry::is_fact(std::string_view section, FhirNode coded, const Code& what, bool is_negated) const {
  if (!is_negated && !is_empty(what) && !says_none_known(what)) return true;
  Absence absence;
  absence.section = section;
  if (is_negated)
    absence.kind = is_empty(what) || is_anything(what) ? "none_known" : "negated";
  else
    absence.kind = says_none_known(what) && what.code != drug_treatment_unknown ? "none_known" : "unknown";
  absence.what = what;
  absence.null_flavor = read_absent_reason(coded);
  absence.line = node.line();
  record.absences.push_back(std::move(absence));
  return false;
}

std::string read_fhir_status(FhirNode status) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> words{{{"stopped", "aborted"},
                                                                                 {"on-hold", "suspended"},
                                                                                 {"in-progress", "active"},
                                                                                 {"final", "completed"},
                                                                                 {"amended", "completed"},
                                                                                 {"corrected", "completed"},
                                                                                 {"appended", "completed"},
                                                                                 {"registered", "active"},
                                                                                 {"preliminary", "active"},
                                                                                 {"partial", "active"},
                                                                                 {"revoked", "cancelled"},
                                                                                 {"unknown", ""}}};
  for (const auto& [fhir, ours] : words)
    if (status.is(fhir)) return std::string(ours);
  return status.text();
}

void read_fhir_allergy(const FhirEntry& entry) {
  const auto node = entry.node;
  Allergy allergy;
  allergy.substance = read_concept(node["code"]);
  if (is_empty(allergy.substance)) allergy.substance = read_concept(node["reaction"]["substance"]);
  if (!entry.is_fact("allergies", node["code"], allergy.substance, has_code(node["verificationStatus"], "refuted")))
    return;
  allergy.type = allergy_type_of(node["type"].text(), node["category"].text());
  for (const auto reaction : node.all("reaction")) {
    for (const auto manifestation : reaction.all("manifestation"))
      if (auto code = read_concept(manifestation); !is_empty(code)) allergy.reactions.push_back(std::move(code));
    if (is_empty(allergy.severity)) allergy.severity = severity_of(reaction["severity"]);
  }
  allergy.criticality = node["criticality"].text();
  allergy.status = read_doubted_status(node);
  allergy.onset = read_fhir_moment(node.choice("onset"));
  allergy.line = node.line();
  allergy.source = entry.source_of({"asserter"});
  entry.record.allergies.push_back(std::move(allergy));
}

void read_fhir_condition(const FhirEntry& entry) {
  const auto node = entry.node;
  Problem problem;
  problem.problem = read_concept(node["code"]);
  if (!entry.is_fact("problems", node["code"], problem.problem, has_code(node["verificationStatus"], "refuted")))
    return;
  problem.status = read_doubted_status(node);
  problem.onset = read_fhir_moment(node.choice("onset"));
  problem.resolved = read_resolved(node.choice("abatement"));
  if (problem.resolved.empty()) problem.resolved = read_resolved_note(node);
  problem.body_site = read_concept(node["bodySite"]);
  problem.laterality = read_laterality(node["bodySite"]);
  problem.line = node.line();
  problem.source = entry.source_of({"asserter"});
  entry.record.problems.push_back(std::move(problem));
}

void read_fhir_medication(const FhirEntry& entry) {
  const auto node = entry.node;
  const auto named = node.resource_type() == "Medication" ? node["code"] : node.choice("medication");
  const auto status = node["status"];
  const bool is_negated = status.is("not-taken") || status.is("not-done") || node["doNotPerform"].is("true");
  Medication medication;
  medication.drug = read_fhir_drug(entry, named);
  if (!entry.is_fact("medications", named, medication.drug, is_negated)) return;
  for (const std::string_view name : {"dosageInstruction", "dosage"}) read_dosages(node.all(name), medication);
  read_medication_dates(node, medication);
  medication.mood = read_medication_mood(node);
  medication.status = status.is("intended") ? std::string() : read_fhir_status(status);
  read_planned_status(node, medication.mood, medication.status);
  medication.line = node.line();
  medication.source = entry.source_of({"informationSource", "reportedReference"});
  entry.record.medications.push_back(std::move(medication));
}

void read_fhir_immunization(const FhirEntry& entry) {
  const auto node = entry.node;
  Immunization immunization;
  immunization.vaccine = read_concept(node["vaccineCode"]);
  if (says_no_vaccine(immunization.vaccine)) {
    entry.record.absences.push_back({"immunizations", "none_known", immunization.vaccine, {}, node.line()});
    return;
  }
  if (!entry.is_fact("immunizations", node["vaccineCode"], immunization.vaccine, false)) return;
  immunization.date = read_fhir_moment(node.choice("occurrence"));
  immunization.status = node["status"].is("not-done") ? "refused" : read_fhir_status(node["status"]);
  if (auto reason = node["statusReason"]["text"].text(); node["status"].is("not-done") && is_broken_off_status(reason))
    immunization.status = std::move(reason);
  read_planned_status(node, immunization.mood, immunization.status);
  immunization.lot = node["lotNumber"].text();
  // HL7's immunization-origin: "Parent/Guardian/Patient Recall".
  if (has_code(node["reportOrigin"], "recall")) immunization.source = self_entered;
  immunization.line = node.line();
  entry.record.immunizations.push_back(std::move(immunization));
}

void read_fhir_procedure(const FhirEntry& entry) {
  const auto node = entry.node;
  Procedure procedure;
  procedure.procedure = read_concept(node["code"]);
  if (!entry.is_fact("procedures", node["code"], procedure.procedure, node["status"].is("not-done"))) return;
  const auto when = read_fhir_interval(node.choice("performed"));
  procedure.start = when.high.empty() ? read_fhir_moment(node.choice("performed")) : when.low;
  procedure.end = when.high;
  procedure.mood = node["status"].is("preparation") ? "INT" : "";
  procedure.status = procedure.mood.empty() ? read_fhir_status(node["status"]) : std::string();
  read_planned_status(node, procedure.mood, procedure.status);
  procedure.body_site = read_concept(node["bodySite"]);
  procedure.laterality = read_laterality(node["bodySite"]);
  procedure.performer = entry.name_of(node["performer"]["actor"]);
  procedure.line = node.line();
  procedure.source = entry.source_of({"asserter"});
  entry.record.procedures.push_back(std::move(procedure));
}

void read_fhir_encounter(const FhirEntry& entry) {
  const auto node = entry.node;
  Encounter encounter;
  encounter.type = read_concept(node["type"]);
  if (is_empty(encounter.type)) encounter.type = read_coding(node["class"]);
  const auto status = node["status"];
  encounter.start = read_fhir_date(node["period"]["start"]);
  encounter.end = read_fhir_date(node["period"]["end"]);
  const bool is_negated = status.is("cancelled") || status.is(in_error);
  if ((is_negated || encounter.start.empty()) && !entry.is_fact("encounters", node["type"], encounter.type, is_negated))
    return;
  encounter.id = in_one(read_fhir_identifier(node["identifier"]));
  if (encounter.id.empty()) encounter.id = node["id"].text();
  encounter.mood = status.is("planned") ? "INT" : "";
  encounter.location = entry.name_of(node["location"]["location"]);
  if (encounter.location.empty()) encounter.location = entry.name_of(node["serviceProvider"]);
  encounter.line = node.line();
  entry.record.encounters.push_back(std::move(encounter));
}

void read_fhir_family_history(const FhirEntry& entry) {
  const auto node = entry.node;
  const auto relative = read_concept(node["relationship"]);
  const auto status = read_fhir_status(node["status"]);
  const auto source = entry.source_of({"informant"});
  for (const auto condition : node.all("condition")) {
    FamilyCondition fact;
    fact.relative = relative;
    fact.condition = read_concept(condition["code"]);
    if (!entry.is_fact("family_history", condition["code"], fact.condition, false)) continue;
    const auto onset = condition.choice("onset");
    fact.onset = onset.name().ends_with("Age") ? collapse_whitespace(onset["value"].text() + " " + onset["unit"].text())
                                               : read_fhir_value(onset).text();
    fact.status = status;
    fact.line = condition.line();
    fact.source = source;
    entry.record.family_history.push_back(std::move(fact));
  }
  if (!node["condition"])
    entry.record.absences.push_back(
        {"family_history", "unknown", relative, read_absent_reason(node["relationship"]), node.line()});
}

void read_fhir_device(const FhirEntry& entry) {
  const auto node = entry.node;
  if (!node["patient"]) return;  // what wrote the file, or a device in a store
  Device device;
  device.device = read_concept(node["type"]);
  if (device.device.display.empty()) device.device.display = node["deviceName"]["name"].text();
  if (!entry.is_fact("devices", node["type"], device.device, false)) return;
  device.id = node["udiCarrier"]["carrierHRF"].text();
  if (device.id.empty()) device.id = node["udiCarrier"]["deviceIdentifier"].text();
  if (device.id.empty()) device.id = node["serialNumber"].text();
  device.date = read_fhir_date(node["manufactureDate"]);
  device.status = read_fhir_status(node["status"]);
  device.line = node.line();
  entry.record.devices.push_back(std::move(device));
}

}  // namespace bb::records
