#include <unordered_set>

#include <fmt/format.h>
#include <bb/records/narrative.hpp>

#include "ccda_sections.hpp"
#include "xml_tree.hpp"

namespace bb::records {
namespace {

constexpr std::size_t narrative_bytes_max = 4 * 1024 * 1024;

// Calls `take` for an element and everything below it, in document order. The nesting
// is bounded (xml::Limits).
template <class Take>
void for_each_below(XmlNode node, const Take& take) {
  take(node);
  for (const auto child : node.children()) for_each_below(child, take);
}

std::unordered_set<std::string> references_of(XmlNode section) {
  std::unordered_set<std::string> ids;
  for (const auto entry : section.children("entry"))
    for_each_below(entry, [&](XmlNode node) {
      if (node.name() != "reference") return;
      const auto value = node.attribute("value");
      if (value.starts_with('#')) ids.insert(value.substr(1));
    });
  return ids;
}

std::vector<NarrativeRow> rows_of(XmlNode text, const std::unordered_set<std::string>& referred) {
  std::vector<NarrativeRow> rows;
  for_each_below(text, [&](XmlNode node) {
    if (node.name() != "tr" || !node.child("td")) return;
    NarrativeRow row{node.text(), node.line(), false};
    for_each_below(node,
                   [&](XmlNode part) { row.is_referred = row.is_referred || referred.contains(part.attribute("ID")); });
    if (!row.text.empty()) rows.push_back(std::move(row));
  });
  return rows;
}

void read_section(XmlNode node, std::vector<Narrative>& out) {
  const auto* kind = recognise(node);
  Narrative narrative;
  narrative.kind = kind == nullptr ? std::string() : std::string(kind->name);
  narrative.title = node.child("title").text();
  narrative.text = node.child("text").lines(narrative_bytes_max);
  narrative.rows = rows_of(node.child("text"), references_of(node));
  narrative.entry_count = static_cast<int>(node.children("entry").size());
  narrative.line = node.line();
  out.push_back(std::move(narrative));
  for (const auto component : node.children("component"))
    for (const auto inner : component.children("section")) read_section(inner, out);
}

}  // namespace

Result<std::vector<Narrative>> read_narratives(std::string_view xml) {
  BB_TRY(const auto document, XmlDocument::parse(xml));
  if (document.root().name() != "ClinicalDocument")
    return Error{fmt::format("expected a CDA document, found '{}'", document.root_name())};
  std::vector<Narrative> out;
  for (const auto component : document.root().child("component").child("structuredBody").children("component"))
    for (const auto section : component.children("section")) read_section(section, out);
  return out;
}

}  // namespace bb::records
