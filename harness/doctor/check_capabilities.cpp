// Capabilities: what the suites need and want of each role, and what its
// connector offers; how many tests that leaves out.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/doctor/checks.hpp"
#include "harness/suite/lint_context.hpp"

namespace bb::doctor {
namespace {

class CapabilityChecker {
 public:
  explicit CapabilityChecker(Examination& examination) : examination_(examination) {}

  Findings check() {
    for (const auto& suite : examination_.suites())
      for (const auto& role : suite.roles) check_role(suite, role);
    if (examination_.plan() != nullptr) check_probes(*examination_.plan());
    return std::move(findings_);
  }

 private:
  void check_role(const suite::Suite& suite, const suite::Role& role) {
    const auto* bound = examination_.target().find_role(role.name);
    if (bound == nullptr || !bound->is_whole) return;
    const auto& type = examination_.type_of(*bound);
    if (!type) return;
    std::vector<std::string> lacking;
    const auto check = [&](const std::vector<std::string>& capabilities, bool is_needed) {
      for (const auto& capability : capabilities) {
        const auto interface = "bb." + capability + "/1";
        if (std::find(type->interfaces.begin(), type->interfaces.end(), interface) != type->interfaces.end()) continue;
        lacking.push_back(capability);
        tell_lacking(suite, role, *bound, *type, capability, is_needed);
      }
    };
    check(role.needs, true);
    check(role.wants, false);
    if (lacking.empty())
      findings_.push_back(
          {.group = Group::capabilities,
           .what = fmt::format("role '{}' offers what suite '{}' needs and wants of it", role.name, suite.id)});
  }

  void tell_lacking(const suite::Suite& suite, const suite::Role& role, const suite::RoleBinding& bound,
                    const host::TypeInfo& type, const std::string& capability, bool is_needed) {
    const auto count = count_tests(suite, role.name, capability);
    findings_.push_back(
        {.group = Group::capabilities,
         .state = is_needed   ? State::problem
                  : count > 0 ? State::warning
                              : State::note,
         .what = fmt::format("role '{}' lacks '{}', which suite '{}' {}: {} will {}", role.name, capability, suite.id,
                             is_needed ? "needs" : "wants", counted(count, "test"),
                             is_needed ? "fail or skip" : "skip or not apply"),
         .place = suite::value_place(bound.node, "connector", bound.place),
         .expected = "bb." + capability + "/1",
         .found = fmt::format("{} offers {}", type.id, join(type.interfaces, ", ")),
         .next = is_needed ? "bind a connector that offers it (bluebridge connector list), or leave the suite out"
                           : "bind a connector that offers it, where the system can do it"});
  }

  // Tests of a plan; of suites with mistakes none is known.
  std::size_t count_tests(const suite::Suite& suite, const std::string& role, const std::string& capability) const {
    const auto* plan = examination_.plan();
    if (plan == nullptr) return 0;
    return static_cast<std::size_t>(std::count_if(plan->nodes.begin(), plan->nodes.end(), [&](const auto& node) {
      return plan->suite_of(node).id == suite.id && uses(*node.test, role, capability);
    }));
  }

  bool uses(const suite::Test& test, const std::string& role, const std::string& capability) const {
    const auto& vocabulary = examination_.loaded().input.vocabulary;
    return std::any_of(test.steps.begin(), test.steps.end(), [&](const suite::Step& step) {
      if (step.role != role) return false;
      if (step.action == suite::Action::wait) {
        const auto* event = vocabulary.find_event(role + "." + step.verb);
        return event != nullptr ? event->capability == capability : capability == "inbox";
      }
      const auto* verb = step.action == suite::Action::do_ ? vocabulary.find_verb(step.verb) : nullptr;
      return verb != nullptr && verb->capability == capability;
    });
  }

  // "portal.probe.read-other-patient" of `supports`, each once.
  void check_probes(const engine::Plan& plan) {
    std::map<std::string, std::size_t> gates;
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      if (engine::why_omitted(plan, i)) continue;
      for (const auto& when : plan.nodes[i].test->when)
        for (const auto& wanted : when.supports) ++gates[wanted];
    }
    for (const auto& [gate, count] : gates) check_gate(gate, count);
  }

  void check_gate(const std::string& gate, std::size_t count) {
    const auto parts = split(gate, '.');
    const auto* bound = examination_.target().find_role(parts.front());
    if (parts.size() < 3 || parts[1] != "probe" || bound == nullptr) return;  // of capabilities it is told above
    const auto name = gate.substr(parts[0].size() + parts[1].size() + 2);
    const auto& type = examination_.type_of(*bound);
    if (!type || std::find(type->interfaces.begin(), type->interfaces.end(), "bb.probe/1") == type->interfaces.end())
      return;
    const auto& known = examination_.probes_of(*bound);
    if (!known) {
      findings_.push_back({.group = Group::capabilities,
                           .state = State::not_judged,
                           .what = fmt::format("which probes role '{}' knows cannot be said", bound->role),
                           .place = suite::value_place(bound->node, "connector", bound->place),
                           .found = known.error().what,
                           .next = "mend what is said of the connector"});
      return;
    }
    if (std::find(known->begin(), known->end(), name) != known->end()) return;
    findings_.push_back(
        {.group = Group::capabilities,
         .state = State::warning,
         .what = fmt::format("role '{}' does not know the probe '{}': {} will skip or not apply", bound->role, name,
                             counted(count, "test")),
         .place = suite::value_place(bound->node, "connector", bound->place),
         .expected = name,
         .found = known->empty() ? "no probes" : join(*known, ", "),
         .next = fmt::format("see 'bluebridge connector show {}' for what it takes to offer it", type->id)});
  }

  Examination& examination_;
  Findings findings_;
};

}  // namespace

Findings check_capabilities(Examination& examination) { return CapabilityChecker(examination).check(); }

}  // namespace bb::doctor
