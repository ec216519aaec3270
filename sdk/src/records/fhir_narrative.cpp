// What the sections of a FHIR document say to people.
#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "fhir_writer.hpp"
#include "tables.hpp"

namespace bb::records::fhir_out {
namespace {

std::string paragraphs(const std::vector<std::string>& lines) {
  std::string body;
  for (const auto& line : lines) body += fmt::format("<p>{}</p>\n", escape_markup(to_utf8_lossy(line)));
  return body;
}

Value generated(const std::string& body) {
  Value text = Value::object();
  text.set("status", "generated");
  text.set("div", Value("<div xmlns=\"http://www.w3.org/1999/xhtml\">\n" + body + "</div>"));
  return text;
}

}  // namespace

Value narrative_of_lines(const std::vector<std::string>& lines) { return generated(paragraphs(lines)); }

Value narrative_of(std::string_view section, const Record& record) {
  std::string body;
  for (const auto& table : tables_of(section, record))
    if (!table.rows.empty()) body += write_table(table);
  body += paragraphs(absence_texts(section, record));
  return generated(body.empty() ? fmt::format("<p>{}</p>\n", nothing_said) : body);
}

}  // namespace bb::records::fhir_out
