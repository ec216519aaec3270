// ccda_sections.hpp - which section of a CDA document holds what.
#pragma once

#include <array>
#include <string_view>

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

using ReadEntry = void (*)(const XmlDocument&, XmlNode, Record&);

struct SectionKind {
  std::string_view name;  // as the member of the record
  std::array<std::string_view, 2> loinc_codes;
  std::array<std::string_view, 6> templates;
  ReadEntry read_entry;  // nullptr: its notes alone are read
};

// By template, else by LOINC code: vendors of R1.1 and C32 use other templates.
// nullptr for a section that only people can read here.
const SectionKind* recognise(XmlNode section);

// By LOINC code, with those of FHIR documents that CDA has no reader for; empty
// for any other.
std::string_view section_name_of(std::string_view loinc_code);

}  // namespace bb::records
