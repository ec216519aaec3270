#include "ccda_entries.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "cda_types.hpp"
#include "timing.hpp"

namespace bb::records {
namespace {

bool has_template(XmlNode node, std::initializer_list<std::string_view> roots) {
  for (const auto id : node.children("templateId"))
    if (std::find(roots.begin(), roots.end(), id.attribute("root")) != roots.end()) return true;
  return false;
}

bool is_negated(XmlNode node) { return node.attribute("negationInd") == "true"; }

bool is_empty(const Code& code) { return code.code.empty() && code.display.empty(); }

// Codes and words by which documents say that there is nothing to list.
bool says_none_known(const Code& code) {
  constexpr std::array<std::string_view, 9> none{
      "716186003",  // no known allergy
      "160244002",  // no known allergies (retired)
      "409137002",  // no known drug allergy
      "429625007",  // no known food allergy
      "428607008",  // no known environmental allergy
      "428197003",  // no known insect allergy
      "160245001",  // no current problems or disability
      "182904002",  // drug treatment unknown
      "787481004",  // no known medications
  };
  if (std::find(none.begin(), none.end(), code.code) != none.end()) return true;
  const auto words = to_lower(code.display);
  return words.starts_with("no known ") || words == "nka" || words == "nkda" || words == "none" ||
         words == "no current problems or disability";
}

bool says_no_vaccine(const Code& vaccine, bool is_refused) {
  if (vaccine.code == "998") return true;                      // CVX: "no vaccine administered"
  if (is_refused && vaccine.code == "410942007") return true;  // not "drug or medicament", so none at all
  return says_none_known(vaccine);
}

// The statements of a kind in an entry: itself, or those a concern act or an
// organizer groups.
struct Statement {
  XmlNode node;
  XmlNode group;  // the act or organizer around it, if any
};
std::vector<Statement> statements(XmlNode entry, std::string_view kind) {
  std::vector<Statement> found;
  for (const auto statement : entry.children()) {
    if (statement.name() == kind) found.push_back({statement, XmlNode()});
    if (statement.name() != "act" && statement.name() != "organizer") continue;
    for (const auto* relation : {"entryRelationship", "component"})
      for (const auto part : statement.children(relation))
        for (const auto inner : part.children(kind)) found.push_back({inner, statement});
  }
  return found;
}

// The first related observation of a kind, by template or by code.
XmlNode related(XmlNode node, std::initializer_list<std::string_view> templates, std::string_view code) {
  for (const auto relation : node.children("entryRelationship"))
    for (const auto observation : relation.children("observation"))
      if (has_template(observation, templates) ||
          (!code.empty() && observation.child("code").attribute("code") == code))
        return observation;
  return {};
}

// "active", "inactive", "resolved", else the word of the document.
std::string read_status(const XmlDocument& document, XmlNode status_observation, XmlNode concern) {
  const auto said = read_code(document, status_observation.child("value"));
  if (said.code == "55561003") return "active";
  if (said.code == "73425007") return "inactive";
  if (said.code == "413322009") return "resolved";
  if (!said.display.empty()) return to_lower(said.display);
  // A concern is "completed" when it is no longer one, "suspended" or
  // "aborted" when it is set aside.
  const auto tracked = concern.child("statusCode").attribute("code");
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

// A substance or product: its code, and its name where the code has no words
// or where there is no code at all (VA documents then write "Coded allergy name
// not available" beside the real name).
Code read_named(const XmlDocument& document, XmlNode thing) {
  auto code = read_code(document, thing.child("code"));
  if (!code.code.empty() && !code.display.empty()) return code;
  const auto name = thing.child("name");
  if (auto words = is_null_flavored(name) ? std::string{} : read_words(document, name); !words.empty())
    code.display = std::move(words);
  return code;
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
  const auto status =
      related(statement.node, {"2.16.840.1.113883.10.20.22.4.28", "2.16.840.1.113883.10.20.1.39"}, "33999-4");
  allergy.status = read_status(document, status, statement.group);
  allergy.onset = read_interval(statement.node.child("effectiveTime")).low;
  allergy.line = statement.node.line();
  return allergy;
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

XmlNode drug_of(XmlNode administration) {
  return administration.child("consumable").child("manufacturedProduct").child("manufacturedMaterial");
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

std::string read_reference_range(const XmlDocument& document, XmlNode observation) {
  for (const auto range : observation.children("referenceRange")) {
    const auto inner = range.child("observationRange");
    if (auto words = read_words(document, inner.child("text")); !words.empty()) return words;
    if (auto text = read_quantity(document, inner.child("value")).text(); !text.empty()) return text;
  }
  return {};
}

std::string read_interpretation(const XmlDocument& document, XmlNode observation) {
  const auto code = read_code(document, observation.child("interpretationCode"));
  return code.code.empty() ? code.display : code.code;
}

// A measured value; nothing for one without a test.
std::optional<Observation> read_observation(const XmlDocument& document, const Statement& statement) {
  if (is_negated(statement.node)) return std::nullopt;
  Observation observation;
  observation.test = read_code(document, statement.node.child("code"));
  if (is_empty(observation.test)) return std::nullopt;
  auto value = read_quantity(document, statement.node.child("value"));
  observation.value = std::move(value.value);
  observation.unit = std::move(value.unit);
  observation.interpretation = read_interpretation(document, statement.node);
  observation.reference_range = read_reference_range(document, statement.node);
  observation.date = read_moment(statement.node.child("effectiveTime"));
  if (observation.date.empty()) observation.date = read_moment(statement.group.child("effectiveTime"));
  observation.status = to_lower(statement.node.child("statusCode").attribute("code"));
  observation.line = statement.node.line();
  return observation;
}

std::string read_location(const XmlDocument& document, XmlNode encounter) {
  for (const auto participant : encounter.children("participant")) {
    if (participant.attribute("typeCode") != "LOC") continue;
    const auto role = participant.child("participantRole");
    if (const auto name = role.child("playingEntity").child("name"); !is_null_flavored(name))
      if (auto text = name.text(); !text.empty()) return text;
    if (auto words = read_code(document, role.child("code")).display; !words.empty()) return words;
  }
  return {};
}

}  // namespace

void read_allergies(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "observation")) {
    if (is_negated(statement.node)) continue;
    auto allergy = read_allergy(document, statement);
    if (is_empty(allergy.substance) || says_none_known(allergy.substance) || says_none_known(allergy.type)) continue;
    record.allergies.push_back(std::move(allergy));
  }
}

void read_problems(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "observation")) {
    if (is_negated(statement.node) || is_about_a_problem(statement.node)) continue;
    Problem problem;
    problem.problem = read_code(document, statement.node.child("value"));
    // C32 7.03: the problem's name in words is the text of its observation.
    if (problem.problem.display.empty() && !problem.problem.code.empty())
      problem.problem.display = read_words(document, statement.node.child("text"));
    if (is_empty(problem.problem) || says_none_known(problem.problem)) continue;
    const auto status =
        related(statement.node, {"2.16.840.1.113883.10.20.22.4.6", "2.16.840.1.113883.10.20.1.50"}, "33999-4");
    problem.status = read_status(document, status, statement.group);
    const auto interval = read_interval(statement.node.child("effectiveTime"));
    problem.onset = interval.low;
    problem.resolved = interval.high;
    problem.line = statement.node.line();
    record.problems.push_back(std::move(problem));
  }
}

void read_medications(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& [administration, group] : statements(entry, "substanceAdministration")) {
    if (is_negated(administration)) continue;
    Medication medication;
    medication.drug = read_named(document, drug_of(administration));
    if (is_empty(medication.drug) || says_none_known(medication.drug)) continue;
    medication.dose = read_quantity(document, administration.child("doseQuantity")).text();
    const auto route = read_code(document, administration.child("routeCode"));
    medication.route = route.display.empty() ? route.code : route.display;
    medication.instructions = read_instructions(document, administration);
    read_timing(administration, medication);
    medication.status = to_lower(administration.child("statusCode").attribute("code"));
    medication.line = administration.line();
    record.medications.push_back(std::move(medication));
  }
}

void read_immunizations(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& [administration, group] : statements(entry, "substanceAdministration")) {
    Immunization immunization;
    immunization.vaccine = read_named(document, drug_of(administration));
    if (is_empty(immunization.vaccine) || says_no_vaccine(immunization.vaccine, is_negated(administration))) continue;
    for (const auto time : administration.children("effectiveTime"))
      if (immunization.date.empty()) immunization.date = read_moment(time);
    immunization.status =
        is_negated(administration) ? "refused" : to_lower(administration.child("statusCode").attribute("code"));
    if (const auto lot = drug_of(administration).child("lotNumberText"); !is_null_flavored(lot))
      immunization.lot = lot.text();
    immunization.line = administration.line();
    record.immunizations.push_back(std::move(immunization));
  }
}

void read_results(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto organizer : entry.children("organizer")) {
    ResultPanel panel;
    panel.panel = read_code(document, organizer.child("code"));
    panel.date = read_moment(organizer.child("effectiveTime"));
    panel.line = organizer.line();
    for (const auto component : organizer.children("component"))
      for (const auto node : component.children("observation"))
        if (auto observation = read_observation(document, {node, organizer}))
          panel.observations.push_back(std::move(*observation));
    if (!panel.observations.empty()) record.results.push_back(std::move(panel));
  }
  // CCD 1.0 and C32 also list results without a panel.
  for (const auto node : entry.children("observation"))
    if (auto observation = read_observation(document, {node, XmlNode()})) {
      ResultPanel panel;
      panel.date = observation->date;
      panel.line = observation->line;
      panel.observations.push_back(std::move(*observation));
      record.results.push_back(std::move(panel));
    }
}

void read_vital_signs(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "observation"))
    if (auto observation = read_observation(document, statement)) record.vital_signs.push_back(std::move(*observation));
}

void read_encounters(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& [node, group] : statements(entry, "encounter")) {
    if (is_negated(node)) continue;
    Encounter encounter;
    encounter.type = read_code(document, node.child("code"));
    const auto interval = read_interval(node.child("effectiveTime"));
    encounter.start = interval.low;
    encounter.end = interval.high;
    if (is_empty(encounter.type) && encounter.start.empty()) continue;
    encounter.id = read_identifier(node.child("id"));
    encounter.location = read_location(document, node);
    encounter.line = node.line();
    record.encounters.push_back(std::move(encounter));
  }
}

}  // namespace bb::records
