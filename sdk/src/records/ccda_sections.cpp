#include "ccda_sections.hpp"

#include <algorithm>
#include <utility>

#include "ccda_entries.hpp"

namespace bb::records {
namespace {

// C-CDA with entries optional and required, CCD 1.0, HITSP C83, IHE PCC.
constexpr std::array<SectionKind, 14> section_kinds{{
    {"allergies",
     {"48765-2"},
     {"2.16.840.1.113883.10.20.22.2.6", "2.16.840.1.113883.10.20.22.2.6.1", "2.16.840.1.113883.10.20.1.2",
      "2.16.840.1.113883.3.88.11.83.102", "1.3.6.1.4.1.19376.1.5.3.1.3.13"},
     read_allergies},
    {"problems",
     {"11450-4"},
     {"2.16.840.1.113883.10.20.22.2.5", "2.16.840.1.113883.10.20.22.2.5.1", "2.16.840.1.113883.10.20.1.11",
      "2.16.840.1.113883.3.88.11.83.103", "1.3.6.1.4.1.19376.1.5.3.1.3.6"},
     read_problems},
    {"medications",
     {"10160-0"},
     {"2.16.840.1.113883.10.20.22.2.1", "2.16.840.1.113883.10.20.22.2.1.1", "2.16.840.1.113883.10.20.1.8",
      "2.16.840.1.113883.3.88.11.83.112", "1.3.6.1.4.1.19376.1.5.3.1.3.19"},
     read_medications},
    {"immunizations",
     {"11369-6"},
     {"2.16.840.1.113883.10.20.22.2.2", "2.16.840.1.113883.10.20.22.2.2.1", "2.16.840.1.113883.10.20.1.6",
      "2.16.840.1.113883.3.88.11.83.117", "1.3.6.1.4.1.19376.1.5.3.1.3.23"},
     read_immunizations},
    {"results",
     {"30954-2"},
     {"2.16.840.1.113883.10.20.22.2.3", "2.16.840.1.113883.10.20.22.2.3.1", "2.16.840.1.113883.10.20.1.14",
      "2.16.840.1.113883.3.88.11.83.122", "1.3.6.1.4.1.19376.1.5.3.1.3.28"},
     read_results},
    {"vital_signs",
     {"8716-3"},
     {"2.16.840.1.113883.10.20.22.2.4", "2.16.840.1.113883.10.20.22.2.4.1", "2.16.840.1.113883.10.20.1.16",
      "2.16.840.1.113883.3.88.11.83.119", "1.3.6.1.4.1.19376.1.5.3.1.3.25", "1.3.6.1.4.1.19376.1.5.3.1.1.5.3.2"},
     read_vital_signs},
    {"encounters",
     {"46240-8"},
     {"2.16.840.1.113883.10.20.22.2.22", "2.16.840.1.113883.10.20.22.2.22.1", "2.16.840.1.113883.10.20.1.3",
      "2.16.840.1.113883.3.88.11.83.127", "1.3.6.1.4.1.19376.1.5.3.1.1.5.3.3"},
     read_encounters},
    {"procedures",
     {"47519-4"},
     {"2.16.840.1.113883.10.20.22.2.7", "2.16.840.1.113883.10.20.22.2.7.1", "2.16.840.1.113883.10.20.1.12",
      "2.16.840.1.113883.3.88.11.83.108", "1.3.6.1.4.1.19376.1.5.3.1.3.11", "1.3.6.1.4.1.19376.1.5.3.1.3.12"},
     read_procedures},
    {"social_history",
     {"29762-2"},
     {"2.16.840.1.113883.10.20.22.2.17", "2.16.840.1.113883.10.20.1.15", "2.16.840.1.113883.3.88.11.83.126",
      "1.3.6.1.4.1.19376.1.5.3.1.3.16"},
     read_social_history},
    {"plan",
     {"18776-5", "51847-2"},  // of treatment; assessment and plan
     {"2.16.840.1.113883.10.20.22.2.10", "2.16.840.1.113883.10.20.22.2.9", "2.16.840.1.113883.10.20.1.10",
      "2.16.840.1.113883.10.20.2.7", "2.16.840.1.113883.3.88.11.83.124", "1.3.6.1.4.1.19376.1.5.3.1.3.31"},
     read_plan},
    {"goals", {"61146-7"}, {"2.16.840.1.113883.10.20.22.2.60"}, read_goals},
    {"care_team", {"85847-2"}, {"2.16.840.1.113883.10.20.22.2.500"}, read_care_team},
    {"functional_status",
     {"47420-5"},
     {"2.16.840.1.113883.10.20.22.2.14", "2.16.840.1.113883.10.20.1.5", "2.16.840.1.113883.3.88.11.83.109"},
     read_functional_status},
    {"notes", {}, {"2.16.840.1.113883.10.20.22.2.65"}, nullptr},
}};

}  // namespace

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
    if (!code.empty() && std::find(kind.loinc_codes.begin(), kind.loinc_codes.end(), code) != kind.loinc_codes.end())
      return &kind;
  return nullptr;
}

std::string_view section_name_of(std::string_view loinc_code) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> further{
      {{"10157-6", "family_history"}, {"46264-8", "devices"}, {"48768-6", "coverages"}}};
  if (loinc_code.empty()) return {};
  for (const auto& kind : section_kinds)
    if (std::find(kind.loinc_codes.begin(), kind.loinc_codes.end(), loinc_code) != kind.loinc_codes.end())
      return kind.name;
  for (const auto& [code, name] : further)
    if (code == loinc_code) return name;
  return {};
}

}  // namespace bb::records
