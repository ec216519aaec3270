#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>

#include "code_systems.hpp"
#include "dates.hpp"
#include "tables.hpp"

namespace bb::records {
namespace {

std::string escaped(std::string_view text) { return escape_markup(to_utf8_lossy(text)); }

// Columns that no row fills are left out, except the first.
std::vector<std::size_t> used_columns(const Table& table) {
  std::vector<std::size_t> used;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    bool is_used = c == 0;
    for (const auto& row : table.rows) is_used = is_used || !row[c].empty();
    if (is_used) used.push_back(c);
  }
  return used;
}

}  // namespace

std::string write_table(const Table& table) {
  const auto columns = used_columns(table);
  std::string out = fmt::format("<table>\n<caption>{}</caption>\n<thead>\n<tr>", escaped(table.title));
  for (const auto c : columns) out += fmt::format("<th scope=\"col\">{}</th>", escaped(table.columns[c]));
  out += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (const auto c : columns)
      out += c == 0 ? fmt::format("<th scope=\"row\">{}</th>", escaped(row[c]))
                    : fmt::format("<td>{}</td>", escaped(row[c].empty() ? "not stated" : row[c]));
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n";
}

namespace {

std::string write_section(std::string_view id, std::string_view heading, const std::vector<Table>& tables) {
  std::string out = fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n", id, escaped(heading));
  bool is_empty = true;
  for (const auto& table : tables) {
    if (table.rows.empty()) continue;
    out += write_table(table);
    is_empty = false;
  }
  if (is_empty) out += "<p>The record says nothing about this.</p>\n";
  return out + "</section>\n";
}

std::string one_line(const Address& address) {
  std::vector<std::string> parts;
  for (const auto& line : address.lines) parts.push_back(line);
  for (const auto* part : {&address.city, &address.state, &address.postal_code, &address.country})
    if (!part->empty()) parts.push_back(*part);
  return join(parts, ", ");
}

void add(std::string& out, std::string_view label, std::string_view text) {
  if (!text.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", label, escaped(text));
}

std::string write_patient(const Patient& patient) {
  std::string out = "<dl>\n";
  add(out, "Name", patient.name.full().empty() ? "not stated" : patient.name.full());
  add(out, "Date of birth", date_for_people(patient.birth_date));
  add(out, "Deceased", death(patient));
  add(out, "Gender", patient.gender);
  for (const auto& id : patient.ids) add(out, "Identifier", id.extension);
  for (const auto& address : patient.addresses) add(out, "Address", one_line(address));
  for (const auto& telecom : patient.telecoms) add(out, "Contact", telecom);
  add(out, "Language", patient.language);
  add(out, "Race", races(patient));
  add(out, "Ethnicity", in_words(patient.ethnicity));
  add(out, "Marital status", in_words(patient.marital_status));
  return out + "</dl>\n";
}

std::string write_patients(const Record& record) {
  std::string out = "<section aria-labelledby=\"patient\">\n<h2 id=\"patient\">Patient</h2>\n";
  if (const auto note = several_patients_note(record); !note.empty()) out += "<p>" + escaped(note) + "</p>\n";
  out += write_patient(record.patient);
  for (const auto& patient : record.other_patients) out += write_patient(patient);
  return out + "</section>\n";
}

std::string write_document(const Record& record) {
  std::string out = "<section aria-labelledby=\"document\">\n<h2 id=\"document\">About this record</h2>\n<dl>\n";
  add(out, "Title", record.document_title.empty() ? "Health record" : record.document_title);
  add(out, "Created", date_for_people(record.created));
  add(out, "Author", record.author);
  add(out, "Kept by", record.custodian);
  return out + "</dl>\n</section>\n";
}

}  // namespace

std::string write_html_fragment(const Record& record) {
  std::vector<Table> results;
  for (const auto& panel : record.results) results.push_back(result_table(panel));
  return write_patients(record) + write_document(record) +
         write_section("allergies", "Allergies", {allergy_table(record)}) +
         write_section("problems", "Problems", {problem_table(record)}) +
         write_section("medications", "Medications", {medication_table(record)}) +
         write_section("immunizations", "Immunizations", {immunization_table(record)}) +
         write_section("results", "Results", results) +
         write_section("vital-signs", "Vital signs", {vital_sign_table(record)}) +
         write_section("social-history", "Social history", {social_history_table(record)}) +
         write_section("encounters", "Encounters", {encounter_table(record)});
}

}  // namespace bb::records
