// syntax.hpp - what both ways of writing FHIR share.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/text.hpp>
#include <bb/fhir/element.hpp>

namespace bb::fhir {

// The elements that hold a resource: DomainResource.contained, Bundle.entry.resource,
// Parameters.parameter.resource and Bundle.entry.response.outcome.
inline bool holds_resource(std::string_view name) {
  constexpr std::array<std::string_view, 3> holders{"contained", "resource", "outcome"};
  return std::find(holders.begin(), holders.end(), name) != holders.end();
}

// So much of a name of the file is quoted.
inline std::string shown(std::string_view text) { return shorten(text, 80); }

inline constexpr std::size_t problem_count_max = 1000;

// The last one that is kept says that there are more.
inline void add_problem(std::vector<Problem>& problems, Problem problem) {
  if (problems.size() == problem_count_max) return;
  if (problems.size() + 1 == problem_count_max) problem.what = "and more faults of this kind, which are not listed";
  problems.push_back(std::move(problem));
}

}  // namespace bb::fhir
