#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/coverage/render.hpp"
#include "harness/suite/fault_text.hpp"

namespace bb::coverage {

std::string citation_text(const Citation& citation) {
  auto text = fmt::format("{}/{}", citation.suite->id, citation.test->path);
  if (citation.instances > 1) text += fmt::format(" ({} instances)", citation.instances);
  return text;
}

std::string account_of(const Row& row) {
  const auto& requirement = *row.requirement;
  switch (row.proof) {
    case Proof::rows:
      return "rests on " + join(requirement.rests_on, ", ");
    case Proof::command:
      return requirement.judged_by + " judges it";
    case Proof::own_tests:
      return "it asks something of a connector; those that come along: " + requirement.judged_by;
    case Proof::reason:
      return requirement.untested.empty() ? "rests on " + join(requirement.rests_on, ", ") + ", which say why not"
                                          : requirement.untested;
    case Proof::gap:
      return "neither a test, nor a person's answer, nor a reason";
    case Proof::test:
    case Proof::rule:
    case Proof::attested:
    case Proof::information:
      break;
  }
  return {};
}

std::vector<std::string> faults_of(const Row& row) {
  std::vector<std::string> faults;
  for (const auto& citation : row.tests)
    for (const auto& fault : citation.test->catches) {
      auto text = suite::fault_text(fault);
      if (std::find(faults.begin(), faults.end(), text) == faults.end()) faults.push_back(std::move(text));
    }
  return faults;
}

}  // namespace bb::coverage
