// What the sections of a FHIR document say to people.
#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "fhir_writer.hpp"
#include "tables.hpp"

namespace bb::records::fhir_out {
namespace {

Table observation_table(std::string_view title, const std::vector<Observation>& observations) {
  Table table{std::string(title), {"What", "Value", "From", "To", "Status", "Code"}, {}};
  for (const auto& o : observations)
    table.rows.push_back({in_words(o.test), all_measured(o), date_for_people(o.date), date_for_people(o.end), o.status,
                          code_label(o.test)});
  return table;
}

Table procedure_table(const Record& record) {
  Table table{"Procedures", {"Procedure", "From", "To", "Body site", "Performer", "Status", "Code"}, {}};
  for (const auto& p : record.procedures)
    table.rows.push_back({in_words(p.procedure), date_for_people(p.start), date_for_people(p.end),
                          site_in_words(p.body_site, p.laterality), p.performer, status_for_people(p.mood, p.status),
                          code_label(p.procedure)});
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
  Table table{"Care team", {"Name", "Role", "Organization", "Contact", "From", "To"}, {}};
  for (const auto& m : record.care_team)
    table.rows.push_back({m.name, in_words(m.role), m.organization, join(m.telecoms, ", "), date_for_people(m.start),
                          date_for_people(m.end)});
  return table;
}

Table family_table(const Record& record) {
  Table table{"Family history", {"Relative", "Condition", "Onset", "Code"}, {}};
  for (const auto& f : record.family_history)
    table.rows.push_back({in_words(f.relative), in_words(f.condition), f.onset, code_label(f.condition)});
  return table;
}

Table device_table(const Record& record) {
  Table table{"Devices", {"Device", "Identifier", "Date", "Status"}, {}};
  for (const auto& d : record.devices)
    table.rows.push_back({in_words(d.device), d.id, date_for_people(d.date), d.status});
  return table;
}

Table coverage_table(const Record& record) {
  Table table{"Coverage", {"Type", "Plan", "Payer", "Member", "Group", "From", "To", "Status"}, {}};
  for (const auto& c : record.coverages)
    table.rows.push_back({in_words(c.type), c.plan, c.payer, c.member_id, c.group_id, date_for_people(c.start),
                          date_for_people(c.end), c.status});
  return table;
}

std::vector<Table> claim_tables(const Record& record) {
  Table claims{"Claims",
               {"Claim", "Type", "Provider", "From", "To", "Charged", "Approved", "Paid", "Patient owes", "Currency",
                "Diagnoses", "Status"},
               {}};
  Table lines{"Lines of claims",
              {"Claim", "Line", "Service", "Code", "From", "To", "Quantity", "Charged", "Allowed", "Provider"},
              {}};
  for (const auto& c : record.claims) {
    std::vector<std::string> diagnoses;
    for (const auto& diagnosis : c.diagnoses) diagnoses.push_back(in_words(diagnosis));
    claims.rows.push_back({c.id, in_words(c.type), c.provider, date_for_people(c.start), date_for_people(c.end),
                           c.charged, c.approved, c.paid, c.patient_owes, c.currency, join(diagnoses, ", "), c.status});
    for (const auto& item : c.items)
      lines.rows.push_back({c.id, item.number, in_words(item.service), code_label(item.service),
                            date_for_people(item.start), date_for_people(item.end), item.quantity, item.charged,
                            item.allowed, item.provider});
  }
  return {claims, lines};
}

Table note_table(const Record& record) {
  Table table{"Notes", {"Note", "Date", "Author", "Text"}, {}};
  for (const auto& n : record.notes)
    table.rows.push_back({n.title.empty() ? in_words(n.type) : n.title, date_for_people(n.date), n.author, n.text});
  return table;
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
  if (section == "coverages") return {coverage_table(record)};
  if (section == "claims") return claim_tables(record);
  if (section == "notes") return {note_table(record)};
  std::vector<Table> panels;
  if (section == "results")
    for (const auto& panel : record.results) panels.push_back(result_table(panel));
  return panels;
}

std::string absence_in_words(const Absence& absence) {
  const auto what = in_words(absence.what);
  if (absence.kind == "negated") return "Not: " + what;
  if (absence.kind == "none_known") return what.empty() ? "None known." : what;
  return what.empty() ? "Not known." : "Not known: " + what;
}

}  // namespace

Value narrative_of(std::string_view section, const Record& record) {
  std::string body;
  for (const auto& table : tables_of(section, record))
    if (!table.rows.empty()) body += write_table(table);
  for (const auto& absence : record.absences)
    if (absence.section == section)
      body += fmt::format("<p>{}</p>\n", escape_markup(to_utf8_lossy(absence_in_words(absence))));
  if (body.empty()) body = fmt::format("<p>{}</p>\n", nothing_said);
  Value text = Value::object();
  text.set("status", "generated");
  text.set("div", Value("<div xmlns=\"http://www.w3.org/1999/xhtml\">\n" + body + "</div>"));
  return text;
}

}  // namespace bb::records::fhir_out
