#include "harness/engine/run_context.hpp"

#include <fmt/format.h>

#include <bb/core/crypto.hpp>

namespace bb::engine {

std::string RunContext::token(const std::string& purpose) const {
  if (!options.seed) return random_token();
  const std::string again = round == 0 ? "" : fmt::format("/round {}", round);
  return sha256_hex(fmt::format("{}/{}{}", *options.seed, purpose, again)).substr(0, 32);
}

std::string purpose_of(const std::string& suite, const std::string& test, const std::string& step) {
  return fmt::format("{}/{}/{}", suite, test, step);
}

void save(checks::Scope& scope, const PlanNode& node, const std::string& name, const Value& value) {
  scope.save(node.name, name, value);
  scope.save(node.test->path, name, value);
}

checks::Scope test_scope(const Plan& plan, std::size_t node, const std::vector<TestResult>& results) {
  checks::Scope scope = plan.base_scope(plan.nodes[node]);
  for (const auto need : plan.ancestors(node)) {
    const PlanNode& needed = plan.nodes[need];
    bool is_pair = needed.each.size() > 0;
    for (const auto& member : *needed.each.members()) {
      const Value* ours = plan.nodes[node].each.find(member.key);
      is_pair = is_pair && ours != nullptr && *ours == member.value;
    }
    for (const auto& [name, value] : results[need].saved) {
      scope.save(needed.name, name, value);
      if (is_pair) scope.save(needed.test->path, name, value);
    }
  }
  return scope;
}

checks::Scope scope_so_far(const RunContext& run, std::size_t node) {
  checks::Scope scope = test_scope(run.plan, node, run.results);
  scope.set("run", run_value(run.facts));
  for (const auto& [name, value] : run.results[node].saved) save(scope, run.plan.nodes[node], name, value);
  return scope;
}

}  // namespace bb::engine
