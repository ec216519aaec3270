#include "harness/evidence/requirement_rollup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/evidence/rested_rows.hpp"

namespace bb::evidence {
namespace {

bool contains(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

class Worst {
 public:
  void add(Outcome outcome) { worst_ = worst_ ? std::min(*worst_, outcome) : outcome; }
  bool is_empty() const { return !worst_; }
  Outcome value() const { return *worst_; }

 private:
  std::optional<Outcome> worst_;
};

Outcome failure_at(Level level) {
  switch (level) {
    case Level::shall:
      return Outcome::fail;
    case Level::should:
      return Outcome::warn;
    case Level::may:
      break;
  }
  return Outcome::pass;
}

bool speaks_for(const ClaimView& claim, const TestView& test, const std::string& row) {
  return claim.verifies.empty() ? contains(test.verifies, row) : contains(claim.verifies, row);
}

// A claim cannot weigh more than the row it speaks for.
Outcome claim_outcome(const ClaimView& claim, Level row_level) {
  if (claim.outcome == "held") return Outcome::pass;
  if (claim.is_waived) return Outcome::waived;
  if (claim.outcome != "violated" || claim.gate == "require") return Outcome::skip;
  return failure_at(std::max(claim.level, row_level));
}

bool has_violated_claim(const TestView& test) {
  return std::any_of(test.steps.begin(), test.steps.end(), [](const StepView& step) {
    return !step.is_cleanup && std::any_of(step.claims.begin(), step.claims.end(),
                                           [](const ClaimView& claim) { return claim.outcome == "violated"; });
  });
}

Outcome row_outcome(const RunView& run, const TestView& test, const TestView::Row& row, Level row_level) {
  if (!test.is_done) return Outcome::skip;
  if (test.outcome == Outcome::omit) return Outcome::omit;
  const bool is_of_whole_test = contains(test.verifies, row.id);
  Worst worst;
  int judged = 0;
  bool is_option_missing = false;
  for (const auto& step : test.steps) {
    if (step.is_cleanup || step.is_setup) continue;
    for (const auto& claim : step.claims) {
      if (!speaks_for(claim, test, row.id) || (claim.gate == "require" && claim.outcome == "held")) continue;
      // The implied `result: ok` has no line and is not among the row's claims.
      if (claim.gate != "require" && claim.line > 0) ++judged;
      worst.add(claim_outcome(claim, row_level));
      is_option_missing |= row_level == Level::may && claim.gate != "require" && claim.outcome == "violated";
    }
  }
  bool is_answered = false;
  if (is_of_whole_test)
    for (const auto& answer : run.attestations)
      if (answer.suite == test.suite && answer.test == test.name) {
        is_answered = true;
        worst.add(answer.attests() ? Outcome::attested : Outcome::not_attested);
      }
  if (test.outcome == Outcome::error || test.outcome == Outcome::cancel) worst.add(test.outcome);
  if ((test.outcome == Outcome::fail || test.outcome == Outcome::warn) && !has_violated_claim(test))
    worst.add(std::max(test.outcome, failure_at(row_level)));
  // A waived result ends its test: what comes after it is waived with it.
  if (judged < row.claims) worst.add(test.outcome == Outcome::waived ? Outcome::waived : Outcome::skip);
  const Outcome outcome = worst.is_empty() ? test.outcome : worst.value();
  if (outcome != Outcome::pass) return outcome;
  if (is_option_missing) return Outcome::omit;
  return is_answered || is_decided(test, row.id, row_level) ? Outcome::pass : Outcome::skip;
}

}  // namespace

bool is_decided(const TestView& test, const std::string& row, Level row_level) {
  return std::any_of(test.steps.begin(), test.steps.end(), [&](const StepView& step) {
    return !step.is_cleanup && !step.is_setup &&
           std::any_of(step.claims.begin(), step.claims.end(), [&](const ClaimView& claim) {
             return claim.gate != "require" && claim.outcome != "unjudgeable" && claim.level <= row_level &&
                    speaks_for(claim, test, row);
           });
  });
}

std::string cause_of(const AttestationView& answer) {
  const Outcome outcome = outcome_of(answer);
  if (outcome != Outcome::not_attested && outcome != Outcome::warn) return {};
  if (!answer.is_answered && !answer.name.empty())
    return fmt::format("{} declined to answer '{}'", answer.name, answer.question);
  if (!answer.is_answered)
    return fmt::format("nobody answered '{}'; the answers file needs '{}/{}.{}'", answer.question, answer.suite,
                       answer.test, answer.step);
  if (!answer.expired_by.empty())
    return fmt::format("the answer of {} to '{}', of {}, expired on {} and does not count on {}; ask again",
                       answer.name.empty() ? "somebody" : answer.name, answer.question, answer.date, answer.expires,
                       answer.expired_by);
  return fmt::format("{} answered no to '{}'{}", answer.name.empty() ? "somebody" : answer.name, answer.question,
                     answer.counts ? "" : "; the requirements it speaks for do not count");
}

Outcome outcome_of(const AttestationView& answer) {
  if (answer.counts) return answer.attests() ? Outcome::attested : Outcome::not_attested;
  const bool is_no = answer.is_answered && !answer.is_yes && answer.expired_by.empty();
  return is_no ? Outcome::warn : Outcome::pass;
}

void roll_up_requirements(RunView& run) {
  for (auto& requirement : run.requirements) {
    const Level level = level_from(requirement.level).value_or(Level::shall);
    Worst worst;
    for (const auto& test : run.tests)
      for (const auto& row : test.rows) {
        if (row.id != requirement.id) continue;
        requirement.tests.push_back(test.suite + "/" + test.name);
        worst.add(row_outcome(run, test, row, level));
      }
    requirement.is_tested = !worst.is_empty();
    requirement.outcome = worst.is_empty() ? Outcome::skip : worst.value();
  }
  roll_up_rested_rows(run);
}

}  // namespace bb::evidence
