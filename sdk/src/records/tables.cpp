#include "tables.hpp"

#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "code_systems.hpp"
#include "dates.hpp"

namespace bb::records {
namespace {

std::string in_words(const std::vector<Code>& codes) {
  std::vector<std::string> words;
  for (const auto& code : codes) words.push_back(records::in_words(code));
  return join(words, ", ");
}

std::string one_line(const Address& address) {
  std::vector<std::string> parts;
  for (const auto& line : address.lines) parts.push_back(line);
  for (const auto* part : {&address.city, &address.state, &address.postal_code, &address.country})
    if (!part->empty()) parts.push_back(*part);
  return join(parts, ", ");
}

void add(std::vector<LabelledText>& all, std::string_view label, std::string text) {
  if (!text.empty()) all.push_back({std::string(label), std::move(text)});
}

}  // namespace

std::vector<std::size_t> used_columns(const Table& table) {
  std::vector<std::size_t> used;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    bool is_used = c == 0;
    for (const auto& row : table.rows) is_used = is_used || !row[c].empty();
    if (is_used) used.push_back(c);
  }
  return used;
}

std::vector<LabelledText> patient_texts(const Patient& patient) {
  std::vector<LabelledText> all;
  add(all, "Name", patient.name.full().empty() ? std::string(not_stated) : patient.name.full());
  for (const auto& former : patient.former_names) add(all, "Former name", former_name_in_words(former));
  add(all, "Date of birth", date_for_people(patient.birth_date));
  add(all, "Deceased", death(patient));
  add(all, "Gender", patient.gender);
  for (const auto& id : patient.ids) add(all, "Identifier", id.extension);
  for (const auto& address : patient.addresses) add(all, "Address", one_line(address));
  for (const auto& telecom : patient.telecoms) add(all, "Contact", telecom);
  add(all, "Language", patient.language);
  add(all, "Race", races(patient));
  add(all, "Ethnicity", records::in_words(patient.ethnicity));
  add(all, "Marital status", records::in_words(patient.marital_status));
  return all;
}

std::vector<LabelledText> document_texts(const Record& record) {
  std::vector<LabelledText> all;
  add(all, "Title", record.document_title.empty() ? "Health record" : record.document_title);
  add(all, "Created", date_for_people(record.created));
  add(all, "Author", record.author);
  add(all, "Kept by", record.custodian);
  return all;
}

std::vector<TableSection> table_sections(const Record& record) {
  // The first are there without facts too, and say so.
  struct Heading {
    std::string_view kind, heading;
    bool is_always_there = false;
  };
  constexpr std::array<Heading, 19> headings{{{"allergies", "Allergies", true},
                                              {"problems", "Problems", true},
                                              {"medications", "Medications", true},
                                              {"immunizations", "Immunizations", true},
                                              {"results", "Results", true},
                                              {"vital_signs", "Vital signs", true},
                                              {"social_history", "Social history", true},
                                              {"encounters", "Encounters", true},
                                              {"procedures", "Procedures"},
                                              {"functional_status", "Functional status"},
                                              {"plan", "Plan"},
                                              {"goals", "Goals"},
                                              {"care_team", "Care team"},
                                              {"family_history", "Family history"},
                                              {"devices", "Devices"},
                                              {"contacts", "Contacts"},
                                              {"coverages", "Coverage"},
                                              {"claims", "Claims"},
                                              {"notes", "Notes"}}};
  std::vector<TableSection> all;
  for (const auto& one : headings) {
    TableSection section{replace_all(one.kind, "_", "-"), std::string(one.heading), tables_of(one.kind, record),
                         absence_texts(one.kind, record)};
    std::erase_if(section.tables, [](const Table& table) { return table.rows.empty(); });
    if (one.is_always_there || !section.tables.empty() || !section.statements.empty())
      all.push_back(std::move(section));
  }
  for (const auto& section : record.sections)
    if (is_for_people_alone(section))
      all.push_back({fmt::format("section-{}", all.size() + 1), heading_of(section), {}, split(section.text, '\n')});
  return all;
}

bool is_for_people_alone(const Section& section) { return section.kind.empty() && !section.text.empty(); }

std::string heading_of(const Section& section) {
  if (!section.title.empty()) return section.title;
  const auto words = records::in_words(section.code);
  return words.empty() ? "Further information" : words;
}

std::string whole_dose(const Medication& medication) {
  std::vector<std::string> parts;
  if (!medication.dose.empty()) parts.push_back(medication.dose);
  if (!medication.rate.empty()) parts.push_back("at " + medication.rate);
  if (!medication.max_dose.empty()) parts.push_back("at most " + medication.max_dose);
  return join(parts, ", ");
}

std::string races(const Patient& patient) {
  auto all = patient.further_races;
  all.insert(all.begin(), patient.race);
  std::erase_if(all, [](const Code& race) { return records::in_words(race).empty(); });
  return in_words(all);
}

std::string death(const Patient& patient) {
  const auto date = date_for_people(patient.death_date);
  return patient.deceased + (patient.deceased.empty() || date.empty() ? "" : ", ") + date;
}

std::string former_name_in_words(const FormerName& former) {
  const auto until = date_for_people(former.until);
  return former.name.full() + (until.empty() ? "" : ", until " + until);
}

std::string result_status(const Observation& observation) {
  const auto when = date_for_people(observation.corrected);
  return observation.status + (when.empty() ? "" : " on " + when);
}

std::string measured(const Observation& observation) {
  return observation.unit.empty() || observation.value.empty() ? observation.value
                                                               : observation.value + " " + observation.unit;
}

std::string all_measured(const Observation& observation) {
  auto all = observation.further_values;
  all.insert(all.begin(), measured(observation));
  return join(all, "; ");
}

std::string several_patients_note(const Record& record) {
  if (record.other_patients.empty()) return {};
  return fmt::format("This record is about {} patients; it does not tell here which statement is about whom.",
                     record.other_patients.size() + 1);
}

std::string last_name_first(const PersonName& name) {
  std::string family = name.family;
  if (!name.suffix.empty()) family += (family.empty() ? "" : " ") + name.suffix;
  const auto given = join(name.given, " ");
  return family.empty() || given.empty() ? family + given : family + ", " + given;
}

std::string site_in_words(const Code& body_site, const Code& laterality) {
  const auto site = in_words(body_site), side = in_words(laterality);
  return site.empty() || side.empty() ? site + side : fmt::format("{} ({})", site, side);
}

Table allergy_table(const Record& record) {
  Table table{
      "Allergies", {"Allergy", "Type", "Reaction", "Severity", "Criticality", "Status", "Since", "Source", "Code"}, {}};
  for (const auto& a : record.allergies)
    table.rows.push_back({in_words(a.substance), in_words(a.type), in_words(a.reactions), in_words(a.severity),
                          a.criticality, a.status, date_for_people(a.onset), a.source, code_label(a.substance)});
  return table;
}

Table problem_table(const Record& record) {
  Table table{"Problems", {"Problem", "Body site", "Status", "Since", "Resolved", "Source", "Code"}, {}};
  for (const auto& p : record.problems)
    table.rows.push_back({in_words(p.problem), site_in_words(p.body_site, p.laterality), p.status,
                          date_for_people(p.onset), date_for_people(p.resolved), p.source, code_label(p.problem)});
  return table;
}

Table medication_table(const Record& record) {
  Table table{
      "Medications",
      {"Medication", "Dose", "Route", "How often", "Instructions", "Started", "Stopped", "Status", "Source", "Code"},
      {}};
  for (const auto& m : record.medications)
    table.rows.push_back({in_words(m.drug), whole_dose(m), m.route, m.frequency, m.instructions,
                          date_for_people(m.start), date_for_people(m.stop), status_for_people(m.mood, m.status),
                          m.source, code_label(m.drug)});
  return table;
}

Table immunization_table(const Record& record) {
  Table table{"Immunizations", {"Vaccine", "Date", "Status", "Lot", "Source", "Code"}, {}};
  for (const auto& i : record.immunizations)
    table.rows.push_back({in_words(i.vaccine), date_for_people(i.date), status_for_people(i.mood, i.status), i.lot,
                          i.source, code_label(i.vaccine)});
  return table;
}

Table result_table(const ResultPanel& panel) {
  Table table{panel.panel.display.empty() ? "Results" : "Results: " + in_words(panel.panel),
              {"Test", "Result", "Interpretation", "Reference range", "Date", "Until", "Status", "Source", "Code"},
              {}};
  for (const auto& o : panel.observations)
    table.rows.push_back({in_words(o.test), all_measured(o), o.interpretation, o.reference_range,
                          date_for_people(o.date.empty() ? panel.date : o.date), date_for_people(o.end),
                          result_status(o), o.source, code_label(o.test)});
  return table;
}

Table vital_sign_table(const Record& record) {
  Table table{"Vital signs",
              {"Vital sign", "Measurement", "Interpretation", "Reference range", "Date", "Until", "Source", "Code"},
              {}};
  for (const auto& o : record.vital_signs)
    table.rows.push_back({in_words(o.test), all_measured(o), o.interpretation, o.reference_range,
                          date_for_people(o.date), date_for_people(o.end), o.source, code_label(o.test)});
  return table;
}

Table encounter_table(const Record& record) {
  Table table{"Encounters", {"Encounter", "Start", "End", "Status", "Location", "Source", "Code"}, {}};
  for (const auto& e : record.encounters)
    table.rows.push_back({in_words(e.type).empty() ? "Encounter" : in_words(e.type), date_for_people(e.start),
                          date_for_people(e.end), status_for_people(e.mood, {}), e.location, e.source,
                          code_label(e.type)});
  return table;
}

}  // namespace bb::records
