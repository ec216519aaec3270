#include "fhir_allergy_types.hpp"

#include <array>
#include <string>

#include "code_systems.hpp"

namespace bb::records {
namespace {

constexpr std::array<AllergyKind, 11> kinds{{
    {"416098002", "Allergy to drug", "allergy", "medication"},
    {"414285001", "Allergy to food", "allergy", "food"},
    {"426232007", "Environmental allergy", "allergy", "environment"},
    {"419199007", "Allergy to substance", "allergy", ""},
    {"59037007", "Intolerance to drug", "intolerance", "medication"},
    {"235719002", "Intolerance to food", "intolerance", "food"},
    {"782197009", "Intolerance to substance", "intolerance", ""},
    {"419511003", "Propensity to adverse reactions to drug", "", "medication"},
    {"418471000", "Propensity to adverse reactions to food", "", "food"},
    {"418038007", "Propensity to adverse reactions to substance", "", "environment"},
    {"420134006", "Propensity to adverse reactions", "", ""},
}};

}  // namespace

Code allergy_type_of(std::string_view type, std::string_view category) {
  if (type.empty() && category.empty()) return {};
  const AllergyKind* best = nullptr;
  for (const auto& kind : kinds)
    if (kind.type == type && (kind.category == category || (kind.category.empty() && best == nullptr))) best = &kind;
  if (best == nullptr || best->code == "420134006") return {};
  return {std::string(best->code), std::string(snomed_ct), code_system_name(snomed_ct), std::string(best->display)};
}

const AllergyKind* allergy_kind_of(const Code& type) {
  for (const auto& kind : kinds)
    if (type.system == snomed_ct && type.code == kind.code) return &kind;
  return nullptr;
}

}  // namespace bb::records
