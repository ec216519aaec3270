#include <fmt/format.h>

#include "ccda_entries.hpp"
#include "ccda_sections.hpp"
#include "cda_header.hpp"
#include "cda_types.hpp"
#include "readers.hpp"
#include "unstructured_body.hpp"
#include "xml_tree.hpp"

namespace bb::records {
namespace {

constexpr std::size_t narrative_bytes_max = 256 * 1024;

void read_entries(const XmlDocument& document, XmlNode node, const SectionKind* kind, Record& record) {
  for (const auto entry : node.children("entry")) {
    if (statement_count(record) > statement_count_max) return;
    read_notes(document, entry, record);
    if (kind != nullptr && kind->read_entry != nullptr) kind->read_entry(document, entry, record);
  }
}

// The nesting is bounded (xml::Limits).
void read_section(const XmlDocument& document, XmlNode node, Record& record) {
  const auto* kind = recognise(node);
  Section section;
  section.kind = kind == nullptr ? std::string() : std::string(kind->name);
  section.code = read_code(document, node.child("code"));
  section.title = node.child("title").text();
  section.entry_count = static_cast<int>(node.children("entry").size());
  section.line = node.line();
  const auto count_before = statement_count(record);
  read_entries(document, node, kind, record);
  if (statement_count(record) == count_before) section.text = node.child("text").lines(narrative_bytes_max);
  // nullFlavor of a section: it is there to say that there is nothing to say.
  if (const auto reason = node.attribute("nullFlavor"); kind != nullptr && !reason.empty())
    record.absences.push_back({section.kind, "unknown", {}, reason, section.line});
  record.sections.push_back(std::move(section));
  for (const auto component : node.children("component"))
    for (const auto inner : component.children("section")) read_section(document, inner, record);
}

}  // namespace

Result<Record> read_cda(const XmlDocument& document) {
  const auto root = document.root();
  Record record;
  read_header(document, root, record);
  for (const auto component : root.child("component").child("structuredBody").children("component"))
    for (const auto section : component.children("section")) read_section(document, section, record);
  read_unstructured_body(root, record);
  BB_CHECK(check_statement_count(record));
  if (document.is_exhausted())
    return Error{fmt::format("the entries refer to more than {} bytes of narrative", referred_step_count_max)};
  return record;
}

}  // namespace bb::records
