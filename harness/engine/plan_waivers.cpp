#include "harness/engine/plan_waivers.hpp"

#include <algorithm>

#include "harness/evidence/waivers.hpp"

namespace bb::engine {
namespace {

using evidence::WaiverView;
using Hold = WaiverView::Hold;

bool has_claim(const suite::Step& step, const std::string& wanted) {
  const bool is_called = step.action == suite::Action::do_ || step.action == suite::Action::wait;
  if (is_called && !suite::states_result(step) && evidence::is_claim(evidence::implied_claim, wanted)) return true;
  return std::any_of(step.expect.begin(), step.expect.end(),
                     [&](const suite::Claim& claim) { return evidence::is_claim(claim.text, wanted); });
}

class WaiverPlanner {
 public:
  WaiverPlanner(const suite::Target& target, const Plan& plan, std::string_view day)
      : target_(target), plan_(plan), day_(day) {}

  WaiverView plan(const suite::Waiver& waiver) const {
    WaiverView view;
    view.test = waiver.test;
    view.subject = waiver.subject.text;
    view.outcome = waiver.outcome;
    view.claim = waiver.claim;
    view.reason = waiver.reason;
    view.link = waiver.link;
    view.expires = waiver.expires;
    view.line = waiver.place.line;
    view.hold = settle(waiver, view);
    return view;
  }

 private:
  Hold settle(const suite::Waiver& waiver, WaiverView& view) const {
    const auto suite = std::find_if(plan_.suites.begin(), plan_.suites.end(),
                                    [&](const suite::Suite& one) { return one.id == waiver.suite; });
    if (suite == plan_.suites.end()) return Hold::other_suite;
    if (!waiver.subject.covers(target_.id, target_.version)) return Hold::other_system;
    bool is_claim_there = false;
    for (const auto& node : plan_.nodes)
      if (&plan_.suites[node.suite] == &*suite) is_claim_there |= take(waiver, *suite, node, view);
    if (view.tests.empty()) return is_left_out(waiver, *suite) ? Hold::left_out : Hold::unknown_test;
    if (waiver.expires < day_) return Hold::expired;
    return is_claim_there ? Hold::in_force : Hold::unknown_claim;
  }

  // Whether the node, where it is named, has the claim.
  static bool take(const suite::Waiver& waiver, const suite::Suite& suite, const PlanNode& node, WaiverView& view) {
    bool is_claim_there = false;
    for (const auto& step : node.test->steps) {
      if (!waiver.names(node.test->path, node.name, step.id)) continue;
      view.tests.insert(suite.id + "/" + node.name);
      if (waiver.address != node.name && waiver.address != node.test->path) view.step = step.id;
      is_claim_there |= has_claim(step, waiver.claim);
    }
    return is_claim_there;
  }

  // Whether the suite has the test and the filters took it out.
  bool is_left_out(const suite::Waiver& waiver, const suite::Suite& suite) const {
    if (plan_.left_out == 0) return false;
    return std::any_of(suite.tests.begin(), suite.tests.end(), [&](const suite::Test& test) {
      return waiver.address.starts_with(test.path + "[") ||
             std::any_of(test.steps.begin(), test.steps.end(),
                         [&](const suite::Step& step) { return waiver.names(test.path, test.path, step.id); });
    });
  }

  const suite::Target& target_;
  const Plan& plan_;
  const std::string_view day_;
};

}  // namespace

std::vector<WaiverView> plan_waivers(const suite::Target& target, const Plan& plan, std::string_view day) {
  const WaiverPlanner planner(target, plan, day);
  std::vector<WaiverView> views;
  for (const auto& waiver : target.waivers.waivers) views.push_back(planner.plan(waiver));
  return views;
}

}  // namespace bb::engine
