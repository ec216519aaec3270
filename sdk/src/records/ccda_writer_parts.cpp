// What the writers of all sections of a C-CDA share.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "ccda_writer.hpp"
#include "cda_statements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "uuid.hpp"

namespace bb::records::ccda_out {
namespace {

void write_interpretation(Draft& draft, const std::string& interpretation) {
  if (interpretation.empty()) return;
  constexpr std::size_t code_bytes_max = 4;
  if (interpretation.size() <= code_bytes_max && interpretation.find(' ') == std::string::npos)
    return draft.xml.empty("interpretationCode", {{"code", interpretation}, {"codeSystem", "2.16.840.1.113883.5.83"}});
  write_code(draft.xml, "interpretationCode", Code{"", "", "", interpretation});
}

void write_narrative_table(Draft& draft, const Table& table, std::string_view prefix, std::size_t first_index) {
  auto& xml = draft.xml;
  const XmlScope scope(xml, "table", {{"border", "1"}});
  xml.text("caption", table.title);
  {
    const XmlScope head(xml, "thead");
    const XmlScope row(xml, "tr");
    for (const auto& column : table.columns) xml.text("th", column);
  }
  const XmlScope body(xml, "tbody");
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const XmlScope row(xml, "tr");
    const auto id = narrative_id(prefix, first_index + r);
    xml.text("td", table.rows[r][0], {{"ID", id}});
    for (std::size_t c = 1; c < table.rows[r].size(); ++c)
      xml.text("td", table.rows[r][c], {{"ID", table.columns[c] == sig_column ? id + "-sig" : ""}});
  }
}

void write_narrative(Draft& draft, const std::vector<Table>& tables, const std::vector<std::string>& statements,
                     std::string_view prefix) {
  const XmlScope text(draft.xml, "text");
  std::size_t index = 0;
  for (const auto& table : tables) {
    if (!table.rows.empty()) write_narrative_table(draft, table, prefix, index);
    index += table.rows.size();
  }
  for (const auto& statement : statements) draft.xml.text("paragraph", statement);
}

}  // namespace

void write_act_id(Draft& draft, std::string_view kind, std::size_t index) {
  draft.xml.empty("id", {{"root", uuid_of(fmt::format("{}/{}/{}", draft.identity, kind, index))}});
}

void write_status(Draft& draft, std::string_view code) { draft.xml.empty("statusCode", {{"code", code}}); }

void write_fixed_code(Draft& draft, std::string_view code, std::string_view system, std::string_view name,
                      std::string_view display) {
  draft.xml.empty("code", {{"code", code}, {"codeSystem", system}, {"codeSystemName", name}, {"displayName", display}});
}

std::string narrative_id(std::string_view prefix, std::size_t index) { return fmt::format("{}{}", prefix, index + 1); }

void write_templates(XmlWriter& xml, std::string_view root, std::string_view extension) {
  if (!root.empty()) write_template(xml, root);
  if (!extension.empty()) write_template(xml, root, extension);
}

void write_stated_status(Draft& draft, std::string_view status) {
  draft.xml.empty("statusCode", {{"code", status}, {"nullFlavor", status.empty() ? "UNK" : ""}});
}

std::string_view mood_code(const std::string& mood) {
  constexpr std::array<std::string_view, 6> known{"INT", "APT", "ARQ", "PRMS", "PRP", "RQO"};
  if (!is_planned(mood)) return "EVN";
  const auto* found = std::find(known.begin(), known.end(), mood);
  return found == known.end() ? "INT" : *found;
}

void write_product(Draft& draft, std::string_view element, const Product& product) {
  auto& xml = draft.xml;
  const XmlScope scope(xml, element);
  const XmlScope manufactured(xml, "manufacturedProduct", {{"classCode", "MANU"}});
  write_template(xml, product.template_root);
  write_template(xml, product.template_root, product.template_extension);
  const XmlScope material(xml, "manufacturedMaterial");
  write_code(xml, "code", product.code, {}, product.narrative_id);
  if (!product.lot.empty()) xml.text("lotNumberText", product.lot);
}

void write_source(Draft& draft, const std::string& source) {
  if (source != self_entered) return;
  auto& xml = draft.xml;
  const XmlScope author(xml, "author");
  xml.empty("time", {{"nullFlavor", "UNK"}});
  const XmlScope assigned(xml, "assignedAuthor");
  xml.empty("id", {{"nullFlavor", "UNK"}});
  write_fixed_code(draft, oneself, role_code, "RoleCode", "Self");
}

namespace {

// Of an act CDA knows that it was done; that its value was corrected stands in the narrative.
std::string_view act_status(std::string_view status) { return status == "corrected" ? "completed" : status; }

}  // namespace

void write_statement(Draft& draft, const Observation& observation, const StatementHead& head, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope scope(xml, "observation", {{"classCode", "OBS"}, {"moodCode", head.mood}});
  write_templates(xml, head.template_root, head.template_extension);
  write_act_id(draft, head.prefix, index);
  write_code(xml, "code", observation.test, {}, narrative_id(head.prefix, index));
  write_stated_status(draft, act_status(observation.status));
  if (observation.end.empty())
    write_time(xml, "effectiveTime", observation.date);
  else
    write_interval(xml, observation.date, observation.end, HighEnd::always);
  write_value(xml, observation);
  for (const auto& value : observation.further_values) xml.text("value", value, {{"xsi:type", "ST"}});
  write_interpretation(draft, observation.interpretation);
  write_source(draft, observation.source);
  if (!observation.reference_range.empty()) write_reference_range(xml, observation.reference_range);
}

void write_section(Draft& draft, const SectionWriter& writer, const std::vector<Table>& tables, Empty when_empty) {
  auto& xml = draft.xml;
  const auto& head = writer.head;
  const auto statements = absence_texts(head.kind, draft.record);
  const bool is_empty =
      statements.empty() && std::all_of(tables.begin(), tables.end(), [](const Table& t) { return t.rows.empty(); });
  if (is_empty && when_empty == Empty::left_out) return;
  const XmlScope component(xml, "component");
  const XmlScope section(xml, "section", {{"nullFlavor", is_empty ? "NI" : ""}});
  write_template(xml, head.template_root);
  if (!head.template_extension.empty()) write_template(xml, head.template_root, head.template_extension);
  write_fixed_code(draft, head.loinc_code, loinc, "LOINC", head.loinc_name);
  xml.text("title", head.title);
  if (is_empty) return xml.text("text", "No information.");
  write_narrative(draft, tables, statements, head.prefix);
  writer.write_entries(draft);
  write_absences(draft, head.kind);
}

}  // namespace bb::records::ccda_out
