// What the harness cannot judge by itself: questions that nobody answered yet,
// and documents whose published rules were not imported.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/doctor/checks.hpp"

namespace bb::doctor {
namespace {

using suite::Action;

void check_questions(const Examination& examination, const engine::Plan& plan, Findings& findings) {
  std::vector<std::string> open;
  std::size_t count = 0;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    if (engine::why_omitted(plan, i)) continue;
    const auto& node = plan.nodes[i];
    for (const auto& step : node.test->steps) {
      if (step.action != Action::attest) continue;
      ++count;
      const auto& suite = plan.suite_of(node).id;
      if (examination.loaded().input.answers.find(suite, node.name, step.id) == nullptr)
        open.push_back(suite + "/" + node.name);
    }
  }
  const auto& file = examination.loaded().input.answers.file;
  if (open.empty() && count > 0)
    findings.push_back(
        {.group = Group::suites, .what = fmt::format("the answers cover {}", counted(count, "question"))});
  if (open.empty()) return;
  findings.push_back({.group = Group::suites,
                      .state = State::warning,
                      .what = fmt::format("{} will be not attested", counted(open.size(), "question")),
                      .expected = fmt::format("an answer to each of {}", counted(count, "question")),
                      .found = fmt::format("none to {}", shorten(join(open, ", "), 500)),
                      .next = file.empty() ? "write the answers into a file and name it: --answers FILE"
                                           : fmt::format("add them to {}", file.string())});
}

void check_rules(const Examination& examination, const engine::Plan& plan, Findings& findings) {
  if (!examination.settings().missing_rules) return;
  std::map<std::string, std::size_t> tests;  // by kind
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    if (engine::why_omitted(plan, i)) continue;
    std::vector<std::string> kinds;
    for (const auto& step : plan.nodes[i].test->steps)
      for (const auto& claim : step.expect)
        if (claim.subject == "valid" && claim.by.empty()) kinds.push_back(claim.argument.string_or(""));
    std::sort(kinds.begin(), kinds.end());
    kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
    for (const auto& kind : kinds) ++tests[kind];
  }
  for (const auto& [kind, count] : tests) {
    const auto missing = examination.settings().missing_rules(kind);
    if (missing.empty()) continue;
    findings.push_back({.group = Group::suites,
                        .state = State::warning,
                        .what = fmt::format("nothing can be called valid {}: {} will skip or end in an error", kind,
                                            counted(count, "test")),
                        .expected = "the published schema and rules",
                        .found = missing,
                        .next = "take them in once: bluebridge data import FOLDER"});
  }
}

}  // namespace

Findings check_answers(Examination& examination) {
  Findings findings;
  if (examination.plan() == nullptr) return findings;
  check_questions(examination, *examination.plan(), findings);
  check_rules(examination, *examination.plan(), findings);
  return findings;
}

}  // namespace bb::doctor
