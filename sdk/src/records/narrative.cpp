#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>
#include <bb/core/text.hpp>
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

// The rows of tables that are in no row of another table.
template <class Take>
void for_each_row(XmlNode node, const Take& take) {
  if (node.name() == "tr") return take(node);
  for (const auto child : node.children()) for_each_row(child, take);
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

// Calls `take` for what the entries hold, but for ids, times and references.
template <class Take>
void for_each_in_entries(XmlNode section, const Take& take) {
  constexpr std::array<std::string_view, 4> silent{"templateId", "id", "effectiveTime", "reference"};
  for (const auto entry : section.children("entry"))
    for_each_below(entry, [&](XmlNode node) {
      if (std::find(silent.begin(), silent.end(), node.name()) == silent.end()) take(node);
    });
}

std::string words_of_entries(XmlNode section) {
  std::string out;
  const auto add = [&](const std::string& words) {
    if (!words.empty() && out.size() + words.size() < narrative_bytes_max) out += words + '\n';
  };
  for_each_in_entries(section, [&](XmlNode node) {
    for (const std::string_view name : {"code", "displayName", "value", "unit"}) add(node.attribute(name));
    if (node.children().empty()) add(node.text());
  });
  return out;
}

// An observation of status (LOINC 33999-4) or severity says nothing of what an entry is about.
bool is_of_manner(XmlNode observation) {
  const auto code = observation.child("code").attribute("code");
  return code == "33999-4" || code == "SEV";
}

std::vector<std::string> codes_of_entries(XmlNode section) {
  std::vector<std::string> out;
  const auto add = [&](XmlNode node) {
    for (const auto& child : node.children()) {
      if (child.name() != "code" && child.name() != "value" && child.name() != "translation") continue;
      if (auto code = child.attribute("code"); !code.empty()) out.push_back(std::move(code));
    }
  };
  for_each_in_entries(section, [&](XmlNode node) {
    if (!is_of_manner(node)) add(node);
  });
  return out;
}

std::vector<ReferredName> referred_names_of(XmlNode section, const XmlDocument& document) {
  std::vector<ReferredName> out;
  for_each_in_entries(section, [&](XmlNode node) {
    auto display = node.attribute("displayName");
    const auto reference = node.child("originalText").child("reference").attribute("value");
    if (display.empty() || !reference.starts_with('#')) return;
    if (auto text = document.referred_text(reference.substr(1)); !text.empty())
      out.push_back({std::move(display), std::move(text)});
  });
  return out;
}

// "LABORATORY INFORMATION" across a table.
bool is_title(XmlNode row) {
  const auto cells = row.children();
  return cells.size() == 1 && cells.front().has_attribute("colspan");
}

std::vector<NarrativeRow> rows_of(XmlNode text, const std::unordered_set<std::string>& referred) {
  std::vector<NarrativeRow> rows;
  for_each_row(text, [&](XmlNode node) {
    if (!node.child("td") || is_title(node)) return;
    NarrativeRow row{replace_all(node.lines(xml_text_bytes_max, '\t'), "\n", " "), node.line(), false};
    for_each_below(node,
                   [&](XmlNode part) { row.is_referred = row.is_referred || referred.contains(part.attribute("ID")); });
    if (!row.text.empty()) rows.push_back(std::move(row));
  });
  return rows;
}

void read_section(XmlNode node, const XmlDocument& document, std::vector<Narrative>& out) {
  const auto* kind = recognise(node);
  Narrative narrative;
  narrative.kind = kind == nullptr ? std::string() : std::string(kind->name);
  narrative.title = node.child("title").text();
  narrative.text = node.child("text").lines(narrative_bytes_max, '\t');
  narrative.rows = rows_of(node.child("text"), references_of(node));
  narrative.entry_codes = codes_of_entries(node);
  narrative.referred_names = referred_names_of(node, document);
  narrative.entry_words = words_of_entries(node);
  narrative.entry_count = static_cast<int>(node.children("entry").size());
  narrative.line = node.line();
  out.push_back(std::move(narrative));
  for (const auto component : node.children("component"))
    for (const auto inner : component.children("section")) read_section(inner, document, out);
}

}  // namespace

Result<std::vector<Narrative>> read_narratives(std::string_view xml) {
  BB_TRY(const auto document, XmlDocument::parse(xml));
  if (document.root().name() != "ClinicalDocument")
    return Error{fmt::format("expected a CDA document, found '{}'", document.root_name())};
  std::vector<Narrative> out;
  for (const auto component : document.root().child("component").child("structuredBody").children("component"))
    for (const auto section : component.children("section")) read_section(section, document, out);
  return out;
}

}  // namespace bb::records
