#include "harness/engine/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/checks/judge.hpp"
#include "harness/suite/row_claims.hpp"
#include "harness/suite/test_graph.hpp"

namespace bb::engine {
namespace {

using suite::Claim;
using suite::Level;
using suite::Step;
using suite::Suite;
using suite::Test;

bool is_any_deciding(const Suite& suite, const std::vector<std::string>& rows, const std::string& rule_date) {
  return rows.empty() || std::any_of(rows.begin(), rows.end(), [&](const std::string& id) {
           const auto* row = suite.catalogue.find(id);
           return row == nullptr || requirement_counts(*row, rule_date);
         });
}

bool has_claim_without_row(const Test& test) {
  return test.verifies.empty() && std::any_of(test.steps.begin(), test.steps.end(), [](const Step& step) {
           return step.expect.empty() || std::any_of(step.expect.begin(), step.expect.end(),
                                                     [](const Claim& claim) { return claim.verifies.empty(); });
         });
}

// Whether anything that a test judges decides a verdict.
bool decides(const Suite& suite, const Test& test, const std::string& rule_date) {
  if (has_claim_without_row(test) || (!test.verifies.empty() && is_any_deciding(suite, test.verifies, rule_date)))
    return true;
  return std::any_of(test.steps.begin(), test.steps.end(), [&](const Step& step) {
    return std::any_of(step.expect.begin(), step.expect.end(), [&](const Claim& claim) {
      return !claim.verifies.empty() && is_any_deciding(suite, claim.verifies, rule_date);
    });
  });
}

// Fills in what a step inherits: the suite's retry and timeout, and for claims
// the level of the rows they speak for.
void settle_step(const Suite& suite, const std::string& rule_date, Step& step) {
  if (!step.timeout_ms) step.timeout_ms = suite.default_timeout_ms;
  if (!step.retry && step.action == suite::Action::do_) step.retry = suite.default_retry;
  for (auto& claim : step.expect)
    if (!claim.level && !claim.verifies.empty()) claim.level = level_of(suite, claim.verifies, rule_date);
}

// Where a test speaks for rows that decide and for rows that do not, what is
// claimed for the latter alone does not decide either. How the call ended is what the other claims of its step stand
// on: it counts where one of them does.
void settle_counting(const Suite& suite, const std::string& rule_date, Test& test) {
  if (!decides(suite, test, rule_date)) return;
  for (auto& step : test.steps) {
    bool is_step_deciding = false;
    for (auto& claim : step.expect) {
      claim.counts = is_any_deciding(suite, claim.verifies.empty() ? test.verifies : claim.verifies, rule_date);
      is_step_deciding |= claim.counts;
    }
    for (auto& claim : step.expect)
      if (checks::is_about_the_result(claim)) claim.counts |= is_step_deciding;
  }
}

std::string instance_word(const Value& value) {
  if (const auto* text = value.string()) return *text;
  if (const auto* id = value["id"].string()) return *id;
  return to_json(value);
}

struct EachKey {
  std::string key;
  std::vector<Value> values;
};

Result<std::vector<EachKey>> each_keys(const Test& test, const checks::Scope& scope) {
  std::vector<EachKey> keys;
  for (const auto& [key, written] : test.each) {
    auto resolved = scope.resolve(written);
    if (!resolved) return Error{fmt::format("{}: each '{}': {}", test.path, key, resolved.error().what)};
    const auto* values = resolved->items();
    if (values == nullptr || values->empty())
      return Error{fmt::format("{}: each '{}' is {}, expected a list with at least one value", test.path, key,
                               shorten(to_json(*resolved), 80))};
    keys.push_back({key, *values});
  }
  return keys;
}

struct Instance {
  std::string name;
  Value each = Value::object();
};

// All combinations, the last key turning fastest. `left` is how many more the
// run takes.
Result<std::vector<Instance>> instances_of(const Test& test, const checks::Scope& scope, std::size_t& left) {
  BB_TRY(const auto keys, each_keys(test, scope));
  if (keys.empty()) return std::vector<Instance>{{test.path, Value::object()}};
  std::vector<std::size_t> sizes;
  for (const auto& key : keys) sizes.push_back(key.values.size());
  const std::size_t count = suite::instance_count(sizes);
  if (count > left)
    return Error{fmt::format(
        "{}:{}: with the instances of test '{}' there are more than {}, and a run takes no more; leave out keys or "
        "values of 'each' [L04]",
        test.place.source ? test.place.source->name : "", test.place.line, test.path, suite::instances_max)};
  left -= count;
  std::vector<Instance> instances{{"", Value::object()}};
  for (const auto& key : keys) {
    std::vector<Instance> longer;
    for (const auto& instance : instances)
      for (const auto& value : key.values) {
        Instance next = instance;
        if (!next.name.empty()) next.name += ',';
        next.name += instance_word(value);
        next.each.set(key.key, value);
        longer.push_back(std::move(next));
      }
    instances = std::move(longer);
  }
  std::set<std::string> names;
  for (auto& instance : instances) {
    instance.name = fmt::format("{}[{}]", test.path, instance.name);
    if (!names.insert(instance.name).second)
      return Error{
          fmt::format("{}: two instances are called '{}'; give the values distinct names", test.path, instance.name)};
  }
  return instances;
}

bool is_within_dates(const suite::Requirement& row, const std::string& date) {
  return (row.from.empty() || date >= row.from) && (row.until.empty() || date < row.until);
}

std::string resolved_text(const checks::Scope& scope, const std::string& text) {
  const auto resolved = scope.resolve(Value(text));
  return resolved && resolved->is_string() ? *resolved->string() : text;
}

std::string person_id(const Value& as) {
  if (const auto* id = as.string()) return *id;
  return as["id"].string_or("");
}

std::vector<SignIn> sign_ins_of(const Test& test, const checks::Scope& scope) {
  std::vector<SignIn> sign_ins;
  for (std::size_t i = 0; i < test.steps.size(); ++i) {
    const Step& step = test.steps[i];
    if (step.action != suite::Action::do_ || step.verb != "sign_in") continue;
    const auto as = scope.resolve(step.as);
    sign_ins.push_back({step.role, as ? person_id(*as) : "", i});
  }
  return sign_ins;
}

class Planner {
 public:
  Planner(const RunInput& input, const RunOptions& options) : input_(input), options_(options) {
    plan_.rule_date = options.rule_date.empty() ? format_date(now_unix_ns()) : options.rule_date;
  }

  Result<Plan> make() {
    for (const auto& suite : input_.suites) {
      BB_TRY(ScopeRoot root, make_scope_root(suite, input_.target, options_));
      plan_.roots.push_back(std::move(root));
      plan_.suites.push_back(suite);
      settle(plan_.suites.back(), plan_.rule_date);
      levels_.push_back(suite::row_levels(suite.catalogue));
    }
    for (std::size_t i = 0; i < plan_.suites.size(); ++i) {
      auto added = add_suite(i);
      if (!added) return Error{fmt::format("suite '{}': {}", plan_.suites[i].id, added.error().what)};
    }
    BB_CHECK(refuse_circles());
    BB_CHECK(apply_filters());
    for (auto& node : plan_.nodes)
      for (const auto need : node.needs) node.view.needs.push_back(plan_.nodes[need].name);
    return std::move(plan_);
  }

 private:
  Status add_suite(std::size_t index) {
    const Suite& suite = plan_.suites[index];
    const checks::Scope scope(plan_.roots[index].root);
    const std::size_t first = plan_.nodes.size();
    for (const auto& test : suite.tests) {
      BB_TRY(const auto instances, instances_of(test, scope, instances_left_));
      for (const auto& instance : instances) add_node(index, test, instance);
    }
    name_nodes(first);
    for (std::size_t i = first; i < plan_.nodes.size(); ++i) BB_CHECK(add_needs(i));
    return {};
  }

  void add_node(std::size_t suite_index, const Test& test, const Instance& instance) {
    PlanNode node;
    node.suite = suite_index;
    node.test = &test;
    node.name = instance.name;
    node.each = instance.each;
    const Suite& suite = plan_.suites[suite_index];
    const checks::Scope scope = plan_.base_scope(node);
    node.sign_ins = sign_ins_of(test, scope);
    evidence::TestView& view = node.view;
    view.suite = suite.id;
    view.name = instance.name;
    view.title = resolved_text(scope, test.title);
    view.hint = test.hint;
    view.tags = test.tags;
    view.verifies = test.verifies;
    const suite::RowLevels& levels = levels_[suite_index];
    std::vector<std::string> rows;
    for (const auto& row : suite::row_claims(levels, test)) {
      rows.push_back(row.id);
      view.rows.push_back({row.id, row.claims});
    }
    view.level = level_of(suite, rows, plan_.rule_date);
    view.line = test.place.line;
    node.claim_level = level_of(suite, test.verifies, plan_.rule_date);
    judge_rule_date(suite, node);
    plan_.nodes.push_back(std::move(node));
  }

  void judge_rule_date(const Suite& suite, PlanNode& node) const {
    const auto& rows = node.view.rows;
    const auto is_dated_out = [&](const evidence::TestView::Row& row) {
      const auto* requirement = suite.catalogue.find(row.id);
      return requirement != nullptr && !is_within_dates(*requirement, plan_.rule_date);
    };
    node.is_in_force =
        rows.empty() || has_claim_without_row(*node.test) || !std::all_of(rows.begin(), rows.end(), is_dated_out);
    node.view.counts = decides(suite, *node.test, plan_.rule_date);
    // As with claims: where nothing of a test counts, the whole test does not.
    node.do_answers_count = !node.view.counts || is_any_deciding(suite, node.test->verifies, plan_.rule_date);
  }

  // What a need may name in the suite whose nodes go from `first` on: a test,
  // one of its instances, or all tests of a group.
  void name_nodes(std::size_t first) {
    named_.clear();
    for (std::size_t i = first; i < plan_.nodes.size(); ++i) {
      const PlanNode& node = plan_.nodes[i];
      std::set<std::string> names(node.test->groups.begin(), node.test->groups.end());
      names.insert(node.name);
      names.insert(node.test->path);
      for (const auto& name : names) named_[name].push_back(i);
    }
  }

  // Of the instances of one test, those that share this instance's values; all
  // of them where no value is shared.
  std::vector<std::size_t> paired(const PlanNode& node, const std::vector<std::size_t>& instances) const {
    std::vector<std::size_t> pairs;
    for (const auto i : instances) {
      const auto* theirs = plan_.nodes[i].each.members();
      bool is_sharing = false;
      bool is_same = true;
      for (const auto& member : *theirs)
        if (const Value* ours = node.each.find(member.key)) {
          is_sharing = true;
          is_same = is_same && *ours == member.value;
        }
      if (is_sharing && is_same) pairs.push_back(i);
    }
    return pairs.empty() ? instances : pairs;
  }

  Status add_needs(std::size_t index) {
    PlanNode& node = plan_.nodes[index];
    for (const auto& [written, place] : node.test->needs) {
      const auto named = named_.find(written);
      if (named == named_.end()) return unknown_need(node, written);
      const auto& found = named->second;
      std::map<const Test*, std::vector<std::size_t>> by_test;
      for (const auto i : found) by_test[plan_.nodes[i].test].push_back(i);
      for (const auto i : found) {
        if (i == index) return Error{fmt::format("test '{}' needs itself", node.name)};
        const auto kept = paired(node, by_test[plan_.nodes[i].test]);
        const bool is_kept = std::find(kept.begin(), kept.end(), i) != kept.end();
        const bool is_new = std::find(node.needs.begin(), node.needs.end(), i) == node.needs.end();
        if (is_kept && is_new) node.needs.push_back(i);
      }
    }
    return {};
  }

  Status unknown_need(const PlanNode& node, const std::string& written) const {
    std::vector<std::string> known;
    for (const auto& [name, nodes] : named_) known.push_back(name);
    const auto near = nearest(written, known);
    return Error{fmt::format("test '{}' needs '{}', which is no test or group{}", node.name, written,
                             near ? fmt::format("; did you mean '{}'?", *near) : "")};
  }

  Status refuse_circles() const {
    enum class Mark { unseen, open, done };
    std::vector<Mark> marks(plan_.nodes.size(), Mark::unseen);
    std::vector<std::size_t> path;
    // Depth first by hand: plans may be deeper than a stack.
    struct Frame {
      std::size_t node, next;
    };
    for (std::size_t start = 0; start < plan_.nodes.size(); ++start) {
      if (marks[start] != Mark::unseen) continue;
      std::vector<Frame> frames{{start, 0}};
      marks[start] = Mark::open;
      while (!frames.empty()) {
        Frame& frame = frames.back();
        const auto& needs = plan_.nodes[frame.node].needs;
        if (frame.next == needs.size()) {
          marks[frame.node] = Mark::done;
          frames.pop_back();
          continue;
        }
        const std::size_t need = needs[frame.next++];
        if (marks[need] == Mark::open) {
          std::string circle;
          bool is_in_circle = false;
          for (const auto& step : frames) {
            is_in_circle = is_in_circle || step.node == need;
            if (is_in_circle) circle += plan_.nodes[step.node].name + " -> ";
          }
          return Error{fmt::format("suite '{}': tests need each other in a circle: {}{}",
                                   plan_.suites[plan_.nodes[need].suite].id, circle, plan_.nodes[need].name)};
        }
        if (marks[need] == Mark::unseen) {
          marks[need] = Mark::open;
          frames.push_back({need, 0});
        }
      }
    }
    return {};
  }

  bool is_wanted(const PlanNode& node) const {
    const std::string& suite = plan_.suites[node.suite].id;
    const auto matches = [&](const std::string& glob) {
      return matches_glob(suite + "/" + node.name, glob) || matches_glob(suite + "/" + node.test->path, glob);
    };
    const auto& tags = node.test->tags;
    const auto is_tagged = [&](const std::string& tag) {
      return std::find(tags.begin(), tags.end(), tag) != tags.end();
    };
    return (options_.filters.empty() || std::any_of(options_.filters.begin(), options_.filters.end(), matches)) &&
           (options_.tags.empty() || std::any_of(options_.tags.begin(), options_.tags.end(), is_tagged));
  }

  std::string no_test_matches() const {
    std::vector<std::string> asked;
    if (!options_.filters.empty()) asked.push_back("the filter " + to_json(Value::strings(options_.filters)));
    if (!options_.tags.empty()) asked.push_back("the tag " + to_json(Value::strings(options_.tags)));
    std::set<std::string> tags;
    for (const auto& suite : plan_.suites)
      for (const auto& test : suite.tests) tags.insert(test.tags.begin(), test.tags.end());
    return fmt::format("no test matches {}; '--plan' without them lists the tests, tags here: {}", join(asked, " and "),
                       tags.empty() ? "none" : join({tags.begin(), tags.end()}, ", "));
  }

  Status apply_filters() {
    if (options_.filters.empty() && options_.tags.empty()) return {};
    std::vector<bool> is_kept(plan_.nodes.size(), false);
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      if (!is_wanted(plan_.nodes[i])) continue;
      is_kept[i] = true;
      for (const auto need : plan_.ancestors(i)) is_kept[need] = true;
    }
    std::vector<std::size_t> moved(plan_.nodes.size(), 0);
    std::vector<PlanNode> nodes;
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      moved[i] = nodes.size();
      if (is_kept[i]) {
        nodes.push_back(std::move(plan_.nodes[i]));
        continue;
      }
      ++plan_.left_out;
      for (const auto& row : plan_.nodes[i].view.rows) ++plan_.rows_left_out[row.id];
    }
    if (nodes.empty()) return Error{no_test_matches()};
    for (auto& node : nodes)
      for (auto& need : node.needs) need = moved[need];
    plan_.nodes = std::move(nodes);
    return {};
  }

  const RunInput& input_;
  const RunOptions& options_;
  std::size_t instances_left_ = suite::instances_max;
  Plan plan_;
  std::vector<suite::RowLevels> levels_;                                // by suite
  std::map<std::string, std::vector<std::size_t>, std::less<>> named_;  // of the suite being added
};

}  // namespace

void settle(Suite& suite, const std::string& rule_date) {
  for (auto& test : suite.tests) {
    for (auto& step : test.steps) settle_step(suite, rule_date, step);
    for (auto& step : test.cleanup) settle_step(suite, rule_date, step);
    settle_counting(suite, rule_date, test);
  }
}

std::optional<evidence::Part> Plan::part() const {
  if (left_out == 0) return std::nullopt;
  const int kept = static_cast<int>(nodes.size());
  return evidence::Part{kept, kept + left_out};
}

checks::Scope Plan::base_scope(const PlanNode& node) const {
  checks::Scope scope(roots[node.suite].root);
  scope.set("each", node.each);
  return scope;
}

std::vector<std::size_t> Plan::in_order_of_need() const {
  std::vector<std::size_t> order;
  std::vector<bool> is_placed(nodes.size(), false);
  const std::function<void(std::size_t)> place = [&](std::size_t node) {
    if (is_placed[node]) return;
    is_placed[node] = true;
    for (const auto need : nodes[node].needs) place(need);
    order.push_back(node);
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) place(i);
  return order;
}

std::vector<std::size_t> Plan::ancestors(std::size_t node) const {
  std::set<std::size_t> found;
  std::vector<std::size_t> open = nodes[node].needs;
  while (!open.empty()) {
    const std::size_t next = open.back();
    open.pop_back();
    if (!found.insert(next).second) continue;
    open.insert(open.end(), nodes[next].needs.begin(), nodes[next].needs.end());
  }
  return {found.begin(), found.end()};
}

Result<Plan> make_plan(const RunInput& input, const RunOptions& options) { return Planner(input, options).make(); }

Level level_of(const Suite& suite, const std::vector<std::string>& rows, const std::string& rule_date) {
  std::optional<Level> of_all, of_deciding;
  const auto add = [](std::optional<Level>& strongest, Level level) {
    strongest = strongest ? std::min(*strongest, level) : level;
  };
  for (const auto& id : rows) {
    const auto* row = suite.catalogue.find(id);
    if (row == nullptr || !row->is_whole) continue;
    add(of_all, row->level);
    if (requirement_counts(*row, rule_date)) add(of_deciding, row->level);
  }
  return of_deciding ? *of_deciding : of_all.value_or(Level::shall);
}

bool requirement_counts(const suite::Requirement& requirement, const std::string& rule_date) {
  if (!requirement.untested.empty() || requirement.check == "none") return false;
  if (requirement.status == "historic" || requirement.status == "proposed") return false;
  return is_within_dates(requirement, rule_date);
}

Actor find_actor(const Plan& plan, std::size_t node, const Step& step, std::size_t step_index, const Value& as) {
  Actor actor{step.role, person_id(as), Actor::no_session};
  if (step.action == suite::Action::do_ && step.verb == "sign_in") {
    actor.signed_in_by = node;
    return actor;
  }
  const bool is_named = !actor.person.empty();
  const auto is_it = [&](const SignIn& sign_in) {
    return sign_in.role == step.role && (!is_named || sign_in.person == actor.person);
  };
  // Own steps before this one, the last first; then the needs, nearest first.
  std::deque<std::size_t> open{node};
  std::set<std::size_t> seen{node};
  while (!open.empty()) {
    const std::size_t next = open.front();
    open.pop_front();
    const auto& sign_ins = plan.nodes[next].sign_ins;
    const auto found = std::find_if(sign_ins.rbegin(), sign_ins.rend(), [&](const SignIn& sign_in) {
      return is_it(sign_in) && (next != node || sign_in.step < step_index);
    });
    if (found != sign_ins.rend()) {
      actor.person = found->person;
      actor.signed_in_by = next;
      return actor;
    }
    for (const auto need : plan.nodes[next].needs)
      if (seen.insert(need).second) open.push_back(need);
  }
  return actor;
}

std::vector<Actor> actors_of(const Plan& plan, std::size_t node) {
  const Test& test = *plan.nodes[node].test;
  const checks::Scope scope = plan.base_scope(plan.nodes[node]);
  std::set<Actor> actors;
  const auto add = [&](const Step& step, std::size_t index) {
    if (step.action != suite::Action::do_ && step.action != suite::Action::wait) return;
    if (const auto as = scope.resolve(step.as)) actors.insert(find_actor(plan, node, step, index, *as));
  };
  for (std::size_t i = 0; i < test.steps.size(); ++i) add(test.steps[i], i);
  for (std::size_t i = 0; i < test.cleanup.size(); ++i) add(test.cleanup[i], test.steps.size() + i);
  return {actors.begin(), actors.end()};
}

std::optional<std::string> why_omitted(const Plan& plan, std::size_t node) {
  const PlanNode& planned = plan.nodes[node];
  const Test& test = *planned.test;
  if (!planned.is_in_force) {
    std::vector<std::string> rows;
    for (const auto& row : planned.view.rows) rows.push_back(row.id);
    return fmt::format("none of what it verifies is in force on the rule date: {}", join(rows, ", "));
  }
  const Value& options = plan.roots[planned.suite].root["options"];
  for (const auto& when : test.when)
    for (const auto& [option, wanted] : when.options) {
      const Value& chosen = options[option];
      if (std::find(wanted.begin(), wanted.end(), chosen) == wanted.end())
        return fmt::format("applies when option '{}' is {}, it is {}", option, to_json(Value(wanted)), to_json(chosen));
    }
  return std::nullopt;
}

std::string action_text(const Step& step, const Actor& actor) {
  switch (step.action) {
    case suite::Action::do_:
      return step.role + "." + step.verb + (actor.person.empty() ? "" : " as " + actor.person);
    case suite::Action::wait:
      return "wait " + step.role + "." + step.verb;
    case suite::Action::attest:
      return "attest: " + step.question;
    case suite::Action::check:
      break;
  }
  return "check";
}

Result<std::vector<PlannedTest>> plan(const RunInput& input, const RunOptions& options) {
  BB_TRY(const Plan made, make_plan(input, options));
  std::vector<PlannedTest> tests;
  for (std::size_t i = 0; i < made.nodes.size(); ++i) {
    const PlanNode& node = made.nodes[i];
    PlannedTest test{made.suite_of(node).id, node.name, node.view.title, node.view.needs, {}};
    const checks::Scope scope = made.base_scope(node);
    for (std::size_t s = 0; s < node.test->steps.size(); ++s) {
      const Step& step = node.test->steps[s];
      const auto as = scope.resolve(step.as);
      test.calls.push_back(action_text(step, find_actor(made, i, step, s, as ? *as : Value())));
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace bb::engine
