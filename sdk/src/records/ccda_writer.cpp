// ccda_writer.cpp - a Continuity of Care Document, C-CDA R2.1. Identifiers of
// acts derive from the document's, so that the same record gives the same bytes.
#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>

#include "cda_elements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "fhir_allergy_types.hpp"
#include "tables.hpp"
#include "timing.hpp"
#include "uuid.hpp"

namespace bb::records {
namespace {

constexpr std::string_view release_2_1 = "2015-08-01";
constexpr std::string_view release_2_0 = "2014-06-09";
constexpr std::string_view act_class = "2.16.840.1.113883.5.6";
constexpr std::string_view act_code = "2.16.840.1.113883.5.4";

// The one column beside the names that entries refer to.
constexpr std::string_view sig_column = "Instructions";

// The parts of a document that share its identity and its output.
struct Draft {
  const Record& record;
  std::string identity;
  XmlWriter xml;
};

void write_act_id(Draft& draft, std::string_view kind, std::size_t index) {
  draft.xml.empty("id", {{"root", uuid_of(fmt::format("{}/{}/{}", draft.identity, kind, index))}});
}

void write_status(Draft& draft, std::string_view code) { draft.xml.empty("statusCode", {{"code", code}}); }

void write_fixed_code(Draft& draft, std::string_view code, std::string_view system, std::string_view name,
                      std::string_view display) {
  draft.xml.empty("code", {{"code", code}, {"codeSystem", system}, {"codeSystemName", name}, {"displayName", display}});
}

// The identifier of a row's name in the narrative.
std::string narrative_id(std::string_view prefix, std::size_t index) { return fmt::format("{}{}", prefix, index + 1); }

void write_narrative_table(Draft& draft, const Table& table, std::string_view prefix, std::size_t first_index) {
  auto& xml = draft.xml;
  const XmlScope scope(xml, "table", {{"border", "1"}});
  xml.text("caption", table.title);
  {
    const XmlScope head(xml, "thead");
    const XmlScope row(xml, "tr");
    for (const auto& column : table.columns) xml.text("th", column);
  }
  const XmlScope body(xml, "tbody");
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const XmlScope row(xml, "tr");
    const auto id = narrative_id(prefix, first_index + r);
    xml.text("td", table.rows[r][0], {{"ID", id}});
    for (std::size_t c = 1; c < table.rows[r].size(); ++c)
      xml.text("td", table.rows[r][c], {{"ID", table.columns[c] == sig_column ? id + "-sig" : ""}});
  }
}

struct SectionHead {
  std::string_view template_root, template_extension, loinc_code, loinc_name, title;
  std::string_view prefix;  // of the narrative identifiers
};

// A section with its narrative; without rows it says so (nullFlavor NI).
void write_section(Draft& draft, const SectionHead& head, const std::vector<Table>& tables,
                   const std::function<void()>& write_entries) {
  auto& xml = draft.xml;
  bool is_empty = true;
  for (const auto& table : tables) is_empty = is_empty && table.rows.empty();
  const XmlScope component(xml, "component");
  const XmlScope section(xml, "section", {{"nullFlavor", is_empty ? "NI" : ""}});
  write_template(xml, head.template_root);
  if (!head.template_extension.empty()) write_template(xml, head.template_root, head.template_extension);
  write_fixed_code(draft, head.loinc_code, loinc, "LOINC", head.loinc_name);
  xml.text("title", head.title);
  if (is_empty) return xml.text("text", "No information.");
  {
    const XmlScope text(xml, "text");
    std::size_t index = 0;
    for (const auto& table : tables) {
      if (!table.rows.empty()) write_narrative_table(draft, table, head.prefix, index);
      index += table.rows.size();
    }
  }
  write_entries();
}

// A concern is tracked (active), set aside (suspended) or no longer one
// (completed).
std::string concern_status(std::string_view status) {
  if (status == "resolved") return "completed";
  if (status == "inactive") return "suspended";
  return "active";
}

void write_concern_head(Draft& draft, std::string_view kind, std::size_t index, std::string_view status,
                        std::string_view onset, std::string_view resolved) {
  write_act_id(draft, kind, index);
  write_fixed_code(draft, "CONC", act_class, "ActClass", "Concern");
  write_status(draft, concern_status(status));
  write_interval(draft.xml, onset, resolved, status == "resolved" ? HighEnd::always : HighEnd::left_out_when_empty);
}

// The status as it was, beside the concern's own.
void write_status_observation(Draft& draft, std::string_view template_root, std::string_view extension,
                              std::string_view status) {
  if (status.empty()) return;
  auto& xml = draft.xml;
  Code value{"", std::string(snomed_ct), "SNOMED CT", std::string(status)};
  if (status == "active") value = {"55561003", std::string(snomed_ct), "SNOMED CT", "Active"};
  if (status == "inactive") value = {"73425007", std::string(snomed_ct), "SNOMED CT", "Inactive"};
  if (status == "resolved") value = {"413322009", std::string(snomed_ct), "SNOMED CT", "Resolved"};
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "REFR"}});
  const XmlScope observation(xml, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
  write_template(xml, template_root);
  if (!extension.empty()) write_template(xml, template_root, extension);
  write_fixed_code(draft, "33999-4", loinc, "LOINC", "Status");
  write_status(draft, "completed");
  write_code(xml, "value", value, value.code.empty() ? "CD" : extension.empty() ? "CE" : "CD");
}

void write_severity(Draft& draft, const Code& severity) {
  if (in_words(severity).empty()) return;
  auto& xml = draft.xml;
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "SUBJ"}, {"inversionInd", "true"}});
  const XmlScope observation(xml, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.8");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.8", release_2_0);
  write_fixed_code(draft, "SEV", act_code, "ActCode", "Severity");
  write_status(draft, "completed");
  write_code(xml, "value", severity, "CD");
}

void write_criticality(Draft& draft, const std::string& criticality) {
  if (criticality.empty()) return;
  constexpr std::string_view observation_value = "2.16.840.1.113883.5.1063";
  auto& xml = draft.xml;
  Code value{{}, {}, {}, criticality};
  for (const auto& [code, words, display] : criticalities)
    if (criticality == words)
      value = {std::string(code), std::string(observation_value), "ObservationValue", std::string(display)};
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "SUBJ"}, {"inversionInd", "true"}});
  const XmlScope observation(xml, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.145");
  write_fixed_code(draft, criticality_loinc, loinc, "LOINC", "Criticality");
  write_status(draft, "completed");
  write_code(xml, "value", value, "CD");
}

void write_reaction(Draft& draft, const Code& reaction, std::size_t allergy, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "MFST"}, {"inversionInd", "true"}});
  const XmlScope observation(xml, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.9");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.9", release_2_0);
  write_act_id(draft, fmt::format("reaction/{}", allergy), index);
  write_fixed_code(draft, "ASSERTION", act_code, "ActCode", "Assertion");
  write_status(draft, "completed");
  write_code(xml, "value", reaction, "CD");
}

void write_allergy(Draft& draft, const Allergy& allergy, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope act(xml, "act", {{"classCode", "ACT"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.30");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.30", release_2_1);
  write_concern_head(draft, "allergy-concern", index, allergy.status, allergy.onset, {});
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "SUBJ"}});
  const XmlScope observation(xml, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.7");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.7", release_2_0);
  write_act_id(draft, "allergy", index);
  write_fixed_code(draft, "ASSERTION", act_code, "ActCode", "Assertion");
  write_status(draft, "completed");
  write_interval(xml, allergy.onset, {}, HighEnd::left_out_when_empty);
  write_code(xml, "value", allergy.type, "CD");
  {
    const XmlScope participant(xml, "participant", {{"typeCode", "CSM"}});
    const XmlScope role(xml, "participantRole", {{"classCode", "MANU"}});
    const XmlScope entity(xml, "playingEntity", {{"classCode", "MMAT"}});
    write_code(xml, "code", allergy.substance, {}, narrative_id("allergy", index));
  }
  write_status_observation(draft, "2.16.840.1.113883.10.20.22.4.28", {}, allergy.status);
  for (std::size_t i = 0; i < allergy.reactions.size(); ++i) write_reaction(draft, allergy.reactions[i], index, i);
  write_severity(draft, allergy.severity);
  write_criticality(draft, allergy.criticality);
}

void write_problem(Draft& draft, const Problem& problem, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope act(xml, "act", {{"classCode", "ACT"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.3");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.3", release_2_1);
  write_concern_head(draft, "problem-concern", index, problem.status, problem.onset, problem.resolved);
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "SUBJ"}});
  const XmlScope observation(xml, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.4");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.4", release_2_1);
  write_act_id(draft, "problem", index);
  {
    const XmlScope code(
        xml, "code",
        {{"code", "55607006"}, {"codeSystem", snomed_ct}, {"codeSystemName", "SNOMED CT"}, {"displayName", "Problem"}});
    xml.empty("translation",
              {{"code", "75326-9"}, {"codeSystem", loinc}, {"codeSystemName", "LOINC"}, {"displayName", "Problem"}});
  }
  write_status(draft, "completed");
  write_interval(xml, problem.onset, problem.resolved, HighEnd::left_out_when_empty);
  write_code(xml, "value", problem.problem, "CD", narrative_id("problem", index));
  if (!site_in_words(problem.body_site, problem.laterality).empty())
    write_code(xml, "targetSiteCode", problem.body_site, {}, {}, problem.laterality);
  write_status_observation(draft, "2.16.840.1.113883.10.20.22.4.6", release_2_1, problem.status);
}

// A frequency that is no period and no known event has no coded form; it goes
// in front of the instructions.
std::string written_instructions(const Medication& medication) {
  if (medication.frequency.empty() || period_of(medication.frequency) || !timing_event_of(medication.frequency).empty())
    return medication.instructions;
  return medication.frequency + (medication.instructions.empty() ? "" : "; ") + medication.instructions;
}

Table medication_narrative(const Record& record) {
  auto table = medication_table(record);
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (table.columns[c] == sig_column)
      for (std::size_t r = 0; r < table.rows.size(); ++r)
        table.rows[r][c] = written_instructions(record.medications[r]);
  return table;
}

void write_frequency(Draft& draft, const Medication& medication) {
  auto& xml = draft.xml;
  if (const auto event = timing_event_of(medication.frequency); !event.empty()) {
    const XmlScope time(xml, "effectiveTime", {{"xsi:type", "EIVL_TS"}, {"operator", "A"}});
    return xml.empty("event", {{"code", event}});
  }
  const auto period = period_of(medication.frequency);
  if (!period) return;
  const XmlScope time(xml, "effectiveTime", {{"xsi:type", "PIVL_TS"}, {"operator", "A"}});
  if (period->high.empty()) return xml.empty("period", {{"value", period->low}, {"unit", period->unit}});
  const XmlScope range(xml, "period", {{"xsi:type", "IVL_PQ"}});
  xml.empty("low", {{"value", period->low}, {"unit", period->unit}});
  xml.empty("high", {{"value", period->high}, {"unit", period->unit}});
}

void write_material(Draft& draft, const Code& product, std::string_view template_root, std::string_view extension,
                    const std::string& id, std::string_view lot = {}) {
  auto& xml = draft.xml;
  const XmlScope consumable(xml, "consumable");
  const XmlScope manufactured(xml, "manufacturedProduct", {{"classCode", "MANU"}});
  write_template(xml, template_root);
  write_template(xml, template_root, extension);
  const XmlScope material(xml, "manufacturedMaterial");
  write_code(xml, "code", product, {}, id);
  if (!lot.empty()) xml.text("lotNumberText", lot);
}

void write_instructions(Draft& draft, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "COMP"}});
  const XmlScope sig(xml, "substanceAdministration", {{"classCode", "SBADM"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.147");
  write_fixed_code(draft, "76662-6", loinc, "LOINC", "Instructions Medication");
  {
    const XmlScope text(xml, "text");
    xml.empty("reference", {{"value", "#" + narrative_id("medication", index) + "-sig"}});
  }
  const XmlScope consumable(xml, "consumable");
  const XmlScope manufactured(xml, "manufacturedProduct", {{"classCode", "MANU"}});
  const XmlScope material(xml, "manufacturedLabeledDrug", {{"nullFlavor", "NA"}});
}

void write_route(Draft& draft, const std::string& route) {
  if (!route.empty()) write_code(draft.xml, "routeCode", Code{"", "", "", route});
}

void write_max_dose(Draft& draft, std::string_view max_dose) {
  if (max_dose.empty()) return;
  constexpr std::string_view per = " per ";
  const auto at = max_dose.find(per);
  const XmlScope ratio(draft.xml, "maxDoseQuantity");
  write_amount(draft.xml, "numerator", max_dose.substr(0, at));
  if (at == std::string_view::npos) return draft.xml.empty("denominator", {{"nullFlavor", "UNK"}});
  write_amount(draft.xml, "denominator", max_dose.substr(at + per.size()));
}

// What a source without moods (CCR) tells has happened; a planned thing of a
// mood that CDA lacks is intended.
std::string_view mood_code(const std::string& mood) {
  constexpr std::array<std::string_view, 6> known{"INT", "APT", "ARQ", "PRMS", "PRP", "RQO"};
  if (!is_planned(mood)) return "EVN";
  const auto* found = std::find(known.begin(), known.end(), mood);
  return found == known.end() ? "INT" : *found;
}

void write_medication(Draft& draft, const Medication& medication, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope administration(xml, "substanceAdministration",
                                {{"classCode", "SBADM"}, {"moodCode", mood_code(medication.mood)}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.16");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.16", release_2_0);
  write_act_id(draft, "medication", index);
  xml.empty("statusCode", {{"code", medication.status}, {"nullFlavor", medication.status.empty() ? "UNK" : ""}});
  write_interval(xml, medication.start, medication.stop, HighEnd::left_out_when_empty, "IVL_TS");
  write_frequency(draft, medication);
  write_route(draft, medication.route);
  if (medication.dose.empty()) xml.empty("doseQuantity", {{"nullFlavor", "UNK"}});
  write_amount(xml, "doseQuantity", medication.dose);
  write_amount(xml, "rateQuantity", medication.rate);
  write_max_dose(draft, medication.max_dose);
  write_material(draft, medication.drug, "2.16.840.1.113883.10.20.22.4.23", release_2_0,
                 narrative_id("medication", index));
  if (!written_instructions(medication).empty()) write_instructions(draft, index);
}

void write_immunization(Draft& draft, const Immunization& immunization, std::size_t index) {
  auto& xml = draft.xml;
  const bool is_refused = immunization.status == "refused";
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope administration(xml, "substanceAdministration",
                                {{"classCode", "SBADM"},
                                 {"moodCode", mood_code(immunization.mood)},
                                 {"negationInd", is_refused ? "true" : "false"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.52");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.52", release_2_1);
  write_act_id(draft, "immunization", index);
  const std::string status = is_refused ? "completed" : immunization.status;
  xml.empty("statusCode", {{"code", status}, {"nullFlavor", status.empty() ? "UNK" : ""}});
  write_time(xml, "effectiveTime", immunization.date);
  write_material(draft, immunization.vaccine, "2.16.840.1.113883.10.20.22.4.54", release_2_0,
                 narrative_id("immunization", index), immunization.lot);
}

void write_interpretation(Draft& draft, const std::string& interpretation) {
  if (interpretation.empty()) return;
  constexpr std::size_t code_bytes_max = 4;
  if (interpretation.size() <= code_bytes_max && interpretation.find(' ') == std::string::npos)
    return draft.xml.empty("interpretationCode", {{"code", interpretation}, {"codeSystem", "2.16.840.1.113883.5.83"}});
  write_code(draft.xml, "interpretationCode", Code{"", "", "", interpretation});
}

void write_statement(Draft& draft, const Observation& observation, std::string_view template_root,
                     std::string_view extension, std::string_view prefix, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope scope(xml, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
  write_template(xml, template_root);
  write_template(xml, template_root, extension);
  write_act_id(draft, prefix, index);
  write_code(xml, "code", observation.test, {}, narrative_id(prefix, index));
  xml.empty("statusCode", {{"code", observation.status}, {"nullFlavor", observation.status.empty() ? "UNK" : ""}});
  if (observation.end.empty())
    write_time(xml, "effectiveTime", observation.date);
  else
    write_interval(xml, observation.date, observation.end, HighEnd::always);
  write_value(xml, observation);
  for (const auto& value : observation.further_values) xml.text("value", value, {{"xsi:type", "ST"}});
  write_interpretation(draft, observation.interpretation);
  if (!observation.reference_range.empty()) write_reference_range(xml, observation.reference_range);
}

void write_observation(Draft& draft, const Observation& observation, std::string_view template_root,
                       std::string_view extension, std::string_view prefix, std::size_t index) {
  const XmlScope component(draft.xml, "component");
  write_statement(draft, observation, template_root, extension, prefix, index);
}

// Smoking status has a template of its own.
void write_social_history(Draft& draft, const Observation& observation, std::size_t index) {
  const bool is_smoking_status = observation.test.code == "72166-2";
  const XmlScope entry(draft.xml, "entry", {{"typeCode", "DRIV"}});
  write_statement(draft, observation,
                  is_smoking_status ? "2.16.840.1.113883.10.20.22.4.78" : "2.16.840.1.113883.10.20.22.4.38",
                  is_smoking_status ? release_2_0 : release_2_1, "social", index);
}

void write_panel(Draft& draft, const ResultPanel& panel, std::size_t panel_index, std::size_t first_index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope organizer(xml, "organizer", {{"classCode", "BATTERY"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.1");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.1", release_2_1);
  write_act_id(draft, "panel", panel_index);
  write_code(xml, "code", panel.panel);
  write_status(draft, "completed");
  if (!hl7_from_iso(panel.date).empty()) write_interval(xml, panel.date, panel.date, HighEnd::always);
  for (std::size_t i = 0; i < panel.observations.size(); ++i)
    write_observation(draft, panel.observations[i], "2.16.840.1.113883.10.20.22.4.2", release_2_1, "result",
                      first_index + i);
}

// One organizer for each moment, in the order of the record.
void write_vital_signs(Draft& draft) {
  auto& xml = draft.xml;
  const auto& signs = draft.record.vital_signs;
  for (std::size_t first = 0; first < signs.size();) {
    const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
    const XmlScope organizer(xml, "organizer", {{"classCode", "CLUSTER"}, {"moodCode", "EVN"}});
    write_template(xml, "2.16.840.1.113883.10.20.22.4.26");
    write_template(xml, "2.16.840.1.113883.10.20.22.4.26", release_2_1);
    write_act_id(draft, "vital-signs", first);
    {
      const XmlScope code(xml, "code",
                          {{"code", "46680005"},
                           {"codeSystem", snomed_ct},
                           {"codeSystemName", "SNOMED CT"},
                           {"displayName", "Vital signs"}});
      xml.empty(
          "translation",
          {{"code", "74728-7"}, {"codeSystem", loinc}, {"codeSystemName", "LOINC"}, {"displayName", "Vital signs"}});
    }
    write_status(draft, "completed");
    const auto& date = signs[first].date;
    write_interval(xml, date, date, HighEnd::always);
    for (; first < signs.size() && signs[first].date == date; ++first)
      write_observation(draft, signs[first], "2.16.840.1.113883.10.20.22.4.27", release_2_0, "vital", first);
  }
}

void write_encounter(Draft& draft, const Encounter& encounter, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope scope(xml, "encounter", {{"classCode", "ENC"}, {"moodCode", mood_code(encounter.mood)}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.49");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.49", release_2_1);
  if (encounter.id.empty())
    write_act_id(draft, "encounter", index);
  else
    write_identifier(xml, encounter.id);
  write_code(xml, "code", encounter.type, {}, in_words(encounter.type).empty() ? "" : narrative_id("encounter", index));
  write_interval(xml, encounter.start, encounter.end, HighEnd::left_out_when_empty);
  if (encounter.location.empty()) return;
  const XmlScope participant(xml, "participant", {{"typeCode", "LOC"}});
  const XmlScope role(xml, "participantRole", {{"classCode", "SDLOC"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.32");
  xml.empty("code", {{"nullFlavor", "UNK"}});
  const XmlScope entity(xml, "playingEntity", {{"classCode", "PLC"}});
  xml.text("name", encounter.location);
}

std::string_view gender_code(std::string_view gender) {
  if (gender == "male") return "M";
  if (gender == "female") return "F";
  return gender == "other" ? "UN" : "";
}

void write_patient(Draft& draft, const Patient& patient) {
  auto& xml = draft.xml;
  const XmlScope target(xml, "recordTarget");
  const XmlScope role(xml, "patientRole");
  for (const auto& id : patient.ids)
    write_identifier(xml,
                     id.extension.empty() || id.root.empty() ? id.root + id.extension : id.root + "^" + id.extension);
  if (patient.ids.empty()) xml.empty("id", {{"nullFlavor", "UNK"}});
  for (const auto& address : patient.addresses) write_address(xml, address);
  if (patient.addresses.empty()) xml.empty("addr", {{"nullFlavor", "UNK"}});
  for (const auto& telecom : patient.telecoms) xml.empty("telecom", {{"value", telecom}});
  if (patient.telecoms.empty()) xml.empty("telecom", {{"nullFlavor", "UNK"}});
  const XmlScope person(xml, "patient");
  write_name(xml, patient.name);
  const auto gender = gender_code(patient.gender);
  xml.empty("administrativeGenderCode", {{"code", patient.gender == "unknown" ? "UNK" : gender},
                                         {"codeSystem", patient.gender.empty() ? "" : "2.16.840.1.113883.5.1"},
                                         {"nullFlavor", patient.gender.empty() ? "UNK" : ""}});
  write_time(xml, "birthTime", patient.birth_date);
  if (!patient.deceased.empty())
    xml.empty("sdtc:deceasedInd", {{"value", patient.deceased == "yes" ? "true" : "false"}});
  if (!patient.death_date.empty()) write_time(xml, "sdtc:deceasedTime", patient.death_date);
  if (!in_words(patient.marital_status).empty()) write_code(xml, "maritalStatusCode", patient.marital_status);
  write_code(xml, "raceCode", patient.race);
  for (const auto& race : patient.further_races) write_code(xml, "sdtc:raceCode", race);
  write_code(xml, "ethnicGroupCode", patient.ethnicity);
  if (patient.language.empty()) return;
  const XmlScope spoken(xml, "languageCommunication");
  xml.empty("languageCode", {{"code", patient.language}});
  xml.empty("preferenceInd", {{"value", "true"}});
}

void write_text_or_unknown(XmlWriter& xml, std::string_view element, const std::string& text) {
  if (text.empty()) return xml.empty(element, {{"nullFlavor", "UNK"}});
  xml.text(element, text);
}

// A program writes this copy, so the record's author goes in as a device.
void write_author(Draft& draft) {
  auto& xml = draft.xml;
  const XmlScope author(xml, "author");
  write_time(xml, "time", draft.record.created);
  const XmlScope assigned(xml, "assignedAuthor");
  xml.empty("id", {{"nullFlavor", "UNK"}});
  xml.empty("addr", {{"nullFlavor", "UNK"}});
  xml.empty("telecom", {{"nullFlavor", "UNK"}});
  {
    const XmlScope device(xml, "assignedAuthoringDevice");
    xml.empty("manufacturerModelName", {{"nullFlavor", "UNK"}});
    write_text_or_unknown(xml, "softwareName", draft.record.author);
  }
  const XmlScope organization(xml, "representedOrganization");
  // An unknown author stays unknown: readers take the organisation's name else.
  write_text_or_unknown(xml, "name", draft.record.author.empty() ? "" : draft.record.custodian);
}

void write_custodian(Draft& draft) {
  auto& xml = draft.xml;
  const XmlScope custodian(xml, "custodian");
  const XmlScope assigned(xml, "assignedCustodian");
  const XmlScope organization(xml, "representedCustodianOrganization");
  xml.empty("id", {{"nullFlavor", "UNK"}});
  write_text_or_unknown(xml, "name", draft.record.custodian);
  xml.empty("telecom", {{"nullFlavor", "UNK"}});
  xml.empty("addr", {{"nullFlavor", "UNK"}});
}

void write_header(Draft& draft) {
  auto& xml = draft.xml;
  xml.empty("realmCode", {{"code", "US"}});
  xml.empty("typeId", {{"root", "2.16.840.1.113883.1.3"}, {"extension", "POCD_HD000040"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.1.1");
  write_template(xml, "2.16.840.1.113883.10.20.22.1.1", release_2_1);
  write_template(xml, "2.16.840.1.113883.10.20.22.1.2");
  write_template(xml, "2.16.840.1.113883.10.20.22.1.2", release_2_1);
  write_identifier(xml, draft.record.document_id.empty() ? uuid_of(draft.identity) : draft.record.document_id);
  write_fixed_code(draft, "34133-9", loinc, "LOINC", "Summarization of Episode Note");
  xml.text("title", draft.record.document_title.empty() ? "Continuity of Care Document" : draft.record.document_title);
  write_time(xml, "effectiveTime", draft.record.created);
  xml.empty("confidentialityCode", {{"code", "N"}, {"codeSystem", "2.16.840.1.113883.5.25"}});
  xml.empty("languageCode", {{"code", "en-US"}});
  write_patient(draft, draft.record.patient);
  for (const auto& patient : draft.record.other_patients) write_patient(draft, patient);
  write_author(draft);
  write_custodian(draft);
  const XmlScope documentation(xml, "documentationOf");
  const XmlScope event(xml, "serviceEvent", {{"classCode", "PCPR"}});
  const XmlScope time(xml, "effectiveTime");
  write_time(xml, "low", draft.record.patient.birth_date);
  write_time(xml, "high", draft.record.created);
}

template <class T>
void write_each(const std::vector<T>& facts, Draft& draft, void (*write)(Draft&, const T&, std::size_t)) {
  for (std::size_t i = 0; i < facts.size(); ++i) write(draft, facts[i], i);
}

void write_results(Draft& draft) {
  std::size_t index = 0;
  const auto& panels = draft.record.results;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    write_panel(draft, panels[i], i, index);
    index += panels[i].observations.size();
  }
}

void write_body(Draft& draft) {
  const auto& record = draft.record;
  std::vector<Table> results;
  for (const auto& panel : record.results) results.push_back(result_table(panel));

  const XmlScope component(draft.xml, "component");
  const XmlScope body(draft.xml, "structuredBody");
  write_section(draft,
                {"2.16.840.1.113883.10.20.22.2.6.1", release_2_1, "48765-2", "Allergies, adverse reactions, alerts",
                 "Allergies", "allergy"},
                {allergy_table(record)}, [&] { write_each(record.allergies, draft, write_allergy); });
  write_section(draft,
                {"2.16.840.1.113883.10.20.22.2.1.1", release_2_0, "10160-0", "History of medication use", "Medications",
                 "medication"},
                {medication_narrative(record)}, [&] { write_each(record.medications, draft, write_medication); });
  write_section(draft,
                {"2.16.840.1.113883.10.20.22.2.5.1", release_2_1, "11450-4", "Problem list", "Problems", "problem"},
                {problem_table(record)}, [&] { write_each(record.problems, draft, write_problem); });
  write_section(draft,
                {"2.16.840.1.113883.10.20.22.2.3.1", release_2_1, "30954-2",
                 "Relevant diagnostic tests and/or laboratory data", "Results", "result"},
                results, [&] { write_results(draft); });
  write_section(
      draft, {"2.16.840.1.113883.10.20.22.2.17", release_2_1, "29762-2", "Social history", "Social history", "social"},
      {social_history_table(record)}, [&] { write_each(record.social_history, draft, write_social_history); });
  write_section(draft,
                {"2.16.840.1.113883.10.20.22.2.4.1", release_2_1, "8716-3", "Vital signs", "Vital signs", "vital"},
                {vital_sign_table(record)}, [&] { write_vital_signs(draft); });
  write_section(draft,
                {"2.16.840.1.113883.10.20.22.2.2.1", release_2_1, "11369-6", "History of immunizations",
                 "Immunizations", "immunization"},
                {immunization_table(record)}, [&] { write_each(record.immunizations, draft, write_immunization); });
  write_section(
      draft,
      {"2.16.840.1.113883.10.20.22.2.22.1", release_2_1, "46240-8", "History of encounters", "Encounters", "encounter"},
      {encounter_table(record)}, [&] { write_each(record.encounters, draft, write_encounter); });
}

}  // namespace

std::string write_ccda(const Record& record) {
  Draft draft{record, identity_of(record), {}};
  {
    const XmlScope document(draft.xml, "ClinicalDocument",
                            {{"xmlns", "urn:hl7-org:v3"},
                             {"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"},
                             {"xmlns:sdtc", "urn:hl7-org:sdtc"}});
    write_header(draft);
    write_body(draft);
  }
  return draft.xml.take();
}

}  // namespace bb::records
