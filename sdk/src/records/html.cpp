#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>

#include "tables.hpp"

namespace bb::records {
namespace {

std::string escaped(std::string_view text) { return escape_markup(to_utf8_lossy(text)); }

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
                    : fmt::format("<td>{}</td>", escaped(row[c].empty() ? not_stated : row[c]));
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n";
}

namespace {

std::string write_section(const TableSection& section) {
  std::string out =
      fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n", section.id, escaped(section.heading));
  for (const auto& table : section.tables) out += write_table(table);
  for (const auto& statement : section.statements) out += fmt::format("<p>{}</p>\n", escaped(statement));
  if (section.tables.empty() && section.statements.empty()) out += fmt::format("<p>{}</p>\n", nothing_said);
  return out + "</section>\n";
}

std::string write_texts(const std::vector<LabelledText>& texts) {
  std::string out = "<dl>\n";
  for (const auto& [label, text] : texts) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", label, escaped(text));
  return out + "</dl>\n";
}

std::string write_patients(const Record& record) {
  std::string out = "<section aria-labelledby=\"patient\">\n<h2 id=\"patient\">Patient</h2>\n";
  if (const auto note = several_patients_note(record); !note.empty()) out += "<p>" + escaped(note) + "</p>\n";
  out += write_texts(patient_texts(record.patient));
  for (const auto& patient : record.other_patients) out += write_texts(patient_texts(patient));
  return out + "</section>\n";
}

std::string write_document(const Record& record) {
  return "<section aria-labelledby=\"document\">\n<h2 id=\"document\">About this record</h2>\n" +
         write_texts(document_texts(record)) + "</section>\n";
}

}  // namespace

std::string write_html_fragment(const Record& record) {
  std::string out = write_patients(record) + write_document(record);
  for (const auto& section : table_sections(record)) out += write_section(section);
  return out;
}

}  // namespace bb::records
