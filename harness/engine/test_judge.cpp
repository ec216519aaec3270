#include "harness/engine/test_judge.hpp"

#include <fmt/format.h>

#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/engine/claim_view.hpp"
#include "harness/evidence/event_values.hpp"
#include "harness/evidence/waivers.hpp"

namespace bb::engine {
namespace {

using evidence::Durability;
using evidence::Message;
using evidence::Outcome;
using suite::Step;

}  // namespace

Came judge(TestContext& test, const Step& step, const Message* message, Doubt doubt) {
  if (message != nullptr && message->result == "cancelled" && !test.is_cleanup && test.run.is_broken_off())
    return {Outcome::cancel, "", "the run was cancelled"};
  evidence::StepView& step_view = test.view.steps.back();
  const evidence::WaiverView* waiver = nullptr;
  const auto waives = [&](const checks::ClaimResult& claim) {
    const auto* const found = test.is_cleanup ? nullptr
                                              : evidence::find_waiver(test.run.waivers, test.view.suite, test.view.name,
                                                                      step.id, claim_view(claim));
    if (found != nullptr) waiver = found;
    return found != nullptr;
  };
  checks::StepJudgement judgement =
      checks::judge_step(step, test.scope, message, test.node.claim_level, test.run.input.validator.get(), waives);
  // A failure that our own end may have made is no failure of the system: nothing of it is judged.
  if (doubt == Doubt::done_before && judgement.outcome == Outcome::fail)
    return {Outcome::skip, "",
            fmt::format("step '{}' was asked for by a process that ended before it was judged, and once more after it: "
                        "the system may have done it the first time ({}); do the test again with resume --skipped",
                        step.id, shorten(judgement.cause, 300))};
  if (judgement.outcome == Outcome::waived && waiver != nullptr)
    judgement.cause += fmt::format("; waived until {}: {}", waiver->expires, waiver->reason);
  if (message != nullptr && message->result == "pending") judgement.cause += "; a person has to act first";
  Value event = test.event_base(step.id);
  event.set("attempt", step_view.attempt);
  event.set("outcome", evidence::to_word(judgement.outcome));
  Value claims = Value::array();
  for (const auto& result : judgement.claims) {
    step_view.claims.push_back(claim_view(result));
    claims.push(evidence::claim_to_value(step_view.claims.back()));
  }
  if (!judgement.kind.empty()) event.set("kind", judgement.kind);
  if (!judgement.cause.empty()) event.set("cause", judgement.cause);
  event.set("claims", std::move(claims));
  Value saved = Value::array();
  for (const auto& [name, value] : judgement.saved) saved.push(name);
  event.set("saved", std::move(saved));
  static_cast<void>(test.run.writer.write("step_judged", event, Durability::held));
  step_view.duration_ms = (monotonic_ns() - test.step_started_ns) / ns_per_ms;

  for (auto& [name, value] : judgement.saved) {
    save(test.scope, test.node, name, value);
    test.run.results[test.node_index].saved.emplace_back(name, std::move(value));
  }
  return {judgement.outcome, std::move(judgement.kind), std::move(judgement.cause)};
}

}  // namespace bb::engine
