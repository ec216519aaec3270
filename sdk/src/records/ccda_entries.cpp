#include "ccda_entries.hpp"

#include <initializer_list>

#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "cda_types.hpp"
#include "code_systems.hpp"
#include "fhir_allergy_types.hpp"
#include "timing.hpp"

namespace bb::records {
namespace {

bool says_no_vaccine(const Code& vaccine, bool is_refused) {
  if (vaccine.code == "998") return true;  // CVX: "no vaccine administered"
  // Not "drug or medicament", not "vaccine": none at all.
  if (is_refused && (vaccine.code == "410942007" || vaccine.code == "71181003")) return true;
  return says_none_known(vaccine);
}

// "active", "inactive", "resolved", else the word of the document.
std::string read_status(const XmlDocument& document, XmlNode status_observation, XmlNode concern_status) {
  const auto said = read_code(document, status_observation.child("value"));
  if (said.code == "55561003") return "active";
  if (said.code == "73425007") return "inactive";
  if (said.code == "413322009") return "resolved";
  if (!said.display.empty()) return to_lower(said.display);
  // A concern is "completed" when it is no longer one, "suspended" or
  // "aborted" when it is set aside.
  const auto tracked = concern_status.attribute("code");
  if (tracked == "active") return "active";
  if (tracked == "completed") return "resolved";
  if (tracked == "suspended" || tracked == "aborted") return "inactive";
  return {};
}

bool is_reaction(XmlNode relation, XmlNode observation) {
  if (has_template(observation, {"2.16.840.1.113883.10.20.22.4.9", "2.16.840.1.113883.10.20.1.54"})) return true;
  return relation.attribute("typeCode") == "MFST" && observation.children("templateId").empty();
}

XmlNode severity_of(XmlNode node) {
  return related(node, {"2.16.840.1.113883.10.20.22.4.8", "2.16.840.1.113883.10.20.1.55"}, "SEV");
}

// HL7's ObservationValue in the words of FHIR, by HL7's C-CDA on FHIR.
std::string read_criticality(const XmlDocument& document, XmlNode allergy) {
  const auto said =
      read_code(document, related(allergy, {"2.16.840.1.113883.10.20.22.4.145"}, criticality_loinc).child("value"));
  for (const auto& [code, words, display] : criticalities)
    if (said.code == code) return std::string(words);
  return in_words(said);
}

Code read_substance(const XmlDocument& document, XmlNode observation) {
  for (const auto participant : observation.children("participant")) {
    const auto substance = read_named(document, participant.child("participantRole").child("playingEntity"));
    if (!is_empty(substance)) return substance;
  }
  return {};
}

Allergy read_allergy(const XmlDocument& document, const Statement& statement) {
  Allergy allergy;
  allergy.substance = read_substance(document, statement.node);
  allergy.type = read_code(document, statement.node.child("value"));
  XmlNode severity = severity_of(statement.node);
  for (const auto relation : statement.node.children("entryRelationship"))
    for (const auto observation : relation.children("observation")) {
      if (!is_reaction(relation, observation) || is_negated(observation)) continue;
      const auto reaction = read_code(document, observation.child("value"));
      if (!is_empty(reaction)) allergy.reactions.push_back(reaction);
      if (!severity) severity = severity_of(observation);
    }
  allergy.severity = read_code(document, severity.child("value"));
  allergy.criticality = read_criticality(document, statement.node);
  const auto status =
      related(statement.node, {"2.16.840.1.113883.10.20.22.4.28", "2.16.840.1.113883.10.20.1.39"}, "33999-4");
  allergy.status = read_status(document, status, statement.group_status);
  allergy.onset = read_interval(statement.node.child("effectiveTime")).low;
  allergy.line = statement.node.line();
  allergy.source = read_source(statement.node);
  return allergy;
}

// "Allergy to drug", negated and without a substance, is having none; "no known
// allergy" is, whatever substance stands beside it.
Absence allergy_absence(const XmlDocument& document, const Statement& statement, const Allergy& allergy) {
  const auto observation = statement.node;
  const bool is_of_a_kind = is_empty(allergy.substance) || says_none_known(allergy.type);
  auto absence = read_absence(document, "allergies", statement, observation.child("value"),
                              is_of_a_kind ? allergy.type : allergy.substance);
  if (is_of_a_kind && is_negated(statement)) absence.kind = "none_known";
  // An allergy to a substance that is not told.
  if (is_of_a_kind && !is_negated(statement) && absence.null_flavor.empty()) {
    const auto role = observation.child("participant").child("participantRole");
    absence.null_flavor = role.child("playingEntity").child("code").attribute("nullFlavor");
  }
  return absence;
}

// Observations that stand beside a problem in its concern and are none.
bool is_about_a_problem(XmlNode observation) {
  return has_template(observation, {
                                       "2.16.840.1.113883.10.20.22.4.5",    // health status
                                       "2.16.840.1.113883.10.20.22.4.6",    // problem status
                                       "2.16.840.1.113883.10.20.22.4.8",    // severity
                                       "2.16.840.1.113883.10.20.22.4.31",   // age
                                       "2.16.840.1.113883.10.20.22.4.113",  // prognosis
                                       "2.16.840.1.113883.10.20.22.4.143",  // priority
                                       "2.16.840.1.113883.10.20.1.38",      // age
                                       "2.16.840.1.113883.10.20.1.41",      // episode
                                       "2.16.840.1.113883.10.20.1.50",      // problem status
                                       "2.16.840.1.113883.10.20.1.51",      // health status
                                   });
}

// The target site, else what qualifies the problem itself.
void read_body_site(const XmlDocument& document, XmlNode observation, Problem& problem) {
  const auto target = observation.child("targetSiteCode"), value = observation.child("value");
  problem.body_site = read_code(document, target);
  if (is_empty(problem.body_site)) problem.body_site = read_qualifier(document, value, snomed_finding_site);
  problem.laterality = read_qualifier(document, target, snomed_laterality);
  if (is_empty(problem.laterality)) problem.laterality = read_qualifier(document, value, snomed_laterality);
}

XmlNode drug_of(XmlNode administration) {
  return administration.child("consumable").child("manufacturedProduct").child("manufacturedMaterial");
}

// By code or name, else by the text of a statement that says what no code says.
Code read_drug(const XmlDocument& document, XmlNode administration) {
  const auto drug = read_named(document, drug_of(administration));
  return is_empty(drug) ? read_stated(document, drug_of(administration).child("code"), administration) : drug;
}

// The words of the free text sig, else of an instruction.
std::string read_instructions(const XmlDocument& document, XmlNode administration) {
  std::string instructions;
  for (const auto relation : administration.children("entryRelationship")) {
    for (const auto sig : relation.children("substanceAdministration"))
      if (has_template(sig, {"2.16.840.1.113883.10.20.22.4.147"}))
        if (auto words = read_words(document, sig.child("text")); !words.empty()) return words;
    for (const auto act : relation.children("act"))
      if (instructions.empty() &&
          has_template(act, {"2.16.840.1.113883.10.20.22.4.20", "2.16.840.1.113883.10.20.1.49"}))
        instructions = read_words(document, act.child("text"));
  }
  return instructions;
}

// "2 Puff": what a dose without a unit counts is told by the administration
// unit; beside a unit it stands in brackets, as does a code without words.
std::string read_dose(const XmlDocument& document, XmlNode administration) {
  const auto dose = read_quantity(document, administration.child("doseQuantity"));
  const auto counted = read_code(document, administration.child("administrationUnitCode"));
  if (is_empty(counted)) return dose.text();
  if (!dose.unit.empty() && to_lower(counted.display) == to_lower(dose.unit)) return dose.text();
  if (dose.value.empty()) return in_words(counted);
  if (dose.unit.empty() && !counted.display.empty()) return dose.value + " " + counted.display;
  return dose.text() + " (" + in_words(counted) + ")";
}

// "4 tablet per 24 h"; of the amount alone where no time is told.
std::string read_max_dose(const XmlDocument& document, XmlNode quantity) {
  const auto amount = read_quantity(document, quantity.child("numerator")).text();
  const auto time = read_quantity(document, quantity.child("denominator")).text();
  return amount.empty() || time.empty() ? amount : amount + " per " + time;
}

void read_timing(XmlNode administration, Medication& medication) {
  for (const auto time : administration.children("effectiveTime")) {
    if (time.child("period") || time.child("event")) {
      if (medication.frequency.empty()) medication.frequency = read_frequency(time);
    } else if (medication.start.empty() && medication.stop.empty()) {
      const auto interval = read_interval(time);
      medication.start = interval.low;
      medication.stop = interval.high;
    }
  }
}

}  // namespace

void read_allergies(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "observation")) {
    auto allergy = read_allergy(document, statement);
    const bool is_fact = !is_negated(statement) && !is_empty(allergy.substance) &&
                         !says_none_known(allergy.substance) && !says_none_known(allergy.type);
    if (is_fact)
      record.allergies.push_back(std::move(allergy));
    else
      record.absences.push_back(allergy_absence(document, statement, allergy));
  }
}

void read_problems(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "observation")) {
    if (is_about_a_problem(statement.node)) continue;
    const auto value = statement.node.child("value");
    Problem problem;
    problem.problem = read_stated(document, value, statement.node);
    // C32 7.03: the problem's name in words is the text of its observation.
    if (problem.problem.display.empty() && !problem.problem.code.empty())
      problem.problem.display = read_words(document, statement.node.child("text"));
    if (is_negated(statement) || is_empty(problem.problem) || says_none_known(problem.problem)) {
      record.absences.push_back(read_absence(document, "problems", statement, value, problem.problem));
      continue;
    }
    const auto status =
        related(statement.node, {"2.16.840.1.113883.10.20.22.4.6", "2.16.840.1.113883.10.20.1.50"}, "33999-4");
    problem.status = read_status(document, status, statement.group_status);
    const auto interval = read_interval(statement.node.child("effectiveTime"));
    problem.onset = interval.low;
    problem.resolved = interval.high;
    read_body_site(document, statement.node, problem);
    problem.line = statement.node.line();
    problem.source = read_source(statement.node);
    record.problems.push_back(std::move(problem));
  }
}

void read_medications(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "substanceAdministration")) {
    const auto administration = statement.node;
    Medication medication;
    medication.drug = read_drug(document, administration);
    if (is_negated(statement) || is_empty(medication.drug) || says_none_known(medication.drug)) {
      record.absences.push_back(
          read_absence(document, "medications", statement, drug_of(administration).child("code"), medication.drug));
      continue;
    }
    medication.dose = read_dose(document, administration);
    medication.rate = read_quantity(document, administration.child("rateQuantity")).text();
    medication.max_dose = read_max_dose(document, administration.child("maxDoseQuantity"));
    const auto route = read_code(document, administration.child("routeCode"));
    medication.route = route.display.empty() ? route.code : route.display;
    medication.instructions = read_instructions(document, administration);
    read_timing(administration, medication);
    medication.mood = read_mood(administration);
    medication.status = to_lower(administration.child("statusCode").attribute("code"));
    medication.line = administration.line();
    medication.source = read_source(administration);
    record.medications.push_back(std::move(medication));
  }
}

void read_immunizations(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "substanceAdministration")) {
    const auto administration = statement.node;
    Immunization immunization;
    immunization.vaccine = read_drug(document, administration);
    if (is_empty(immunization.vaccine) || says_no_vaccine(immunization.vaccine, is_negated(statement))) {
      auto absence = read_absence(document, "immunizations", statement, drug_of(administration).child("code"),
                                  immunization.vaccine);
      if (!is_empty(immunization.vaccine)) absence.kind = "none_known";
      record.absences.push_back(std::move(absence));
      continue;
    }
    for (const auto time : administration.children("effectiveTime"))
      if (immunization.date.empty()) immunization.date = read_moment(time);
    immunization.mood = read_mood(administration);
    immunization.status =
        is_negated(statement) ? "refused" : to_lower(administration.child("statusCode").attribute("code"));
    if (const auto lot = drug_of(administration).child("lotNumberText"); !is_null_flavored(lot))
      immunization.lot = lot.text();
    immunization.line = administration.line();
    immunization.source = read_source(administration);
    record.immunizations.push_back(std::move(immunization));
  }
}

}  // namespace bb::records
