#include "harness/engine/test_context.hpp"

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::engine {
namespace {

using evidence::Durability;

// Cleanup after a cancel must not keep a person waiting.
constexpr std::int64_t cleanup_ms_after_cancel = 5'000;

}  // namespace

std::string with_cause(std::string text, const std::string& cause) {
  return cause.empty() ? text : text + ": " + shorten(cause, 300);
}

TestContext::TestContext(RunContext& run_of_test, std::size_t node_of_test)
    : run(run_of_test),
      node_index(node_of_test),
      node(run.plan.nodes[node_index]),
      definition(*node.test),
      view(node.view),
      scope(scope_so_far(run, node_index)),
      worker(run.virtual_clock),
      budget(definition.timeout_ms),
      caller(run, view.suite, view.name, worker, budget) {
  view.started_unix_ns = run.clock.now_unix_ns();
  if (is_under_way(run, node_index)) before = &run.before->test(node_index);
}

// What an earlier process left of a step that it began; null where it did not.
const RecordedStep* TestContext::begun_before(const suite::Step& step) const {
  return before == nullptr ? nullptr : before->last(step.id, is_cleanup);
}

// Counts those of earlier processes too.
int TestContext::next_attempt(const suite::Step& step) const {
  const auto last = std::find_if(view.steps.rbegin(), view.steps.rend(), [&](const evidence::StepView& one) {
    return !one.is_setup && one.is_cleanup == is_cleanup && one.id == step.id;
  });
  return last == view.steps.rend() ? 1 : last->attempt + 1;
}

Caller::Step TestContext::call_step(const suite::Step& step) const {
  const bool is_late = is_cleanup && run.is_cancelled();
  const std::int64_t timeout_ms = step.timeout_ms.value_or(step_ms_default);
  return {step.id, Budget(is_late ? std::min(timeout_ms, cleanup_ms_after_cancel) : timeout_ms),
          is_cleanup ? nullptr : run.options.cancellation};
}

Value TestContext::event_base(const std::string& step) const {
  return Value::object({{"suite", view.suite}, {"test", view.name}, {"step", step}});
}

void TestContext::begin_step(const suite::Step& step, const Actor& actor, int attempt) {
  write_step_started(step.id, action_text(step, actor), attempt, false);
}

void TestContext::begin_setup(const std::string& id, const std::string& action) {
  write_step_started(id, action, 1, true);
}

void TestContext::write_step_started(const std::string& id, const std::string& action, int attempt, bool is_setup) {
  evidence::StepView step;
  step.id = id;
  step.action = action;
  step.attempt = attempt;
  step.is_setup = is_setup;
  step.is_cleanup = is_cleanup;
  step.started_unix_ns = run.clock.now_unix_ns();
  step_started_ns = monotonic_ns();
  Value event = event_base(id);
  event.set("action", action);
  event.set("attempt", attempt);
  if (is_setup) event.set("is_setup", true);
  if (is_cleanup) event.set("is_cleanup", true);
  static_cast<void>(run.writer.write("step_started", event, Durability::held));
  view.steps.push_back(std::move(step));
}

evidence::Message TestContext::take_message(const suite::Step& step, VerbReply reply) {
  evidence::Message message = message_from(reply.reply);
  if (reply.is_composed) {
    Value event = event_base(step.id);
    Value content = run.writer.message_value(message);
    for (auto& member : *content.members()) event.set(member.key, std::move(member.value));
    static_cast<void>(run.writer.write("message", event, Durability::held));
  }
  evidence::StepView& step_view = view.steps.back();
  step_view.has_message = true;
  step_view.message = message;
  if (step_view.message.body.size() > evidence::view_body_bytes_max)
    step_view.message.body.resize(evidence::view_body_bytes_max);
  return message;
}

}  // namespace bb::engine
