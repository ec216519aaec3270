// A01 evidence that a step asks for, A02 files named as evidence. Known before
// a run, so that nobody waits for its end to hear of it.
#include <optional>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/lint_context.hpp"

namespace bb::suite {
namespace {

class AnswersLinter {
 public:
  AnswersLinter(const Answers& answers, std::vector<Diagnostic>& diagnostics)
      : answers_(answers), diagnostics_(diagnostics) {}

  void check(const Suite& suite, const Test& test, const Step& step) {
    if (step.action != Action::attest || step.evidence_kind == "none") return;
    for (const auto& answer : answers_.answers) {
      const auto name = answered_test(answer, suite, test, step);
      // One that goes before it may speak for this step.
      if (name && answers_.find(suite.id, *name, step.id) == &answer) check_evidence(answer, step);
    }
  }

 private:
  // The test or instance that the answer names, where it may be about this step:
  // "t" of "s/t" and "s/t.step", "t[a]" of "s/t[a]" and "s/t[a].step".
  static std::optional<std::string> answered_test(const Answer& answer, const Suite& suite, const Test& test,
                                                  const Step& step) {
    std::string_view rest = answer.test;
    const std::string prefix = suite.id + "/" + test.path;
    if (!rest.starts_with(prefix)) return std::nullopt;
    rest.remove_prefix(prefix.size());
    const std::string suffix = "." + step.id;
    if (rest.ends_with(suffix)) rest.remove_suffix(suffix.size());
    if (!rest.empty() && !(rest.starts_with('[') && rest.ends_with(']'))) return std::nullopt;
    return test.path + std::string(rest);
  }

  void check_evidence(const Answer& answer, const Step& step) {
    const bool is_note = step.evidence_kind == "note";
    if (answer.evidence.empty()) {
      // Who answers no has nothing to prove.
      if (answer.is_yes)
        error("A01", answer.place,
              fmt::format("the answer names no evidence, step '{}' asks for a {}", step.id, step.evidence_kind),
              is_note ? "write {answer: yes, evidence: what was seen}" : "write {answer: yes, evidence: FILE}");
      return;
    }
    std::error_code ignored;
    if (is_note || std::filesystem::is_regular_file(answers_.file.parent_path() / answer.evidence, ignored)) return;
    error("A02", answer.evidence_place,
          fmt::format("step '{}' asks for a {} as evidence, and there is no file '{}'", step.id, step.evidence_kind,
                      shorten(answer.evidence, 80)),
          "a path is relative to the folder of the answers");
  }

  void error(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
    diagnostics_.push_back({Severity::error, place, fmt::format("{} [{}]", message, rule), note});
  }

  const Answers& answers_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

std::vector<Diagnostic> lint_answers(const Answers& answers, const std::vector<Suite>& suites) {
  std::vector<Diagnostic> diagnostics;
  AnswersLinter linter(answers, diagnostics);
  for (const auto& suite : suites)
    for (const auto& test : suite.tests)
      for_each_step(test, [&](const Step& step) { linter.check(suite, test, step); });
  return diagnostics;
}

}  // namespace bb::suite
