// harness/facts/kinds.hpp - the kinds of facts.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace bb::facts {

enum class Kind {
  identity,
  allergy,
  problem,
  medication,
  immunization,
  result,
  vital_sign,
  procedure,
  encounter,
  social_history,
  plan,
  goal,
  care_team,
  functional_status,
  family_history,
  device,
  contact,
  coverage,
  claim,
  claim_item,
  absence,
};

struct KindNames {
  Kind kind;
  std::string_view word;   // in facts.yaml and JSON
  std::string_view title;  // for people
};
constexpr std::array kinds{
    KindNames{Kind::identity, "identity", "Patient"},
    KindNames{Kind::allergy, "allergy", "Allergies"},
    KindNames{Kind::problem, "problem", "Problems"},
    KindNames{Kind::medication, "medication", "Medications"},
    KindNames{Kind::immunization, "immunization", "Immunizations"},
    KindNames{Kind::result, "result", "Results"},
    KindNames{Kind::vital_sign, "vital_sign", "Vital signs"},
    KindNames{Kind::procedure, "procedure", "Procedures"},
    KindNames{Kind::encounter, "encounter", "Encounters"},
    KindNames{Kind::social_history, "social_history", "Social history"},
    KindNames{Kind::plan, "plan", "Plan"},
    KindNames{Kind::goal, "goal", "Goals"},
    KindNames{Kind::care_team, "care_team", "Care team"},
    KindNames{Kind::functional_status, "functional_status", "Functional status"},
    KindNames{Kind::family_history, "family_history", "Family history"},
    KindNames{Kind::device, "device", "Devices"},
    KindNames{Kind::contact, "contact", "Contacts"},
    KindNames{Kind::coverage, "coverage", "Coverage"},
    KindNames{Kind::claim, "claim", "Claims"},
    KindNames{Kind::claim_item, "claim_item", "Claim lines"},
    KindNames{Kind::absence, "absence", "Said to be absent or unknown"},
};
static_assert(kinds.back().kind == Kind::absence && kinds.size() == static_cast<std::size_t>(Kind::absence) + 1);

constexpr std::string_view to_word(Kind kind) { return kinds[static_cast<std::size_t>(kind)].word; }
constexpr std::string_view title_of(Kind kind) { return kinds[static_cast<std::size_t>(kind)].title; }

constexpr std::optional<Kind> kind_from(std::string_view word) {
  for (const auto& names : kinds)
    if (names.word == word) return names.kind;
  return std::nullopt;
}

}  // namespace bb::facts
