// What a process that goes on with a run finds; declared in run_context.hpp.
#include <algorithm>
#include <set>

#include "harness/checks/judge.hpp"
#include "harness/engine/recorded_run.hpp"
#include "harness/engine/run_context.hpp"

namespace bb::engine {
namespace {

// What the judged steps of a test saved, from their messages.
Status restore_saved(RunContext& run, std::size_t node) {
  const RecordedTest& recorded = run.before->test(node);
  const PlanNode& planned = run.plan.nodes[node];
  checks::Scope scope = scope_so_far(run, node);
  for (const auto& step : planned.test->steps) {
    const RecordedStep* const last = recorded.last(step.id, false);
    if (last == nullptr || last->saved.empty()) continue;
    BB_TRY(const auto message, run.before->message(node, step.id));
    for (auto& [name, value] : checks::saved_values(step, scope, message)) {
      save(scope, planned, name, value);
      run.results[node].saved.emplace_back(name, std::move(value));
    }
  }
  return {};
}

// Sessions ended with the process that made them.
void restore_sessions(RunContext& run) {
  std::set<Actor> actors;
  for (const auto& sign_in : run.before->sign_ins()) {
    const PlanNode& node = run.plan.nodes[sign_in.node];
    const auto& steps = sign_in.is_cleanup ? node.test->cleanup : node.test->steps;
    const auto step =
        std::find_if(steps.begin(), steps.end(), [&](const suite::Step& one) { return one.id == sign_in.step; });
    if (step == steps.end()) continue;
    const auto index =
        static_cast<std::size_t>(step - steps.begin()) + (sign_in.is_cleanup ? node.test->steps.size() : 0);
    const checks::Scope scope = scope_so_far(run, sign_in.node);
    const auto as = scope.resolve(step->as);
    auto arguments = scope.resolve(step->with);
    if (!as || !arguments) continue;
    const Actor actor = find_actor(run.plan, sign_in.node, *step, index, *as);
    run.sessions[actor].push_back(
        {step->verb, *std::move(arguments), purpose_of(node.view.suite, node.name, step->id)});
    actors.insert(actor);
  }
  run.pool.lose_sessions(std::move(actors));
}

void restore_inboxes(RunContext& run) {
  for (auto& [role, inbox] : run.inboxes) {
    if (const auto found = run.before->addresses().find(role); found != run.before->addresses().end()) {
      inbox.is_asked = true;
      inbox.address = found->second;
    }
    if (const auto found = run.before->seen().find(role); found != run.before->seen().end()) inbox.seen = found->second;
    const auto before = run.before->before().find(role);
    if (before == run.before->before().end()) continue;
    static_cast<void>(inbox.arrivals.begin_baseline());
    for (const auto& id : before->second) inbox.arrivals.add_before(id);
  }
  for (std::size_t node = 0; node < run.plan.nodes.size(); ++node)
    for (const auto& step : run.before->test(node).steps) {
      const auto inbox = run.inboxes.find(step.wait.event.substr(0, step.wait.event.find('.')));
      if (!step.wait_until_ns || inbox == run.inboxes.end()) continue;
      if (!step.taken.empty()) inbox->second.arrivals.take(step.taken);
      if (step.outcome) inbox->second.arrivals.add_wait({step.wait, *step.wait_began_ns, *step.wait_until_ns});
    }
}

}  // namespace

bool is_under_way(const RunContext& run, std::size_t node) {
  return run.before != nullptr && run.before->test(node).is_begun && !run.before->test(node).is_done;
}

Status restore(RunContext& run) {
  for (const auto node : run.plan.in_order_of_need()) {
    const RecordedTest& recorded = run.before->test(node);
    BB_CHECK(restore_saved(run, node));
    if (!recorded.is_done) continue;
    evidence::TestView& view = run.results[node].view;
    view.is_done = true;
    view.outcome = recorded.view.outcome;
    view.kind = recorded.view.kind;
    view.cause = recorded.view.cause;
    view.waivers = recorded.view.waivers;
    if (view.outcome == evidence::Outcome::fail && view.counts) ++run.failures;
  }
  restore_inboxes(run);
  run.next_call = run.before->last_call() + 1;
  restore_sessions(run);
  return {};
}

}  // namespace bb::engine
