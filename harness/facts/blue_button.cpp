#include "harness/facts/blue_button.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "harness/facts/comparison_words.hpp"
#include "harness/facts/levels.hpp"

namespace bb::facts {
namespace {

std::string named(const Copy& copy) { return fmt::format("{} ({})", copy.name, copy.format); }

bool says_who(const Copy& copy) {
  return std::any_of(copy.facts.begin(), copy.facts.end(),
                     [](const Fact& fact) { return fact.kind == Kind::identity && !fact.name.empty(); });
}

bool says_what(const Copy& copy) {
  return std::any_of(copy.facts.begin(), copy.facts.end(), [](const Fact& fact) {
    return fact.kind != Kind::identity && fact.kind != Kind::contact && fact.kind != Kind::care_team;
  });
}

bool is_for_people(const Copy& copy, const Tables& tables) {
  // Keys and values of no layout that is known: whose they are makes them a copy.
  if (copy.format == "text" && !says_who(copy)) return false;
  return copy.is_words || tables.format(copy.format).is_for_people;
}

template <typename IsOne>
Ruling any_of(std::string requirement, std::string question, const std::vector<Copy>& copies, const IsOne& is_one,
              std::string none) {
  std::vector<std::string> names;
  for (const auto& copy : copies)
    if (is_one(copy)) names.push_back(named(copy));
  const bool is_met = !names.empty();
  return {std::move(requirement), std::move(question), is_met, is_met ? join(names, ", ") : std::move(none)};
}

bool is_for_programs(const Copy& copy) { return !copy.is_words && says_who(copy) && says_what(copy); }

Ruling agreement(std::string question, const Comparison& comparison) {
  Ruling ruling{"PLEDGE-DH-13", std::move(question), comparison.agrees(), verdict_of(comparison)};
  if (ruling.is_met) return ruling;
  for (const auto& row : comparison.rows)
    for (const auto& difference : row.differences)
      if (!difference.is_note) {
        ruling.why += fmt::format(" First: {}: {}.", row.title, in_words(row, difference));
        return ruling;
      }
  return ruling;
}

// What one copy leaves out makes no other patient: both have to say it, or a page not the name.
bool is_contradiction(const Difference& difference, const std::vector<Copy>& copies) {
  if (difference.is_note) return false;
  if (difference.what != What::different) return true;
  return !difference.here.empty() || (copies[difference.copy].is_words && difference.attribute == "name");
}

Ruling same_patient(const std::vector<Copy>& copies, const Tables& tables) {
  const auto comparison = compare(copies, level_identity, tables);
  auto ruling = agreement("of the same patient", comparison);
  ruling.can_be_told =
      ruling.is_met || std::any_of(comparison.rows.begin(), comparison.rows.end(), [&](const Row& row) {
        return std::any_of(row.differences.begin(), row.differences.end(),
                           [&](const Difference& one) { return is_contradiction(one, copies); });
      });
  return ruling;
}

bool says_anything(const Comparison& narrative) {
  return std::any_of(narrative.rows.begin(), narrative.rows.end(),
                     [](const Row& row) { return row.cells[1].presence == Presence::stated; });
}

}  // namespace

bool BlueButton::is_met() const {
  return std::all_of(rulings.begin(), rulings.end(), [](const Ruling& ruling) { return ruling.is_met; });
}

BlueButton judge_together(const std::vector<Copy>& copies, const Tables& tables, const Comparison* narrative) {
  BlueButton out;
  out.rulings.push_back(any_of("PLEDGE-DH-10", "a copy for programs", copies, is_for_programs,
                               "no file gives the patient and a fact as fields that programs read"));
  out.rulings.push_back(any_of(
      "PLEDGE-DH-11", "a copy for people", copies, [&](const Copy& copy) { return is_for_people(copy, tables); },
      "no file is a text, a page or a document with a narrative"));
  if (narrative != nullptr && narrative->unjudged.empty() && !says_anything(*narrative)) {
    out.rulings[1].is_met = false;
    out.rulings[1].why = "the narrative says nothing of the entries";
  }
  const bool has_both = out.rulings[0].is_met && out.rulings[1].is_met;
  out.rulings.push_back({"PLEDGE-DH-12", "both are offered", has_both, has_both ? "" : "one alone is not enough"});
  if (narrative != nullptr)
    out.rulings.push_back(agreement("complete: the narrative says what the entries say", *narrative));
  if (copies.size() < 2) return out;
  out.rulings.push_back(same_patient(copies, tables));
  out.rulings.push_back(agreement("complete: each says the same", compare(copies, level_all, tables)));
  return out;
}

std::string render(const BlueButton& blue_button) {
  std::string text;
  for (const auto& ruling : blue_button.rulings)
    text += fmt::format("{}: {}{}{} [{}]\n", ruling.question,
                        ruling.is_met        ? "yes"
                        : ruling.can_be_told ? "no"
                                             : "cannot be told",
                        ruling.why.empty() ? "" : ", ", one_line(ruling.why), ruling.requirement);
  return text;
}

Value to_value(const BlueButton& blue_button) {
  Value rulings = Value::array();
  for (const auto& ruling : blue_button.rulings)
    rulings.push(Value::object({{"requirement", ruling.requirement},
                                {"question", ruling.question},
                                {"is_met", ruling.is_met},
                                {"can_be_told", ruling.can_be_told},
                                {"why", ruling.why}}));
  return Value::object({{"is_met", blue_button.is_met()}, {"rulings", std::move(rulings)}});
}

}  // namespace bb::facts
