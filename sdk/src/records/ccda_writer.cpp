// ccda_writer.cpp - a Continuity of Care Document, C-CDA R2.1. Identifiers of
// acts derive from the document's, so that the same record gives the same bytes.
#include <array>
#include <vector>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>

#include "ccda_writer.hpp"
#include "cda_statements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "fhir_allergy_types.hpp"
#include "tables.hpp"
#include "timing.hpp"
#include "uuid.hpp"

namespace bb::records {
namespace {

using namespace ccda_out;

constexpr std::string_view act_class = "2.16.840.1.113883.5.6";
constexpr std::string_view act_code = "2.16.840.1.113883.5.4";

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
  write_source(draft, allergy.source);
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
  write_source(draft, problem.source);
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

void write_medication(Draft& draft, const Medication& medication, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope administration(xml, "substanceAdministration",
                                {{"classCode", "SBADM"}, {"moodCode", mood_code(medication.mood)}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.16");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.16", release_2_0);
  write_act_id(draft, "medication", index);
  write_stated_status(draft, medication.status);
  write_interval(xml, medication.start, medication.stop, HighEnd::left_out_when_empty, "IVL_TS");
  write_frequency(draft, medication);
  write_route(draft, medication.route);
  if (medication.dose.empty()) xml.empty("doseQuantity", {{"nullFlavor", "UNK"}});
  write_amount(xml, "doseQuantity", medication.dose);
  write_amount(xml, "rateQuantity", medication.rate);
  write_max_dose(draft, medication.max_dose);
  write_product(draft, "consumable",
                {medication.drug, "2.16.840.1.113883.10.20.22.4.23", release_2_0, narrative_id("medication", index)});
  write_source(draft, medication.source);
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
  write_stated_status(draft, is_refused ? "completed" : immunization.status);
  write_time(xml, "effectiveTime", immunization.date);
  write_product(draft, "consumable",
                {immunization.vaccine, "2.16.840.1.113883.10.20.22.4.54", release_2_0,
                 narrative_id("immunization", index), immunization.lot});
  write_source(draft, immunization.source);
}

void write_component(Draft& draft, const Observation& observation, const StatementHead& head, std::size_t index) {
  const XmlScope component(draft.xml, "component");
  write_statement(draft, observation, head, index);
}

// Smoking status has a template of its own.
void write_social_history(Draft& draft, const Observation& observation, std::size_t index) {
  const bool is_smoking_status = observation.test.code == "72166-2";
  const XmlScope entry(draft.xml, "entry", {{"typeCode", "DRIV"}});
  write_statement(draft, observation,
                  {is_smoking_status ? "2.16.840.1.113883.10.20.22.4.78" : "2.16.840.1.113883.10.20.22.4.38",
                   is_smoking_status ? release_2_0 : release_2_1, "social"},
                  index);
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
    write_component(draft, panel.observations[i], {"2.16.840.1.113883.10.20.22.4.2", release_2_1, "result"},
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
      write_component(draft, signs[first], {"2.16.840.1.113883.10.20.22.4.27", release_2_0, "vital"}, first);
  }
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
  for (const auto& former : patient.former_names) write_former_name(xml, former);
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

// The period that the document is about.
void write_service_event(Draft& draft, const CcdaHead& head) {
  auto& xml = draft.xml;
  const XmlScope documentation(xml, "documentationOf");
  const XmlScope event(xml, "serviceEvent", {{"classCode", "PCPR"}});
  const XmlScope time(xml, "effectiveTime");
  write_time(xml, "low", head.covers_from.empty() ? draft.record.patient.birth_date : head.covers_from);
  write_time(xml, "high", head.covers_until.empty() ? draft.record.created : head.covers_until);
}

void write_related_document(Draft& draft, const std::string& replaced) {
  if (replaced.empty()) return;
  auto& xml = draft.xml;
  const XmlScope related(xml, "relatedDocument", {{"typeCode", "RPLC"}});
  const XmlScope parent(xml, "parentDocument");
  write_identifier(xml, replaced);
}

void write_header(Draft& draft, const CcdaHead& head) {
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
  if (!head.set_id.empty()) write_identifier(xml, head.set_id, "setId");
  if (head.version > 0) xml.empty("versionNumber", {{"value", std::to_string(head.version)}});
  write_patient(draft, draft.record.patient);
  for (const auto& patient : draft.record.other_patients) write_patient(draft, patient);
  write_author(draft);
  write_custodian(draft);
  write_service_event(draft, head);
  write_related_document(draft, head.replaces);
}

void write_results(Draft& draft) {
  std::size_t index = 0;
  const auto& panels = draft.record.results;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    write_panel(draft, panels[i], i, index);
    index += panels[i].observations.size();
  }
}

template <class T, void write(Draft&, const T&, std::size_t), std::vector<T> Record::*facts>
void write_each(Draft& draft) {
  const auto& all = draft.record.*facts;
  for (std::size_t i = 0; i < all.size(); ++i) write(draft, all[i], i);
}

// The sections in the order of HL7's examples. Those that a CCD must have are there without facts too.
constexpr std::array<SectionWriter, 8> required_sections{{
    {{"allergies", "2.16.840.1.113883.10.20.22.2.6.1", release_2_1, "48765-2", "Allergies, adverse reactions, alerts",
      "Allergies", "allergy"},
     write_each<Allergy, write_allergy, &Record::allergies>},
    {{"medications", "2.16.840.1.113883.10.20.22.2.1.1", release_2_0, "10160-0", "History of medication use",
      "Medications", "medication"},
     write_each<Medication, write_medication, &Record::medications>},
    {{"problems", "2.16.840.1.113883.10.20.22.2.5.1", release_2_1, "11450-4", "Problem list", "Problems", "problem"},
     write_each<Problem, write_problem, &Record::problems>},
    {{"results", "2.16.840.1.113883.10.20.22.2.3.1", release_2_1, "30954-2",
      "Relevant diagnostic tests and/or laboratory data", "Results", "result"},
     write_results},
    {{"social_history", "2.16.840.1.113883.10.20.22.2.17", release_2_1, "29762-2", "Social history", "Social history",
      "social"},
     write_each<Observation, write_social_history, &Record::social_history>},
    {{"vital_signs", "2.16.840.1.113883.10.20.22.2.4.1", release_2_1, "8716-3", "Vital signs", "Vital signs", "vital"},
     write_vital_signs},
    {{"immunizations", "2.16.840.1.113883.10.20.22.2.2.1", release_2_1, "11369-6", "History of immunizations",
      "Immunizations", "immunization"},
     write_each<Immunization, write_immunization, &Record::immunizations>},
    {{"encounters", "2.16.840.1.113883.10.20.22.2.22.1", release_2_1, "46240-8", "History of encounters", "Encounters",
      "encounter"},
     write_each<Encounter, write_encounter, &Record::encounters>},
}};

constexpr std::array<SectionWriter, 6> further_sections{{
    {{"procedures", "2.16.840.1.113883.10.20.22.2.7.1", release_2_0, "47519-4", "History of procedures", "Procedures",
      "procedure"},
     write_each<Procedure, write_procedure, &Record::procedures>},
    {{"plan", "2.16.840.1.113883.10.20.22.2.10", release_2_0, "18776-5", "Plan of treatment", "Plan", "plan"},
     write_each<PlanItem, write_plan_item, &Record::plan>},
    {{"goals", "2.16.840.1.113883.10.20.22.2.60", {}, "61146-7", "Goals", "Goals", "goal"},
     write_each<Observation, write_goal, &Record::goals>},
    {{"functional_status", "2.16.840.1.113883.10.20.22.2.14", release_2_0, "47420-5", "Functional status",
      "Functional status", "function"},
     write_each<Observation, write_functional_status, &Record::functional_status>},
    {{"care_team", "2.16.840.1.113883.10.20.22.2.500", care_team_release, "85847-2", "Care team", "Care team",
      "member"},
     write_care_team},
    {{"notes", "2.16.840.1.113883.10.20.22.2.65", notes_release, "34109-9", "Notes", "Notes", "note"},
     write_each<Note, write_note, &Record::notes>},
}};

std::vector<Table> narrative_of(const Draft& draft, std::string_view kind) {
  if (kind == "medications") return {medication_narrative(draft.record)};
  return tables_of(kind, draft.record);
}

// What only people can read, as it stands; no template that would ask for entries.
void write_words(Draft& draft, const Section& section) {
  auto& xml = draft.xml;
  const XmlScope component(xml, "component");
  const XmlScope scope(xml, "section");
  if (!is_empty(section.code)) write_code(xml, "code", section.code);
  xml.text("title", heading_of(section));
  const XmlScope text(xml, "text");
  for (const auto& line : split(section.text, '\n')) xml.text("paragraph", line);
}

void write_body(Draft& draft) {
  const XmlScope component(draft.xml, "component");
  const XmlScope body(draft.xml, "structuredBody");
  for (const auto& section : required_sections)
    write_section(draft, section, narrative_of(draft, section.head.kind), Empty::said);
  for (const auto& section : further_sections)
    write_section(draft, section, narrative_of(draft, section.head.kind), Empty::left_out);
  for (const auto& section : draft.record.sections)
    if (is_for_people_alone(section)) write_words(draft, section);
}

}  // namespace

std::string write_ccda(const Record& record) { return write_ccda_version(record, {}); }

std::string write_ccda_version(const Record& record, const CcdaHead& head) {
  Draft draft{record, identity_of(record), {}};
  {
    const XmlScope document(draft.xml, "ClinicalDocument",
                            {{"xmlns", "urn:hl7-org:v3"},
                             {"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"},
                             {"xmlns:sdtc", "urn:hl7-org:sdtc"}});
    write_header(draft, head);
    write_body(draft);
  }
  return draft.xml.take();
}

}  // namespace bb::records
