#include "harness/engine/rejudge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "harness/engine/claim_view.hpp"
#include "harness/evidence/event_values.hpp"
#include "harness/evidence/waivers.hpp"

namespace bb::engine {
namespace {

using evidence::ClaimView;
using Difference = Rejudged::Difference;

constexpr std::size_t shown_bytes_max = 200;

std::string described(const ClaimView& claim) {
  if (claim.outcome == "held") return claim.outcome;
  return fmt::format("{} (expected {}, found {})", claim.outcome, shorten(claim.expected, shown_bytes_max),
                     shorten(claim.found, shown_bytes_max));
}

// What a claim came to, and what it was, without the words for people.
Value essence(ClaimView claim) {
  claim.expected.clear();
  claim.found.clear();
  return evidence::claim_to_value(claim);
}

class Judge {
 public:
  explicit Judge(const Replay& replay) : replay_(replay), plan_(replay.plan()), results_(plan_.nodes.size()) {}

  Result<Rejudged> judge() {
    for (const auto node : plan_.in_order_of_need()) BB_CHECK(judge_test(node));
    return std::move(rejudged_);
  }

 private:
  Status judge_test(std::size_t node) {
    const PlanNode& planned = plan_.nodes[node];
    checks::Scope scope = test_scope(plan_, node, results_);
    bool is_judged = false;
    for (const auto& recorded : replay_.steps(node)) {
      if (!recorded.attestation.is_null()) judge_answer(planned, scope, recorded);
      if (recorded.judged.is_null()) continue;
      is_judged = true;
      BB_CHECK(judge_step(node, scope, recorded));
    }
    rejudged_.tests += is_judged ? 1 : 0;
    return {};
  }

  Status judge_step(std::size_t node, checks::Scope& scope, const Replay::Step& recorded) {
    const PlanNode& planned = plan_.nodes[node];
    const suite::Step* const step = find_step(planned, recorded);
    if (step == nullptr) {
      differ(planned, recorded, {}, "judged", "not in the run's own copy of the suite");
      return {};
    }
    evidence::Message message;
    const evidence::Message* given = nullptr;
    if (step->action != suite::Action::check) {
      if (!recorded.has_message) {
        differ(planned, recorded, {}, "judged", "without a message to judge");
        return {};
      }
      BB_TRY(message, replay_.message(recorded));
      given = &message;
    }
    const auto waives = [&](const checks::ClaimResult& claim) {
      return !recorded.is_cleanup && evidence::find_waiver(replay_.waivers(), planned.view.suite, planned.name,
                                                           recorded.id, claim_view(claim)) != nullptr;
    };
    auto judgement = checks::judge_step(*step, scope, given, planned.claim_level, replay_.validator(), waives);
    compare(planned, recorded, judgement);
    for (auto& [name, value] : judgement.saved) {
      save(scope, planned, name, value);
      results_[node].saved.emplace_back(name, std::move(value));
    }
    return {};
  }

  static const suite::Step* find_step(const PlanNode& planned, const Replay::Step& recorded) {
    const auto& steps = recorded.is_cleanup ? planned.test->cleanup : planned.test->steps;
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const suite::Step& step) { return step.id == recorded.id; });
    return found == steps.end() ? nullptr : &*found;
  }

  void judge_answer(const PlanNode& planned, const checks::Scope& scope, const Replay::Step& recorded) {
    ++rejudged_.answers;
    const suite::Step* const step = find_step(planned, recorded);
    if (step == nullptr) return differ(planned, recorded, {}, "asked", "not in the run's own copy of the suite");
    const auto resolved = scope.resolve(Value(step->question));
    const std::string question = resolved ? resolved->string_or(step->question) : step->question;
    const std::string asked = recorded.attestation["question"].string_or("");
    if (question != asked) differ(planned, recorded, {}, "asked: " + asked, "asked: " + question);
  }

  void compare(const PlanNode& planned, const Replay::Step& recorded, const checks::StepJudgement& judgement) {
    const std::size_t found_before = rejudged_.differences.size() + rejudged_.unjudged.size();
    const Value& was = recorded.judged["claims"];
    const std::size_t count = std::max(was.size(), judgement.claims.size());
    rejudged_.claims += judgement.claims.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= was.size() || i >= judgement.claims.size()) {
        const ClaimView claim = i < was.size() ? evidence::claim_from_value(was[i]) : claim_view(judgement.claims[i]);
        differ(planned, recorded, claim, i < was.size() ? described(claim) : "not judged",
               i < was.size() ? "not judged" : described(claim));
        continue;
      }
      compare_claim(planned, recorded, evidence::claim_from_value(was[i]), judgement.claims[i]);
    }
    if (rejudged_.differences.size() + rejudged_.unjudged.size() > found_before) return;
    const std::string outcome = recorded.judged["outcome"].string_or("");
    if (outcome != evidence::to_word(judgement.outcome))
      differ(planned, recorded, {}, outcome, std::string(evidence::to_word(judgement.outcome)));
    std::vector<std::string> saved;
    for (const auto& [name, value] : judgement.saved) saved.push_back(name);
    if (const auto names = strings_of(recorded.judged["saved"]); names != saved)
      differ(planned, recorded, {}, "saved " + join(names, ", "), "saved " + join(saved, ", "));
  }

  void compare_claim(const PlanNode& planned, const Replay::Step& recorded, const ClaimView& was,
                     const checks::ClaimResult& result) {
    const ClaimView is = claim_view(result);
    if (essence(was) == essence(is)) {
      if (was.expected != is.expected || was.found != is.found) ++rejudged_.reworded;
    } else if (result.lacks_validator) {
      rejudged_.unjudged.push_back(difference(planned, recorded, is, described(was), is.found));
    } else if (was.outcome != is.outcome) {
      differ(planned, recorded, is, described(was), described(is));
    } else {
      differ(planned, recorded, is, to_json(essence(was)), to_json(essence(is)));
    }
  }

  static Difference difference(const PlanNode& planned, const Replay::Step& recorded, const ClaimView& claim,
                               std::string was, std::string is) {
    return {planned.view.suite, planned.name, recorded.id, claim.text, std::move(was), std::move(is), claim.line};
  }
  void differ(const PlanNode& planned, const Replay::Step& recorded, const ClaimView& claim, std::string was,
              std::string is) {
    rejudged_.differences.push_back(difference(planned, recorded, claim, std::move(was), std::move(is)));
  }

  const Replay& replay_;
  const Plan& plan_;
  std::vector<TestResult> results_;
  Rejudged rejudged_;
};

}  // namespace

Result<Rejudged> rejudge(const Replay& replay) { return Judge(replay).judge(); }

}  // namespace bb::engine
