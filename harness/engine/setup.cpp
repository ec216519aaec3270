#include "harness/engine/setup.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/engine/plan.hpp"
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"

namespace bb::engine {
namespace {

class PlanReader {
 public:
  PlanReader(const RunInput& input, const Plan& plan, std::map<std::string, suite::RoleUse>& uses)
      : target_(input.target), plan_(plan), uses_(uses) {
    for (const auto& person : target_.people) people_.push_back(person.id);
  }

  std::vector<Diagnostic> read() {
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      if (why_omitted(plan_, i)) continue;
      for (const auto& actor : actors_of(plan_, i)) use(actor);
      suite::for_each_step(*plan_.nodes[i].test, [&](const suite::Step& step) {
        check_person(i, step);
        use_sign_in(i, step);
      });
    }
    return std::move(diagnostics_);
  }

 private:
  void use(const Actor& actor) {
    auto& role = uses_[actor.role];
    role.is_called = true;
    if (!actor.person.empty()) role.people.insert(actor.person);
  }

  void use_sign_in(std::size_t node, const suite::Step& step) {
    if (step.action != suite::Action::do_ || step.verb != "sign_in") return;
    const auto scope = plan_.base_scope(plan_.nodes[node]);
    const auto as = scope.resolve(step.as);
    if (!as) return;  // a value that a test saves
    const auto method = scope.resolve(step.with["method"]);
    if (!method) return;
    const auto id = as->string_or((*as)["id"].string_or(""));
    if (target_.find_person(id)) uses_[step.role].sign_ins.insert({id, method->string_or("")});
  }

  // Who is named by an input is known to the target by now; this is for ids
  // that stand in the suite.
  void check_person(std::size_t node, const suite::Step& step) {
    const auto as = plan_.base_scope(plan_.nodes[node]).resolve(step.as);
    const std::string* id = as ? as->string() : nullptr;
    if (id == nullptr || id->empty() || target_.find_person(*id) || !is_told_.insert(*id).second) return;
    diagnostics_.push_back({Severity::error, suite::value_place(step.node, "as", step.place),
                            fmt::format("test '{}' acts as '{}', who is not in target '{}' [T03]",
                                        plan_.nodes[node].name, *id, target_.id),
                            note_of(plan_.suite_of(plan_.nodes[node]), *id)});
  }

  // An input whose '$' is missing, or who is near.
  std::string note_of(const suite::Suite& suite, const std::string& id) const {
    const auto* input = suite.find_input(id);
    const bool is_meant = input && input->type == "person";
    return is_meant ? fmt::format("did you mean the input, '${}'?", id) : suite::suggest(id, people_, "people");
  }

  const suite::Target& target_;
  const Plan& plan_;
  std::map<std::string, suite::RoleUse>& uses_;
  std::vector<std::string> people_;
  std::set<std::string> is_told_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

std::vector<Diagnostic> check_setup(const RunInput& input, const RunOptions& options, host::Host& host,
                                    suite::SecretsAre secrets, SuitesAre suites_are) {
  std::vector<Diagnostic> diagnostics;
  std::map<std::string, suite::RoleUse> uses;
  for (const auto& suite : input.suites)
    for (const auto& role : suite.roles) uses[role.name].role = role.name;
  if (suites_are == SuitesAre::good)
    if (const auto plan = make_plan(input, options)) diagnostics = PlanReader(input, *plan, uses).read();
  std::vector<suite::RoleUse> list;
  for (const auto& [name, use] : uses)
    if (!use.role.empty()) list.push_back(use);
  auto found = suite::lint_setup(input.target, list, host, secrets);
  diagnostics.insert(diagnostics.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  return diagnostics;
}

}  // namespace bb::engine
