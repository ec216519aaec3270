#include <bb/records/record.hpp>

#include <unordered_set>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::records {

std::string PersonName::full() const {
  std::vector<std::string> parts;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) parts.push_back(part);
  };
  add(prefix);
  for (const auto& part : given) add(part);
  add(family);
  add(suffix);
  return join(parts, " ");
}

std::vector<std::string> fact_names(const Record& record) {
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  const auto add = [&](const Code& code) {
    if (!code.display.empty() && seen.insert(code.display).second) names.push_back(code.display);
  };
  for (const auto& allergy : record.allergies) add(allergy.substance);
  for (const auto& problem : record.problems) add(problem.problem);
  for (const auto& medication : record.medications) add(medication.drug);
  for (const auto& immunization : record.immunizations) add(immunization.vaccine);
  for (const auto& panel : record.results)
    for (const auto& observation : panel.observations) add(observation.test);
  for (const auto& vital_sign : record.vital_signs) add(vital_sign.test);
  return names;
}

bool is_planned(std::string_view mood) { return !mood.empty() && mood != "EVN"; }

std::string status_for_people(std::string_view mood, std::string_view status) {
  if (!is_planned(mood)) return std::string(status);
  return fmt::format("planned ({}){}{}", mood, status.empty() ? "" : ", ", status);
}

}  // namespace bb::records
