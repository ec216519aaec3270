// Tables of care, of what surrounds it, and of what is not so; and which tables a
// section has.
#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "dates.hpp"
#include "tables.hpp"

namespace bb::records {
namespace {

std::string named(const std::string& words, std::string_view otherwise) {
  return words.empty() ? std::string(otherwise) : words;
}

Table observation_table(std::string_view title, const std::vector<Observation>& observations) {
  Table table{
      std::string(title),
      {"Observation", "Finding", "Interpretation", "Reference range", "From", "Until", "Status", "Source", "Code"},
      {}};
  for (const auto& o : observations) {
    // What is told of is often a value alone, "to run again": it is the name then.
    const auto test = in_words(o.test), finding = all_measured(o);
    table.rows.push_back({named(test, finding.empty() ? "Observation" : finding), test.empty() ? "" : finding,
                          o.interpretation, o.reference_range, date_for_people(o.date), date_for_people(o.end),
                          o.status, o.source, code_label(o.test)});
  }
  return table;
}

Table procedure_table(const Record& record) {
  Table table{"Procedures", {"Procedure", "From", "To", "Body site", "Performer", "Status", "Source", "Code"}, {}};
  for (const auto& p : record.procedures)
    table.rows.push_back({in_words(p.procedure), date_for_people(p.start), date_for_people(p.end),
                          site_in_words(p.body_site, p.laterality), p.performer, status_for_people(p.mood, p.status),
                          p.source, code_label(p.procedure)});
  return table;
}

Table plan_table(const Record& record) {
  Table table{"Plan", {"What", "Kind", "Date", "Status", "Code"}, {}};
  for (const auto& item : record.plan)
    table.rows.push_back({in_words(item.what), item.kind, date_for_people(item.date),
                          status_for_people(item.mood, item.status), code_label(item.what)});
  return table;
}

Table care_team_table(const Record& record) {
  Table table{"Care team", {"Name", "Role", "Organization", "Contact", "From", "To", "Source"}, {}};
  for (const auto& m : record.care_team)
    table.rows.push_back({named(m.name, "Member"), in_words(m.role), m.organization, join(m.telecoms, ", "),
                          date_for_people(m.start), date_for_people(m.end), m.source});
  return table;
}

Table family_table(const Record& record) {
  Table table{"Family history", {"Relative", "Condition", "Onset", "Status", "Source", "Code"}, {}};
  for (const auto& f : record.family_history)
    table.rows.push_back({named(in_words(f.relative), "Relative"), in_words(f.condition), date_for_people(f.onset),
                          f.status, f.source, code_label(f.condition)});
  return table;
}

Table device_table(const Record& record) {
  Table table{"Devices", {"Device", "Identifier", "Date", "Status", "Source", "Code"}, {}};
  for (const auto& d : record.devices)
    table.rows.push_back({in_words(d.device), d.id, date_for_people(d.date), d.status, d.source, code_label(d.device)});
  return table;
}

Table contact_table(const Record& record) {
  Table table{"Contacts", {"Name", "Relationship", "Contact", "Source"}, {}};
  for (const auto& c : record.contacts)
    table.rows.push_back({named(c.name, "Contact"), in_words(c.relationship), join(c.telecoms, ", "), c.source});
  return table;
}

Table coverage_table(const Record& record) {
  Table table{"Coverage", {"Plan", "Type", "Payer", "Member", "Group", "From", "To", "Status", "Source"}, {}};
  for (const auto& c : record.coverages)
    table.rows.push_back({named(c.plan, in_words(c.type)), in_words(c.type), c.payer, c.member_id, c.group_id,
                          date_for_people(c.start), date_for_people(c.end), c.status, c.source});
  return table;
}

Table claim_table(const Record& record) {
  Table table{
      "Claims",
      {"Claim", "Type", "Status", "Provider", "From", "To", "Charged", "Approved", "Paid", "Patient owes", "Diagnoses"},
      {}};
  for (const auto& c : record.claims) {
    std::vector<std::string> diagnoses;
    for (const auto& diagnosis : c.diagnoses) diagnoses.push_back(in_words(diagnosis));
    table.rows.push_back({named(c.id, in_words(c.type)), in_words(c.type), c.status, c.provider,
                          date_for_people(c.start), date_for_people(c.end), c.charged, c.approved, c.paid,
                          c.patient_owes, join(diagnoses, ", ")});
  }
  return table;
}

Table claim_item_table(const Claim& claim) {
  Table table{"Lines of claim " + claim.id,
              {"Service", "Line", "From", "To", "Quantity", "Charged", "Allowed", "Provider", "Code"},
              {}};
  for (const auto& i : claim.items)
    table.rows.push_back({named(in_words(i.service), "Service"), i.number, date_for_people(i.start),
                          date_for_people(i.end), i.quantity, i.charged, i.allowed, i.provider, code_label(i.service)});
  return table;
}

Table note_table(const Record& record) {
  Table table{"Notes", {"Note", "Date", "Author", "Text"}, {}};
  for (const auto& n : record.notes)
    table.rows.push_back({named(n.title, named(in_words(n.type), "Note")), date_for_people(n.date), n.author, n.text});
  return table;
}

std::string_view statement_word(std::string_view kind) {
  if (kind == "none_known") return "None known";
  return kind == "negated" ? "Not so" : "Unknown";
}

}  // namespace

bool is_stated(const Absence& absence) { return absence.kind != "unknown" || !in_words(absence.what).empty(); }

std::vector<std::string> absence_texts(std::string_view section, const Record& record) {
  std::vector<std::string> texts;
  for (const auto& absence : record.absences) {
    if (absence.section != section || !is_stated(absence)) continue;
    const auto what = in_words(absence.what);
    texts.push_back(fmt::format("{}{}{}", statement_word(absence.kind), what.empty() ? "" : ": ", what));
  }
  return texts;
}

std::vector<Table> tables_of(std::string_view section, const Record& record) {
  if (section == "allergies") return {allergy_table(record)};
  if (section == "problems") return {problem_table(record)};
  if (section == "medications") return {medication_table(record)};
  if (section == "immunizations") return {immunization_table(record)};
  if (section == "vital_signs") return {vital_sign_table(record)};
  if (section == "encounters") return {encounter_table(record)};
  if (section == "procedures") return {procedure_table(record)};
  if (section == "social_history") return {observation_table("Social history", record.social_history)};
  if (section == "functional_status") return {observation_table("Functional status", record.functional_status)};
  if (section == "goals") return {observation_table("Goals", record.goals)};
  if (section == "plan") return {plan_table(record)};
  if (section == "care_team") return {care_team_table(record)};
  if (section == "family_history") return {family_table(record)};
  if (section == "devices") return {device_table(record)};
  if (section == "contacts") return {contact_table(record)};
  if (section == "coverages") return {coverage_table(record)};
  if (section == "notes") return {note_table(record)};
  std::vector<Table> tables;
  if (section == "results")
    for (const auto& panel : record.results) tables.push_back(result_table(panel));
  if (section == "claims") {
    tables.push_back(claim_table(record));
    for (const auto& claim : record.claims) tables.push_back(claim_item_table(claim));
  }
  return tables;
}

}  // namespace bb::records
