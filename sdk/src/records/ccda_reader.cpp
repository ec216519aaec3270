#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>

#include "ccda_entries.hpp"
#include "cda_header.hpp"
#include "xml_tree.hpp"

namespace bb::records {
namespace {

using ReadEntry = void (*)(const XmlDocument&, XmlNode, Record&);

struct SectionKind {
  std::string_view loinc_code;
  std::array<std::string_view, 6> templates;
  ReadEntry read_entry;
};

// C-CDA with entries optional and required, CCD 1.0, HITSP C83, IHE PCC.
constexpr std::array<SectionKind, 7> section_kinds{{
    {"48765-2",
     {"2.16.840.1.113883.10.20.22.2.6", "2.16.840.1.113883.10.20.22.2.6.1", "2.16.840.1.113883.10.20.1.2",
      "2.16.840.1.113883.3.88.11.83.102", "1.3.6.1.4.1.19376.1.5.3.1.3.13"},
     read_allergies},
    {"11450-4",
     {"2.16.840.1.113883.10.20.22.2.5", "2.16.840.1.113883.10.20.22.2.5.1", "2.16.840.1.113883.10.20.1.11",
      "2.16.840.1.113883.3.88.11.83.103", "1.3.6.1.4.1.19376.1.5.3.1.3.6"},
     read_problems},
    {"10160-0",
     {"2.16.840.1.113883.10.20.22.2.1", "2.16.840.1.113883.10.20.22.2.1.1", "2.16.840.1.113883.10.20.1.8",
      "2.16.840.1.113883.3.88.11.83.112", "1.3.6.1.4.1.19376.1.5.3.1.3.19"},
     read_medications},
    {"11369-6",
     {"2.16.840.1.113883.10.20.22.2.2", "2.16.840.1.113883.10.20.22.2.2.1", "2.16.840.1.113883.10.20.1.6",
      "2.16.840.1.113883.3.88.11.83.117", "1.3.6.1.4.1.19376.1.5.3.1.3.23"},
     read_immunizations},
    {"30954-2",
     {"2.16.840.1.113883.10.20.22.2.3", "2.16.840.1.113883.10.20.22.2.3.1", "2.16.840.1.113883.10.20.1.14",
      "2.16.840.1.113883.3.88.11.83.122", "1.3.6.1.4.1.19376.1.5.3.1.3.28"},
     read_results},
    {"8716-3",
     {"2.16.840.1.113883.10.20.22.2.4", "2.16.840.1.113883.10.20.22.2.4.1", "2.16.840.1.113883.10.20.1.16",
      "2.16.840.1.113883.3.88.11.83.119", "1.3.6.1.4.1.19376.1.5.3.1.3.25", "1.3.6.1.4.1.19376.1.5.3.1.1.5.3.2"},
     read_vital_signs},
    {"46240-8",
     {"2.16.840.1.113883.10.20.22.2.22", "2.16.840.1.113883.10.20.22.2.22.1", "2.16.840.1.113883.10.20.1.3",
      "2.16.840.1.113883.3.88.11.83.127", "1.3.6.1.4.1.19376.1.5.3.1.1.5.3.3"},
     read_encounters},
}};

const SectionKind* recognise(XmlNode section) {
  for (const auto id : section.children("templateId")) {
    const auto root = id.attribute("root");
    if (root.empty()) continue;
    for (const auto& kind : section_kinds)
      for (const auto known : kind.templates)
        if (root == known) return &kind;
  }
  const auto code = section.child("code").attribute("code");
  for (const auto& kind : section_kinds)
    if (code == kind.loinc_code) return &kind;
  return nullptr;
}

// The nesting is bounded by xml_depth_max.
void read_section(const XmlDocument& document, XmlNode section, Record& record) {
  if (const auto* kind = recognise(section))
    for (const auto entry : section.children("entry")) kind->read_entry(document, entry, record);
  for (const auto component : section.children("component"))
    for (const auto inner : component.children("section")) read_section(document, inner, record);
}

Error not_a_clinical_document(const XmlDocument& document) {
  const auto space = document.root_namespace();
  return Error{fmt::format("expected the root element ClinicalDocument of namespace urn:hl7-org:v3, found '{}' {}",
                           shorten(document.root_name(), 80),
                           space.empty() ? "without a namespace" : "of namespace " + shorten(space, 80))};
}

}  // namespace

Result<Record> read_ccda(std::string_view xml) {
  BB_TRY(const auto document, XmlDocument::parse(xml));
  const auto root = document.root();
  if (root.name() != "ClinicalDocument") return not_a_clinical_document(document);

  Record record;
  read_header(document, root, record);
  for (const auto component : root.child("component").child("structuredBody").children("component"))
    for (const auto section : component.children("section")) read_section(document, section, record);
  return record;
}

}  // namespace bb::records
