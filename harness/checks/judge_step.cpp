#include <fmt/format.h>

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/host/call.hpp>
#include "harness/checks/expression.hpp"
#include "harness/checks/judge.hpp"
#include "harness/checks/matchers.hpp"
#include "harness/evidence/waivers.hpp"

namespace bb::checks {
namespace {

using evidence::Level;
using evidence::Outcome;

constexpr std::size_t cause_bytes_max = 600;

// Result words that nobody judges, and the kind of error they are.
// docs/reference/outcomes.md.
std::string_view error_kind(std::string_view result) {
  if (result == "connector_lost") return "connector_lost";
  if (result == "connector_stuck") return "connector_stuck";
  if (result == "host_fault") return "harness";
  if (result == "invalid") return "config";
  return "connector_broken";
}

std::string sentence(const ClaimResult& claim) {
  return shorten(fmt::format("{}: expected {}, found {}", claim.text, claim.expected, claim.found), cause_bytes_max);
}

class StepJudge {
 public:
  StepJudge(const suite::Step& step, const Scope& scope, const evidence::Message* message, Level level,
            const Validator* validator, const Waives& waives)
      : step_(step), scope_(scope), message_(message), level_(level), validator_(validator), waives_(waives) {}

  StepJudgement judge() {
    if (message_ && !host::is_judged(message_->result)) return not_judged();
    if (judge_result() && judge_require()) judge_rest();
    if (message_ && !is_stopped_ && !is_result_violated_) judgement_.saved = saved_values(step_, scope_, *message_);
    return std::move(judgement_);
  }

 private:
  StepJudgement not_judged() {
    const auto why = message_->error.empty() ? message_->status_name : message_->error;
    const auto cause = fmt::format("the call ended with '{}'{}{}", message_->result, why.empty() ? "" : ": ", why);
    judgement_.cause = shorten(cause, cause_bytes_max);
    if (message_->result == "cancelled") {
      judgement_.outcome = Outcome::cancel;
    } else if (message_->result == "pending") {
      judgement_.outcome = Outcome::skip;
    } else {
      judgement_.outcome = Outcome::error;
      judgement_.kind = error_kind(message_->result);
    }
    return std::move(judgement_);
  }

  // Rule 11 of the format: result and status first, so that a refusal or a 500
  // never turns a failure into a skip.
  bool judge_result() {
    for (const auto& claim : step_.expect) {
      if (!is_about_the_result(claim)) continue;
      note(judge_claim(claim, scope_, message_, validator_), gate(), claim.level.value_or(level_));
    }
    if (!suite::states_result(step_) && message_) note(implied_result(), gate(), level_);
    for (const auto& claim : judgement_.claims) {
      if (claim.holds != Holds::violated) continue;
      is_result_violated_ = true;
      is_stopped_ |= claim.level == Level::shall && claim.counts;
    }
    return !is_stopped_;
  }

  ClaimResult implied_result() const {
    ClaimResult result;
    result.text = evidence::implied_claim;
    result.expected = "\"ok\"";
    result.found = fmt::format("\"{}\"{}{}", message_->result, message_->error.empty() ? "" : ": ", message_->error);
    result.holds = message_->result == "ok" ? Holds::held : Holds::violated;
    return result;
  }

  bool judge_require() {
    for (const auto& claim : step_.require) {
      auto result = judge_claim(claim, scope_, message_, validator_);
      result.gate = "require";
      const bool is_met = result.holds == Holds::held;
      if (!is_met) {
        const auto cause = fmt::format("not met: {}{}{}", sentence(result), claim.hint.empty() ? "" : ". ", claim.hint);
        is_stopped_ = true;
        if (result.lacks_validator)
          lack_validator(result);
        else
          worsen(Outcome::skip, shorten(cause, cause_bytes_max));
      }
      judgement_.claims.push_back(std::move(result));
      if (!is_met) return false;
    }
    return true;
  }

  void judge_rest() {
    for (const auto& claim : step_.expect)
      if (!is_about_the_result(claim))
        note(judge_claim(claim, scope_, message_, validator_), gate(), claim.level.value_or(level_));
  }

  std::string_view gate() const { return step_.action == suite::Action::check ? "check" : "expect"; }

  void note(ClaimResult result, std::string_view gate, Level level) {
    result.gate = gate;
    result.level = level;
    result.counts = result.claim == nullptr || result.claim->counts;
    result.is_waived = result.holds == Holds::violated && level != Level::may && waives_ && waives_(result);
    if (result.is_waived) {
      worsen(Outcome::waived, sentence(result));
    } else if (!result.counts) {
      if (result.holds == Holds::violated && level != Level::may)
        worsen(Outcome::warn, sentence(result) + "; the requirements it speaks for do not count");
    } else if (level != Level::may) {
      if (result.holds == Holds::violated)
        worsen(level == Level::shall ? Outcome::fail : Outcome::warn, sentence(result));
      if (result.lacks_validator)
        lack_validator(result);
      else if (result.holds == Holds::unjudgeable)
        worsen(Outcome::skip, shorten(fmt::format("{}: {}", result.text, result.found), cause_bytes_max));
    }
    judgement_.claims.push_back(std::move(result));
  }

  // What is missing is ours, so it is no finding about the system.
  void lack_validator(const ClaimResult& result) {
    worsen(Outcome::error, shorten(fmt::format("{}: {}", result.text, result.found), cause_bytes_max));
    if (judgement_.outcome == Outcome::error) judgement_.kind = "validator_unavailable";
  }

  // Outcomes are declared strongest first.
  void worsen(Outcome outcome, std::string cause) {
    if (outcome >= judgement_.outcome) return;
    judgement_.outcome = outcome;
    judgement_.kind.clear();
    judgement_.cause = std::move(cause);
  }

  const suite::Step& step_;
  const Scope& scope_;
  const evidence::Message* message_;
  const Level level_;
  const Validator* validator_;
  const Waives& waives_;
  StepJudgement judgement_;
  bool is_stopped_ = false;
  bool is_result_violated_ = false;
};

}  // namespace

bool is_about_the_result(const suite::Claim& claim) {
  return claim.of.empty() && (claim.subject == "result" || claim.subject == "status");
}

std::vector<std::pair<std::string, Value>> saved_values(const suite::Step& step, const Scope& scope,
                                                        const evidence::Message& message) {
  std::vector<std::pair<std::string, Value>> saved;
  for (const auto& save : step.save) {
    const auto selector = resolve_selector(save.selector, scope);
    if (!selector) continue;  // as if it were not there
    auto values = select(*selector, message);
    if (!values || values->empty()) continue;  // whoever reads it is told that it has no value
    saved.emplace_back(save.name, values->size() == 1 ? std::move(values->front()) : Value(*std::move(values)));
  }
  return saved;
}

StepJudgement judge_step(const suite::Step& step, const Scope& scope, const evidence::Message* message, Level level,
                         const Validator* validator, const Waives& waives) {
  return StepJudge(step, scope, message, level, validator, waives).judge();
}

}  // namespace bb::checks
