// T09: a run reports each requirement once, so that its suites must mean the
// same by it.
#include <map>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/lint.hpp"

namespace bb::suite {
namespace {

struct Part {
  std::string_view key;
  const std::string Requirement::*value;
};
// What a requirement says; where it is taken from may be written differently.
constexpr Part parts[] = {
    {"level", &Requirement::level_text},    {"text", &Requirement::text},        {"status", &Requirement::status},
    {"applies", &Requirement::applies},     {"from", &Requirement::from},        {"until", &Requirement::until},
    {"check", &Requirement::check},         {"how", &Requirement::how},          {"edition", &Requirement::edition},
    {"judged_by", &Requirement::judged_by}, {"untested", &Requirement::untested}};

std::string shown(const std::string& value) { return value.empty() ? "nothing" : "'" + shorten(value, 60) + "'"; }

std::string differences(const Requirement& one, const Requirement& other) {
  std::vector<std::string> found;
  for (const auto& [key, value] : parts)
    if (one.*value != other.*value)
      found.push_back(fmt::format("{} is {} here, {} there", key, shown(one.*value), shown(other.*value)));
  if (one.rests_on != other.rests_on)
    found.push_back(
        fmt::format("rests_on is {} here, {} there", shown(join(one.rests_on, " ")), shown(join(other.rests_on, " "))));
  return join(found, "; ");
}

std::string where(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

}  // namespace

std::vector<Diagnostic> lint_catalogues(const std::vector<Suite>& suites) {
  std::vector<Diagnostic> diagnostics;
  std::map<std::string_view, const Requirement*> first;
  for (const auto& suite : suites)
    for (const auto& requirement : suite.catalogue.requirements) {
      const auto [known, is_new] = first.emplace(requirement.id, &requirement);
      if (is_new) continue;
      const std::string different = differences(requirement, *known->second);
      if (different.empty()) continue;
      diagnostics.push_back(
          {Severity::error, requirement.place,
           fmt::format("requirement '{}' stands in two catalogues of this run and is not the same: {} [T09]",
                       shorten(requirement.id, 60), different),
           fmt::format("the other stands in {}; give one another id, or run the suites one by one",
                       where(known->second->place))});
    }
  return diagnostics;
}

}  // namespace bb::suite
