// The facts of a MyMedicare.gov text: one function for each section.
#include <bb/records/cms_text.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "cms_layout.hpp"
#include "code_systems.hpp"
#include "readers.hpp"
#include "text_facts.hpp"
#include "text_values.hpp"

namespace bb::records {
namespace {

constexpr std::string_view ndc = "2.16.840.1.113883.6.69";

Address read_address(const TextEntry& entry) {
  Address address;
  for (const auto* key : {"Address Line 1", "Address Line 2"}) add_unless_empty(address.lines, text_of(entry, key));
  address.city = text_of(entry, "City");
  address.state = text_of(entry, "State");
  address.postal_code = text_of(entry, "Zip");
  return address;
}

void read_demographic(const TextEntry& entry, const std::string& source, Record& record) {
  auto& patient = record.patient;
  if (patient.name == PersonName{}) patient.name = name_of_text(text_of(entry, "Name"));
  if (patient.birth_date.empty()) patient.birth_date = date_of(entry, "Date of Birth");
  add_unless_empty(patient.addresses, read_address(entry));
  add_unless_empty(patient.telecoms, telephone_of(text_of(entry, "Phone Number")));
  add_unless_empty(patient.telecoms, mail_of(text_of(entry, "Email")));
  for (const auto* part : {"Part A", "Part B"}) {
    Coverage coverage;
    coverage.start = date_of(entry, fmt::format("{} Effective Date", part));
    if (coverage.start.empty()) continue;
    coverage.type = words(fmt::format("Medicare {}", part));
    coverage.line = entry.line;
    coverage.source = source;
    record.coverages.push_back(std::move(coverage));
  }
}

void read_contact(const TextEntry& entry, const std::string& source, Record& record) {
  Contact contact;
  contact.name = text_of(entry, "Contact Name");
  contact.relationship = words(text_of(entry, "Relationship"));
  add_unless_empty(contact.addresses, read_address(entry));
  for (const auto* key : {"Home Phone", "Work Phone", "Mobile Phone"})
    add_unless_empty(contact.telecoms, telephone_of(text_of(entry, key)));
  add_unless_empty(contact.telecoms, mail_of(text_of(entry, "Email Address")));
  contact.line = entry.line;
  contact.source = source;
  add_contact(std::move(contact), record);
}

void read_condition(const TextEntry& entry, const std::string& source, Record& record) {
  Problem problem;
  problem.problem = words(text_of(entry, "Condition Name"));
  if (!is_fact("problems", problem.problem, entry.line, record)) return;
  problem.onset = date_of(entry, "Medical Condition Start Date");
  problem.resolved = date_of(entry, "Medical Condition End Date");
  problem.line = entry.line;
  problem.source = source;
  record.problems.push_back(std::move(problem));
}

void read_allergy(const TextEntry& entry, const std::string& source, Record& record) {
  Allergy allergy;
  allergy.substance = words(text_of(entry, "Allergy Name"));
  if (!is_fact("allergies", allergy.substance, entry.line, record)) return;
  allergy.type = words(text_of(entry, "Type"));
  if (auto reaction = words(text_of(entry, "Reaction")); !is_empty(reaction))
    allergy.reactions.push_back(std::move(reaction));
  allergy.severity = words(text_of(entry, "Severity"));
  allergy.onset = date_of(entry, "First Episode Date");
  allergy.line = entry.line;
  allergy.source = source;
  record.allergies.push_back(std::move(allergy));
}

void read_device(const TextEntry& entry, const std::string& source, Record& record) {
  Device device;
  device.device = words(text_of(entry, "Device Name"));
  if (!is_fact("devices", device.device, entry.line, record)) return;
  device.date = date_of(entry, "Date Implanted");
  device.line = entry.line;
  device.source = source;
  record.devices.push_back(std::move(device));
}

void read_immunization(const TextEntry& entry, const std::string& source, Record& record) {
  Immunization shot;
  shot.vaccine = words(text_of(entry, "Immunization Name"));
  if (!is_fact("immunizations", shot.vaccine, entry.line, record)) return;
  shot.date = date_of(entry, "Date Administered");
  shot.line = entry.line;
  shot.source = source;
  record.immunizations.push_back(shot);
  for (int booster = 1; booster <= 3; ++booster) {
    auto again = shot;
    again.date = date_of(entry, fmt::format("Booster {} Date", booster));
    again.vaccine.display += fmt::format(" (booster {})", booster);
    if (!again.date.empty()) record.immunizations.push_back(std::move(again));
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// "135, 170, 150": several values where all are numbers.
void read_values(const std::string& text, Observation& observation) {
  auto values = split(replace_all(text, ", ", "\n"), '\n');
  if (!std::all_of(values.begin(), values.end(), is_number)) values = {text};
  split_measure(values.front(), observation.value, observation.unit);
  observation.further_values.assign(values.begin() + 1, values.end());
}

void read_test(const TextEntry& entry, const std::string& source, Record& record) {
  Observation observation;
  observation.test = words(text_of(entry, "Test/Lab Type"));
  if (!is_fact("results", observation.test, entry.line, record)) return;
  read_values(text_of(entry, "Results"), observation);
  observation.date = date_of(entry, "Date Taken");
  observation.line = entry.line;
  observation.source = source;
  ResultPanel panel{observation.test, observation.date, {}, entry.line};
  panel.observations.push_back(std::move(observation));
  record.results.push_back(std::move(panel));
}

void read_vital_sign(const TextEntry& entry, const std::string& source, Record& record) {
  Observation observation;
  observation.test = words(text_of(entry, "Vital Statistic Type"));
  if (!is_fact("vital_signs", observation.test, entry.line, record)) return;
  split_measure(text_of(entry, "Reading"), observation.value, observation.unit);
  observation.date = moment_of(entry, "Date", "Time");
  observation.line = entry.line;
  observation.source = source;
  record.vital_signs.push_back(std::move(observation));
}

// TXT-CMS-17: each "Type" is followed by its descriptions.
void read_relative(const TextEntry& entry, const std::string& source, Record& record) {
  std::string type;
  for (const auto& field : entry.fields) {
    const auto value = is_null_text(field.value) ? std::string() : collapse_whitespace(field.value);
    if (field.key == "Type") type = value;
    if (field.key != "Description" || value.empty()) continue;
    FamilyCondition condition;
    condition.relative = words(text_of(entry, "Family Member"));
    condition.condition = words(iequals(type, "Allergy") ? "Allergy: " + value : value);
    condition.line = field.line;
    condition.source = source;
    record.family_history.push_back(std::move(condition));
  }
}

void read_drug(const TextEntry& entry, const std::string& source, Record& record) {
  Medication medication;
  medication.drug = words(text_of(entry, "Drug Name"));
  if (!is_fact("medications", medication.drug, entry.line, record)) return;
  medication.frequency = text_of(entry, "Supply");
  medication.line = entry.line;
  medication.source = source;
  record.medications.push_back(std::move(medication));
}

void read_service(const TextEntry& entry, const std::string& source, Record& record) {
  PlanItem item;
  item.kind = "act";
  item.what = words(text_of(entry, "Description"));
  if (!is_fact("plan", item.what, entry.line, record)) return;
  item.date = date_of(entry, "Next Eligible Date");
  item.line = entry.line;
  item.source = source;
  record.plan.push_back(std::move(item));
}

void read_provider(const TextEntry& entry, const std::string& source, Record& record) {
  CareTeamMember member;
  member.name = first_of(entry, {"Provider Name", "Pharmacy Name"});
  member.role = words(text_of(entry, "Pharmacy Name").empty() ? first_of(entry, {"Specialty", "Type"}) : "pharmacy");
  if (member.name.empty() && is_empty(member.role)) return;
  add_unless_empty(member.telecoms, telephone_of(text_of(entry, "Pharmacy Phone")));
  member.line = entry.line;
  member.source = source;
  record.care_team.push_back(std::move(member));
}

void read_plan(const TextEntry& entry, const std::string& source, Record& record) {
  Coverage coverage;
  coverage.type = code_and_words(text_of(entry, "Plan Type"));
  coverage.plan = text_of(entry, "Plan Name");
  coverage.payer = text_of(entry, "Marketing Name");
  coverage.group_id = text_of(entry, "Contract ID/Plan ID");
  const auto period = text_of(entry, "Plan Period");
  const auto gap = period.find(" - ");
  coverage.start = date_of_text(period.substr(0, gap));
  if (gap != std::string::npos && !iequals(trim(period.substr(gap + 3)), "current"))
    coverage.end = date_of_text(period.substr(gap + 3));
  coverage.line = entry.line;
  coverage.source = source;
  record.coverages.push_back(std::move(coverage));
}

void read_employer(const TextEntry& entry, const std::string& source, Record& record) {
  Coverage coverage;
  coverage.type = words("Employer Subsidy");
  coverage.plan = text_of(entry, "Employer Plan");
  coverage.start = date_of(entry, "Employer Subsidy Start Date");
  coverage.end = date_of(entry, "Employer Subsidy End Date");
  coverage.line = entry.line;
  coverage.source = source;
  record.coverages.push_back(std::move(coverage));
}

void read_insurance(const TextEntry& entry, const std::string& source, Record& record) {
  Coverage coverage;
  coverage.type = words(text_of(entry, "MSP Type"));
  coverage.payer = text_of(entry, "Insurer Name");
  coverage.member_id = text_of(entry, "Policy Number");
  coverage.start = date_of(entry, "Effective Date");
  coverage.end = date_of(entry, "Termination Date");
  coverage.line = entry.line;
  coverage.source = source;
  record.coverages.push_back(std::move(coverage));
}

ClaimItem read_claim_line(const TextEntry& part) {
  ClaimItem item;
  item.number = text_of(part, "Line number");
  item.service = code_and_words(first_of(part, {"Procedure Code/Description", "Revenue Code/Description"}));
  for (int n = 1; n <= 4; ++n)
    if (auto modifier = code_and_words(text_of(part, fmt::format("Modifier {}/Description", n))); !is_empty(modifier))
      item.modifiers.push_back(std::move(modifier));
  item.start = date_of(part, "Date of Service From");
  item.end = date_of(part, "Date of Service To");
  item.quantity = text_of(part, "Quantity Billed/Units");
  item.charged = amount_of(text_of(part, "Submitted Amount/Charges"));
  item.allowed = amount_of(text_of(part, "Allowed Amount"));
  item.place = code_and_words(text_of(part, "Place of Service/Description"));
  item.type = code_and_words(text_of(part, "Type of Service/Description"));
  item.provider = first_of(part, {"Rendering Provider NPI", "Rendering Provider No"});
  item.line = part.line;
  return item;
}

// TXT-CMS-26: the drug of a claim of Part D is its one item.
ClaimItem read_drug_item(const TextEntry& entry) {
  ClaimItem item;
  item.service.code = text_of(entry, "Drug Code");
  item.service.display = text_of(entry, "Drug Name");
  if (item.service.code.size() == 11 && is_number(item.service.code)) {
    item.service.system = ndc;
    item.service.system_name = code_system_name(ndc);
  }
  item.start = date_of(entry, "Claim Service Date");
  item.provider = first_of(entry, {"Prescriber Name", "Prescriber Identifer", "Prescriber Identifier"});
  item.line = entry.line;
  return item;
}

void read_claim(const TextEntry& entry, const std::string& source, Record& record) {
  Claim claim;
  claim.id = first_of(entry, {"Claim Number", claim_lines});
  claim.type = words(text_of(entry, "Claim Type"));
  claim.provider = first_of(entry, {"Provider", "Pharmacy Name", "Pharmacy / Service Provider"});
  claim.start = date_of_text(first_of(entry, {"Service Start Date", "Claim Service Date"}));
  claim.end = date_of(entry, "Service End Date");
  claim.charged = amount_of(text_of(entry, "Amount Charged"));
  claim.approved = amount_of(text_of(entry, "Medicare Approved"));
  claim.paid = amount_of(text_of(entry, "Provider Paid"));
  claim.patient_owes = amount_of(text_of(entry, "You May be Billed"));
  for (const auto& field : entry.fields)
    if (field.key.starts_with("Diagnosis Code") && !is_null_text(field.value))
      claim.diagnoses.push_back(code_and_words(field.value));
  for (const auto& part : entry.parts) claim.items.push_back(read_claim_line(part));
  if (!text_of(entry, "Drug Name").empty() || !text_of(entry, "Drug Code").empty())
    claim.items.push_back(read_drug_item(entry));
  const bool has_amount =
      !claim.charged.empty() || !claim.paid.empty() ||
      std::any_of(claim.items.begin(), claim.items.end(), [](const ClaimItem& item) { return !item.charged.empty(); });
  if (has_amount) claim.currency = "USD";
  claim.line = entry.line;
  claim.source = source;
  record.claims.push_back(std::move(claim));
}

constexpr EntryKind entry_kinds[] = {
    {"Demographic", read_demographic},
    {"Emergency Contact", read_contact},
    {"Self Reported Medical Conditions", read_condition},
    {"Self Reported Allergies", read_allergy},
    {"Self Reported Implantable Device", read_device},
    {"Self Reported Immunizations", read_immunization},
    {"Self Reported Labs and Tests", read_test},
    {"Self Reported Vital Statistics", read_vital_sign},
    {"Family Medical History", read_relative},
    {"Drugs", read_drug},
    {"Preventive Services", read_service},
    {"Providers", read_provider},
    {"Pharmacies", read_provider},
    {"Plans", read_plan},
    {"Employer Subsidy", read_employer},
    {"Primary Insurance", read_insurance},
    {"Other Insurance", read_insurance},
    {claim_summary, read_claim},
};

}  // namespace

Result<Record> cms_record(const TextDocument& document) {
  Record record;
  record.format = "CMS text";
  record.document_title = document.title;
  record.created = date_of_text(document.created);
  record.author = document.producer;
  for (const auto& section : document.sections) {
    const auto read = find_reader(entry_kinds, section.name);
    const auto source = source_of(section);
    if (read != nullptr)
      for (const auto& entry : section.entries)
        if (statement_count(record) <= statement_count_max) read(entry, source, record);
    const auto* layout = find_cms_layout(section.name);
    add_section(section, layout == nullptr ? std::string_view{} : layout->kind, read != nullptr, record);
    if (statement_count(record) > statement_count_max) break;
  }
  BB_CHECK(check_statement_count(record));
  return record;
}

}  // namespace bb::records
