// The facts of a My HealtheVet text: one function for each section.
#include <bb/records/va_text.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "readers.hpp"
#include "tables.hpp"
#include "text_facts.hpp"
#include "text_values.hpp"
#include "va_identity.hpp"
#include "va_layout.hpp"

namespace bb::records {
namespace {

// ---- the patient ----

std::string gender_of(const std::string& text) {
  const auto lower = to_lower(text);
  if (lower == "m") return "male";
  if (lower == "f") return "female";
  for (const auto* known : {"male", "female", "other", "unknown"})
    if (lower == known) return lower;
  return {};
}

struct AddressKeys {
  std::vector<std::string_view> lines;
  std::string_view city, state, province, postal_code, country;
};
const AddressKeys mailing{{"Mailing or Destination Address", "Mailing or Destination Address2"},
                          "Mailing or Destination City",
                          "Mailing or Destination State",
                          "Mailing or Destination Province",
                          "Mailing or Destination Zip/Postal Code",
                          "Mailing or Destination Country"};
const AddressKeys of_contact{
    {"Address Line 1", "Address Line 2"}, "City", "State", "Province", "Zip/Post Code", "Country"};
const AddressKeys of_va{{"Street Address", "Street Address 2"}, "City", "State", "Province", "Zip Code", "Country"};

void read_address(const TextEntry& entry, const AddressKeys& keys, std::vector<Address>& addresses) {
  Address address;
  for (const auto key : keys.lines)
    for (auto& line : all_of(entry, key)) address.lines.push_back(std::move(line));
  address.city = text_of(entry, keys.city);
  address.state = first_of(entry, {keys.state, keys.province});
  address.postal_code = text_of(entry, keys.postal_code);
  address.country = text_of(entry, keys.country);
  add_unless_empty(addresses, std::move(address));
}

void read_telecoms(const TextEntry& entry, std::vector<std::string>& telecoms) {
  for (const auto* key :
       {"Home Phone Number", "Work Phone Number", "Cell Phone Number", "Pager Number", "Temporary Phone Number"})
    for (const auto& number : all_of(entry, key)) {
      const bool is_work = std::string_view(key).starts_with("Work");
      add_unless_empty(telecoms, telephone_of(number, is_work ? text_of(entry, "Extension") : ""));
    }
  for (const auto& contact : all_of(entry, "Contact")) add_unless_empty(telecoms, contact);
  add_unless_empty(telecoms, mail_of(text_of(entry, "Email Address")));
}

// What a patient says of itself fills what is not said yet.
void add_to_patient(const TextEntry& entry, Patient& patient) {
  if (auto name = va_name_of(entry); patient.name == PersonName{}) patient.name = std::move(name);
  if (patient.birth_date.empty()) patient.birth_date = date_of(entry, "Date of Birth");
  if (patient.gender.empty()) patient.gender = gender_of(text_of(entry, "Gender"));
  if (is_empty(patient.marital_status)) patient.marital_status = words(text_of(entry, "Marital Status"));
  if (is_empty(patient.race)) {
    const auto races = split(text_of(entry, "Race"), ',');
    patient.race = words(std::string(trim(races.front())));
    for (std::size_t i = 1; i < races.size(); ++i) patient.further_races.push_back(words(std::string(trim(races[i]))));
  }
  if (is_empty(patient.ethnicity)) patient.ethnicity = words(text_of(entry, "Ethnicity"));
  if (patient.language.empty()) patient.language = text_of(entry, "Language");
  if (patient.deceased.empty()) {
    const auto said = split(text_of(entry, "Deceased"), ',');
    if (said.front() == "yes" || said.front() == "no") patient.deceased = said.front();
    if (said.size() > 1) patient.death_date = date_of_text(said[1]);
  }
  if (patient.ids.empty())
    for (auto& id : all_of(entry, "Identifier")) patient.ids.push_back({"", std::move(id)});
}

// What our writer adds: where the record came from.
void read_request(const TextEntry& entry, const std::string&, Record& record) {
  if (auto created = date_of(entry, "Record Created"); !created.empty()) record.created = std::move(created);
  if (auto author = text_of(entry, "Record Author"); !author.empty()) record.author = std::move(author);
  record.custodian = text_of(entry, "Record Kept By");
}

void read_own_demographics(const TextEntry& entry, const std::string& source, Record& record) {
  const auto& first = entry.fields.front().key;
  if (first == "Contact First Name" || iequals(entry.kind, "EMERGENCY CONTACTS")) {
    Contact contact;
    contact.name =
        collapse_whitespace(text_of(entry, "Contact First Name") + " " + text_of(entry, "Contact Last Name"));
    contact.relationship = words(text_of(entry, "Relationship"));
    read_address(entry, of_contact, contact.addresses);
    read_telecoms(entry, contact.telecoms);
    contact.line = entry.line;
    contact.source = source;
    return add_contact(std::move(contact), record);
  }
  // Parts say more than "LAST, FIRST M" at the top.
  if (auto name = va_name_of(entry); iequals(name.family, record.patient.name.family))
    record.patient.name = std::move(name);
  add_to_patient(entry, record.patient);
  read_address(entry, mailing, record.patient.addresses);
  read_telecoms(entry, record.patient.telecoms);
}

void read_coverage_part(const TextEntry& part, const std::string& source, Record& record) {
  Coverage coverage;
  coverage.payer = text_of(part, "Insurance Company");
  coverage.type = words(text_of(part, "Insurance Type"));
  coverage.plan = first_of(part, {"Insurance Plan", "Group Name"});
  coverage.member_id = text_of(part, "Subscriber ID");
  coverage.group_id = text_of(part, "Group Number");
  coverage.start = date_of(part, "Effective Date");
  coverage.end = date_of(part, "Expiration Date");
  coverage.line = part.line;
  coverage.source = source;
  if (!coverage.payer.empty() || !coverage.plan.empty() || !coverage.member_id.empty())
    record.coverages.push_back(std::move(coverage));
}

void read_va_part(const TextEntry& part, const std::string& source, Patient& patient, Record& record) {
  if (part.kind == "ACTIVE INSURANCE") return read_coverage_part(part, source, record);
  if (part.kind.ends_with("ADDRESS AND CONTACT INFORMATION")) {
    read_address(part, of_va, patient.addresses);
    return read_telecoms(part, patient.telecoms);
  }
  if (std::find(contact_headings.begin(), contact_headings.end(), part.kind) == contact_headings.end()) return;
  Contact contact;
  contact.name = text_of(part, "Name");
  const auto relationship = text_of(part, "Relationship to Patient");
  contact.relationship = words(relationship.empty() ? to_lower(part.kind) : relationship);
  read_address(part, of_va, contact.addresses);
  read_telecoms(part, contact.telecoms);
  contact.line = part.line;
  contact.source = source;
  add_contact(std::move(contact), record);
}

// One entry for each facility. Another name or birth date is another patient.
void read_va_demographics(const TextEntry& entry, const std::string& source, Record& record) {
  Patient here;
  add_to_patient(entry, here);
  const auto& known = record.patient;
  const bool is_same = is_same_va_name(known.name, here.name) &&
                       (here.birth_date.empty() || known.birth_date.empty() || here.birth_date == known.birth_date);
  auto* patient = &record.patient;
  if (is_same) {
    if (here.name != PersonName{}) record.patient.name = here.name;
    add_to_patient(entry, record.patient);
  } else {
    record.other_patients.push_back(std::move(here));
    patient = &record.other_patients.back();
  }
  for (const auto& part : entry.parts) read_va_part(part, source, *patient, record);
}

// ---- care ----

void read_provider(const TextEntry& entry, const std::string& source, Record& record) {
  CareTeamMember member;
  member.name = first_of(entry, {"Provider Name", "Facility Name"});
  member.role = words(first_of(entry, {"Type of Provider", "Facility Type"}));
  if (member.name.empty() && is_empty(member.role)) return;
  if (!text_of(entry, "Facility Name").empty()) member.organization = member.name;
  add_unless_empty(member.telecoms, telephone_of(text_of(entry, "Phone Number"), text_of(entry, "Ext")));
  add_unless_empty(member.telecoms, mail_of(text_of(entry, "Email")));
  member.line = entry.line;
  member.source = source;
  record.care_team.push_back(std::move(member));
}

void read_insurance(const TextEntry& entry, const std::string& source, Record& record) {
  Coverage coverage;
  coverage.payer = text_of(entry, "Health Insurance Company");
  coverage.type = words(text_of(entry, "Insurance Type"));
  coverage.plan = text_of(entry, "Insurance Plan");
  coverage.member_id = text_of(entry, "ID Number");
  coverage.group_id = text_of(entry, "Group Number");
  coverage.start = date_of(entry, "Start Date");
  coverage.end = date_of(entry, "Stop Date");
  coverage.status = to_lower(text_of(entry, "Status"));
  coverage.line = entry.line;
  coverage.source = source;
  record.coverages.push_back(std::move(coverage));
}

void read_reminder(const TextEntry& entry, const std::string& source, Record& record) {
  PlanItem item;
  item.kind = "act";
  item.what = words(text_of(entry, "Wellness Reminder"));
  if (!is_fact("plan", item.what, entry.line, record)) return;
  const auto due = text_of(entry, "Due Date");
  if (iequals(due, "DUE NOW"))
    item.status = "due now";
  else if (!iequals(due, "UNKNOWN"))
    item.date = date_of_text(due);
  item.line = entry.line;
  item.source = source;
  record.plan.push_back(std::move(item));
}

// What was cancelled or missed did not happen: it stays an appointment.
std::string mood_of_appointment(const TextEntry& entry, const std::string& status) {
  const auto lower = to_lower(status);
  for (const std::string_view missed : {"cancel", "not kept", "no show", "no-show", "future"})
    if (lower.find(missed) != std::string::npos) return "APT";
  return iequals(entry.kind, "FUTURE APPOINTMENTS") ? "APT" : "EVN";
}

void read_appointment(const TextEntry& entry, const std::string& source, Record& record) {
  Encounter encounter;
  const auto clinic = coded(entry, "Clinic");
  const auto type = text_of(entry, "Type");
  encounter.type = type.empty() || !clinic.code.empty() ? clinic : words(type);
  encounter.start = date_of(entry, "Date/Time");
  encounter.end = date_of(entry, "Ended");
  encounter.location = text_of(entry, "Location");
  const auto said = text_of(entry, "Status");
  std::string status;
  split_status(said, encounter.mood, status);
  if (encounter.mood.empty()) encounter.mood = mood_of_appointment(entry, said);
  encounter.line = entry.line;
  encounter.source = source;
  record.encounters.push_back(std::move(encounter));
}

void add_note(Note note, Record& record) {
  if (!note.text.empty()) record.notes.push_back(std::move(note));
}

void read_admission(const TextEntry& entry, const std::string& source, Record& record) {
  Encounter encounter;
  encounter.type = words("Admission");
  encounter.start = date_of(entry, "Admission Date");
  encounter.end = date_of(entry, "Discharge Date");
  encounter.location = text_of(entry, "Location");
  encounter.mood = "EVN";
  encounter.line = entry.line;
  encounter.source = source;
  add_note({words("Discharge Summary"), "Discharge Summary", std::string(trim(entry.text)),
            encounter.end.empty() ? encounter.start : encounter.end,
            first_of(entry, {"Discharge Physician", "Admitting Physician"}), entry.line},
           record);
  record.encounters.push_back(std::move(encounter));
}

void read_note(const TextEntry& entry, const std::string&, Record& record) {
  const auto title = text_of(entry, "Note Title");
  add_note({words(title), title, std::string(trim(entry.text)), date_of(entry, "Date/Time"),
            text_of(entry, "Signed By"), entry.line},
           record);
}

void read_pathology(const TextEntry& entry, const std::string&, Record& record) {
  const auto title = text_of(entry, "Type of Report");
  add_note({words(title), title, std::string(trim(entry.text)), date_of(entry, "Date Obtained"), "", entry.line},
           record);
}

void read_medication(const TextEntry& entry, const std::string& source, Record& record) {
  Medication medication;
  const bool is_va = !entry.fields.empty() && entry.fields.front().key == "Medication";
  medication.drug = coded(entry, is_va ? "Medication" : "Drug Name");
  if (!is_fact("medications", medication.drug, entry.line, record)) return;
  const auto dose = text_of(entry, "Dose"), strength = text_of(entry, "Strength");
  medication.dose = dose + (dose.empty() || strength.empty() ? "" : ", ") + strength;
  medication.rate = text_of(entry, "Rate");
  medication.max_dose = text_of(entry, "Maximum Dose");
  medication.route = text_of(entry, "Route");
  medication.frequency = first_of(entry, {"How Often", "Frequency"});
  medication.instructions = text_of(entry, "Instructions");
  medication.start = date_of(entry, is_va ? "Initially Ordered On" : "Start Date");
  medication.stop = date_of(entry, is_va ? "Stopped On" : "Stop Date");
  split_status(text_of(entry, "Status"), medication.mood, medication.status);
  medication.line = entry.line;
  medication.source = source;
  record.medications.push_back(std::move(medication));
}

void read_allergy(const TextEntry& entry, const std::string& source, Record& record) {
  Allergy allergy;
  allergy.substance = coded(entry, "Allergy Name");
  if (!is_fact("allergies", allergy.substance, entry.line, record)) return;
  allergy.type = words(text_of(entry, "Allergy Type"));
  // The VA lists reactions; what a patient writes is one text.
  for (const auto& said : all_of(entry, "Reaction")) {
    if (source == self_entered) {
      allergy.reactions.push_back(words(said));
      continue;
    }
    for (const auto& reaction : split(replace_all(said, ", ", "\n"), '\n'))
      if (!trim(reaction).empty()) allergy.reactions.push_back(words(std::string(trim(reaction))));
  }
  allergy.severity = words(text_of(entry, "Severity"));
  allergy.status = to_lower(text_of(entry, "Status"));
  allergy.onset = date_of_text(first_of(entry, {"Date Entered", "Date"}));
  allergy.line = entry.line;
  allergy.source = source;
  record.allergies.push_back(std::move(allergy));
}

void read_problem(const TextEntry& entry, const std::string& source, Record& record) {
  Problem problem;
  const bool is_event = !entry.fields.empty() && entry.fields.front().key == "Medical Event";
  problem.problem = coded(entry, is_event ? "Medical Event" : "Problem");
  if (!is_fact("problems", problem.problem, entry.line, record)) return;
  problem.body_site = words(text_of(entry, "Body Site"));
  problem.laterality = words(text_of(entry, "Laterality"));
  problem.status = to_lower(text_of(entry, "Status"));
  problem.onset = date_of(entry, is_event ? "Start Date" : "Date/Time Entered");
  problem.resolved = date_of(entry, is_event ? "Stop Date" : "Date Resolved");
  problem.line = entry.line;
  problem.source = source;
  record.problems.push_back(std::move(problem));
}

void read_immunization(const TextEntry& entry, const std::string& source, Record& record) {
  Immunization immunization;
  immunization.vaccine = coded(entry, "Immunization");
  if (!is_fact("immunizations", immunization.vaccine, entry.line, record)) return;
  immunization.date = date_of_text(first_of(entry, {"Date Received", "Date Planned"}));
  split_status(text_of(entry, "Status"), immunization.mood, immunization.status);
  immunization.lot = text_of(entry, "Lot");
  immunization.line = entry.line;
  immunization.source = source;
  record.immunizations.push_back(std::move(immunization));
}

// ---- results ----

std::string without_brackets(std::string range) {
  if (range.size() > 1 && range.front() == '(' && range.back() == ')') range = range.substr(1, range.size() - 2);
  return range;
}

Observation read_test(const TextEntry& part, const std::string& date, const std::string& source) {
  Observation observation;
  observation.test = coded(part, "Test Name");
  observation.value = text_of(part, "Result");
  observation.interpretation = take_flag(observation.value);
  if (observation.interpretation.empty())
    observation.interpretation = interpretation_of(text_of(part, "Interpretation"));
  observation.unit = text_of(part, "Units");
  observation.further_values = all_of(part, "Further Result");
  observation.reference_range = without_brackets(text_of(part, "Reference Range"));
  observation.status = to_lower(text_of(part, "Status"));
  observation.date = date_of(part, "Date/Time Collected");
  if (observation.date.empty()) observation.date = date;
  observation.line = part.line;
  observation.source = source;
  return observation;
}

// "CEFAZOLIN.....................  S"
void read_susceptibility(const TextField& field, const ResultPanel& panel, const std::string& source,
                         std::vector<Observation>& observations) {
  int line = field.line;
  for (const auto& text : split(field.value, '\n')) {
    const auto dots = text.find("..");
    if (dots != std::string::npos) {
      const auto end = text.find_first_not_of('.', dots);
      if (dots > 0 && end != std::string::npos) {
        Observation observation;
        observation.test = words(std::string(trim(std::string_view(text).substr(0, dots))));
        observation.value = std::string(trim(std::string_view(text).substr(end)));
        observation.interpretation = interpretation_of(observation.value);
        observation.date = panel.date;
        observation.line = line;
        observation.source = source;
        observations.push_back(std::move(observation));
      }
    }
    ++line;
  }
}

void read_microbiology(const TextEntry& entry, const ResultPanel& panel, const std::string& source,
                       std::vector<Observation>& observations) {
  for (const auto& field : entry.fields) {
    if (is_null_text(field.value)) continue;
    if (field.key == "ANTIBIOTIC SUSCEPTIBILITY TEST RESULTS") {
      read_susceptibility(field, panel, source, observations);
    } else if (field.key == "GRAM STAIN" || field.key == "CULTURE RESULTS") {
      Observation observation;
      observation.test = words(field.key);
      observation.value = collapse_whitespace(field.value);
      observation.date = panel.date;
      observation.line = field.line;
      observation.source = source;
      observations.push_back(std::move(observation));
    }
  }
}

void read_laboratory(const TextEntry& entry, const std::string& source, Record& record) {
  ResultPanel panel;
  panel.panel = coded(entry, "Lab Test");
  panel.date = date_of(entry, "Date/Time Collected");
  panel.line = entry.line;
  for (const auto& part : entry.parts)
    if (auto test = read_test(part, panel.date, source); is_fact("results", test.test, part.line, record))
      panel.observations.push_back(std::move(test));
  read_microbiology(entry, panel, source, panel.observations);
  if (!panel.observations.empty()) record.results.push_back(std::move(panel));
}

void read_own_test(const TextEntry& entry, const std::string& source, Record& record) {
  Observation observation;
  observation.test = coded(entry, "Test Name");
  if (!is_fact("results", observation.test, entry.line, record)) return;
  observation.value = text_of(entry, "Results");
  observation.unit = text_of(entry, "Units");
  observation.reference_range = without_brackets(text_of(entry, "Reference Range"));
  observation.interpretation = interpretation_of(text_of(entry, "Interpretation"));
  observation.status = to_lower(text_of(entry, "Status"));
  observation.date = date_of(entry, "Date");
  observation.line = entry.line;
  observation.source = source;
  ResultPanel panel;
  panel.panel = words(observation.test.display);
  panel.date = observation.date;
  panel.line = entry.line;
  panel.observations.push_back(std::move(observation));
  record.results.push_back(std::move(panel));
}

void read_vital_sign(const TextEntry& entry, const std::string& source, Record& record) {
  Observation observation;
  observation.test = coded(entry, "Vital Sign");
  if (observation.test.display.empty() && observation.test.code.empty())
    observation.test = words(text_of(entry, "Vital Sign or Health Reading"));
  if (!is_fact("vital_signs", observation.test, entry.line, record)) return;
  auto values = split(replace_all(text_of(entry, "Measurement"), "; ", "\n"), '\n');
  split_measure(values.front(), observation.value, observation.unit);
  observation.further_values.assign(values.begin() + 1, values.end());
  observation.interpretation = interpretation_of(text_of(entry, "Interpretation"));
  observation.date = date_of(entry, "Date/Time Collected");
  observation.line = entry.line;
  observation.source = source;
  record.vital_signs.push_back(std::move(observation));
}

void add_reading(const TextEntry& entry, std::string_view name, std::string value, const std::string& source,
                 Record& record) {
  Observation observation;
  observation.test = coded(entry, "Measurement Type");
  if (!name.empty()) observation.test = words(std::string(name));
  split_measure(value, observation.value, observation.unit);
  if (observation.unit.empty()) observation.unit = ucum_of(text_of(entry, "Measure"));
  observation.interpretation = interpretation_of(text_of(entry, "Interpretation"));
  observation.date = moment_of(entry, "Date", "Time");
  observation.line = entry.line;
  observation.source = source;
  record.vital_signs.push_back(std::move(observation));
}

void read_own_reading(const TextEntry& entry, const std::string& source, Record& record) {
  const auto systolic = text_of(entry, "Systolic"), diastolic = text_of(entry, "Diastolic");
  if (!systolic.empty() || !diastolic.empty()) add_reading(entry, "", systolic + "/" + diastolic, source, record);
  for (const auto* key :
       {"Heart Rate", "Body Weight", "Body temperature", "Pain Level", "Blood sugar count", "INR value"})
    if (const auto value = text_of(entry, key); !value.empty()) add_reading(entry, "", value, source, record);
  for (const auto* key : {"Total cholesterol", "HDL", "LDL"})
    if (const auto value = text_of(entry, key); !value.empty()) add_reading(entry, key, value, source, record);
  // Our own key: a reading of which no value is known is one too.
  for (const auto& field : entry.fields)
    if (field.key == "Measurement") add_reading(entry, "", text_of(entry, "Measurement"), source, record);
}

void read_study(const TextEntry& entry, const std::string& source, Record& record) {
  Procedure procedure;
  procedure.procedure = coded(entry, "Procedure/Test Name");
  if (!is_fact("procedures", procedure.procedure, entry.line, record)) return;
  procedure.start = date_of(entry, "Date/Time Exam Performed");
  procedure.end = date_of(entry, "Ended");
  split_status(text_of(entry, "Status"), procedure.mood, procedure.status);
  procedure.performer = text_of(entry, "Radiologist");
  procedure.line = entry.line;
  procedure.source = source;
  std::vector<std::string> report;
  for (const auto* key : {"Report", "Impression"})
    for (const auto& line : lines_of(entry, key)) report.push_back(line);
  add_note({procedure.procedure, procedure.procedure.display, join(report, "\n"), procedure.start, procedure.performer,
            entry.line},
           record);
  record.procedures.push_back(std::move(procedure));
}

void read_relative(const TextEntry& entry, const std::string& source, Record& record) {
  for (const auto* key : {"Health Issues", "Other Health Issues"})
    for (const auto& issue : lines_of(entry, key)) {
      FamilyCondition condition;
      condition.relative = words(text_of(entry, "Relationship"));
      condition.condition = words(issue);
      condition.status = to_lower(text_of(entry, "Living or Deceased"));
      condition.line = entry.line;
      condition.source = source;
      record.family_history.push_back(std::move(condition));
    }
}

void read_goal(const TextEntry& entry, const std::string& source, Record& record) {
  Observation goal;
  goal.test = words(text_of(entry, "My Goal"));
  if (!is_fact("goals", goal.test, entry.line, record)) return;
  goal.value = text_of(entry, "Description");
  goal.date = date_of(entry, "Goal Start Date");
  goal.end = date_of_text(first_of(entry, {"Date Goal Completed", "Goal End Date"}));
  goal.status = text_of(entry, "Date Goal Completed").empty() ? "active" : "completed";
  goal.line = entry.line;
  goal.source = source;
  record.goals.push_back(std::move(goal));
}

constexpr EntryKind entry_kinds[] = {
    {"DOWNLOAD REQUEST SUMMARY", read_request},
    {"SELF REPORTED DEMOGRAPHICS", read_own_demographics},
    {"VA DEMOGRAPHICS", read_va_demographics},
    {"SELF REPORTED HEALTH CARE PROVIDERS", read_provider},
    {"SELF REPORTED TREATMENT FACILITIES", read_provider},
    {"SELF REPORTED HEALTH INSURANCE", read_insurance},
    {"VA WELLNESS REMINDERS", read_reminder},
    {"VA APPOINTMENTS", read_appointment},
    {"VA MEDICATION HISTORY", read_medication},
    {"SELF REPORTED MEDICATIONS AND SUPPLEMENTS", read_medication},
    {"VA ALLERGIES", read_allergy},
    {"SELF REPORTED ALLERGIES", read_allergy},
    {"VA PROBLEM LIST", read_problem},
    {"VA ADMISSIONS AND DISCHARGES", read_admission},
    {"VA NOTES", read_note},
    {"SELF REPORTED MEDICAL EVENTS", read_problem},
    {"VA IMMUNIZATIONS", read_immunization},
    {"SELF REPORTED IMMUNIZATIONS", read_immunization},
    {"VA LABORATORY RESULTS", read_laboratory},
    {"VA PATHOLOGY REPORTS", read_pathology},
    {"SELF REPORTED LABS AND TESTS", read_own_test},
    {"VA VITALS AND READINGS", read_vital_sign},
    {"SELF REPORTED VITALS AND READINGS", read_own_reading},
    {"VA RADIOLOGY REPORTS", read_study},
    {"VA ELECTROCARDIOGRAM (EKG) REPORTS", read_study},
    {"SELF REPORTED FAMILY HEALTH HISTORY", read_relative},
    {"SELF REPORTED MY GOALS: CURRENT GOALS", read_goal},
    {"SELF REPORTED MY GOALS: COMPLETED GOALS", read_goal},
};

// What an entry is about and when: an entry that repeats others is one of these.
// A name alone where the repeat gives no date.
std::string what_and_when(const TextEntry& entry) {
  const auto name = entry.fields.empty() ? std::string() : to_lower(collapse_whitespace(entry.fields.front().value));
  const auto date = first_of(entry, {"Date Received", "Date/Time Collected", "Date Goal Completed", "Goal Start Date"});
  return name + "\n" + date_of_text(date);
}

void read_entries(const TextSection& section, ReadEntry read, Record& record) {
  const auto source = source_of(section);
  std::set<std::string> said;
  for (const auto& entry : section.entries)
    if (!entry.is_repeat) said.insert(what_and_when(entry));
  for (const auto& entry : section.entries) {
    if (entry.fields.empty() || (entry.is_repeat && said.count(what_and_when(entry)) > 0)) continue;
    if (statement_count(record) > statement_count_max) return;
    read(entry, source, record);
  }
}

}  // namespace

Result<Record> va_record(const TextDocument& document) {
  Record record;
  record.format = "VA text";
  record.document_title = document.title;
  record.created = date_of_text(document.created);
  record.author = document.producer;
  TextEntry head;
  head.fields = document.head;
  record.patient.name = name_of_text(text_of(head, "Name"));
  record.patient.birth_date = date_of(head, "Date of Birth");
  for (const auto& section : document.sections) {
    const auto* layout = find_va_layout(section.name);
    const auto read = find_reader(entry_kinds, section.name);
    if (read != nullptr) read_entries(section, read, record);
    add_section(section, layout == nullptr ? std::string_view{} : layout->kind, read != nullptr, record);
    if (statement_count(record) > statement_count_max) break;
  }
  BB_CHECK(check_statement_count(record));
  return record;
}

}  // namespace bb::records
