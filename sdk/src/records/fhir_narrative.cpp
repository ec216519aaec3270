// What the sections of a FHIR document say to people.
#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "fhir_writer.hpp"
#include "tables.hpp"

namespace bb::records::fhir_out {
Value narrative_of(std::string_view section, const Record& record) {
  std::string body;
  for (const auto& table : tables_of(section, record))
    if (!table.rows.empty()) body += write_table(table);
  for (const auto& statement : absence_texts(section, record))
    body += fmt::format("<p>{}</p>\n", escape_markup(to_utf8_lossy(statement)));
  if (body.empty()) body = fmt::format("<p>{}</p>\n", nothing_said);
  Value text = Value::object();
  text.set("status", "generated");
  text.set("div", Value("<div xmlns=\"http://www.w3.org/1999/xhtml\">\n" + body + "</div>"));
  return text;
}

}  // namespace bb::records::fhir_out
