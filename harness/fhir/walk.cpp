#include "harness/fhir/walk.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/fhir/published.hpp"
namespace bb::fhir {
namespace {

// Invariants of R4 that are checked without FHIRPath.
constexpr std::array<std::string_view, 10> evaluated{"ele-1", "ext-1", "dom-2", "dom-3", "per-1",
                                                     "bdl-7", "bdl-8", "txt-1", "txt-2", "ref-1"};

constexpr std::size_t name_bytes_max = 80;  // of a path

}  // namespace

Walk::Walk(const Document& document, const Definitions& definitions, const std::vector<const Structure*>& asked)
    : document_(document),
      definitions_(definitions),
      asked_(asked),
      constraint_counts_(definitions.constraint_count()),
      is_evaluated_(definitions.constraint_count()) {
  result_.asked_counts.resize(asked.size());
  for (std::size_t i = 0; i < is_evaluated_.size(); ++i)
    is_evaluated_[i] = std::find(evaluated.begin(), evaluated.end(), definitions.constraint(i)) != evaluated.end();
}

Checked Walk::run() && {
  {
    const Down down(*this, {document_.root.resource_type});
    resource(document_.root);
  }
  for (std::size_t i = 0; i < constraint_counts_.size(); ++i)
    if (constraint_counts_[i] > 0)
      result_.not_evaluated.push_back(
          {definitions_.constraint(i), std::string(invariants_words), constraint_counts_[i]});
  for (const auto& [what, count] : not_evaluated_) result_.not_evaluated.push_back({what.first, what.second, count});
  return std::move(result_);
}

void Walk::fault(const Element& element, std::string_view rule, std::string_view subject, Fault::Level level,
                 std::string message, std::string expected, std::string found) {
  if (is_full()) return;
  if (!said_.emplace(&element, fmt::format("{}\n{}", rule, subject)).second) return;
  result_.faults.push_back(
      {std::string(rule), level, element.place, path(), std::move(message), std::move(expected), std::move(found)});
}

bool Walk::is_full() {
  if (result_.faults.size() < fault_count_max) return false;
  ++result_.dropped_count;
  return true;
}

void Walk::not_evaluated(const Element& element, std::string_view rule, std::string why) {
  // Two that share a hash would be counted as one: there may be millions of them.
  const auto hash = std::hash<std::string>()(why) * 31 + std::hash<const Element*>()(&element);
  if (!counted_.insert(hash).second) return;
  ++not_evaluated_[{std::string(rule), std::move(why)}];
}

std::string Walk::path() const {
  std::string text;
  for (const auto& step : path_) {
    if (!text.empty()) text += '.';
    text += shorten(step.name, name_bytes_max);
    if (!step.type.empty()) text += fmt::format(".ofType({})", step.type);
    if (step.index != no_index) text += fmt::format("[{}]", step.index);
  }
  return text;
}

std::string name_of(const Structure& profile) {
  return profile.version.empty() || profile.url.starts_with(r4_folder)
             ? profile.title
             : fmt::format("{} {}", profile.title, profile.version);
}

Checked check(const Document& document, const Definitions& definitions, const std::vector<const Structure*>& asked) {
  return Walk(document, definitions, asked).run();
}

}  // namespace bb::fhir
