// harness/engine/plan.hpp - from suites to the graph of test instances.
//
// Expands `each`, resolves `needs` to instances, refuses circles and unknown
// names, keeps what the filters ask for with all it needs. Also settles what
// can be settled before a run: levels, retries, what speaks for which row, who
// signs in where.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/checks/scope.hpp"
#include "harness/engine/inputs.hpp"
#include "harness/engine/run.hpp"
#include "harness/evidence/run_view.hpp"

namespace bb::engine {

// A sign_in step of a test: it makes a session for a person in a role.
struct SignIn {
  std::string role;
  std::string person;  // id; empty = nobody in particular
  std::size_t step = 0;
};

struct PlanNode {
  std::size_t suite = 0;  // in Plan::suites
  const suite::Test* test = nullptr;
  std::string name;                // "download[ccda-2.1]"
  Value each = Value::object();    // this instance's values
  std::vector<std::size_t> needs;  // nodes, as written
  std::vector<SignIn> sign_ins;
  suite::Level claim_level = suite::Level::shall;  // of claims that state none
  bool is_in_force = true;                         // false: all it verifies is outside the rule date
  bool do_answers_count = true;                    // false: people speak only for rows that decide nothing
  evidence::TestView view;                         // as planned: titles, rows, level, needs
};

struct Plan {
  std::string rule_date;  // "2026-11-21": which rows count
  // Own copies: claims and steps carry their final level, retry and timeout.
  std::vector<suite::Suite> suites;
  std::vector<ScopeRoot> roots;  // per suite; without "run"
  std::vector<PlanNode> nodes;   // suite order, document order, instance order
  // Tests that the filters left out, and for each row how many of them.
  int left_out = 0;
  std::map<std::string, int> rows_left_out;

  // None where nothing was left out.
  std::optional<evidence::Part> part() const;
  const suite::Suite& suite_of(const PlanNode& node) const { return suites[node.suite]; }
  // The scope of a node before anything was saved: root and each.
  checks::Scope base_scope(const PlanNode& node) const;
  // All nodes, each after those it needs.
  std::vector<std::size_t> in_order_of_need() const;
  // All nodes it needs, directly or not, in plan order.
  std::vector<std::size_t> ancestors(std::size_t node) const;
};

// The error names the suite and the test.
Result<Plan> make_plan(const RunInput& input, const RunOptions& options);

// Fills in what steps and claims of a suite inherit: retry, timeout, the level
// of the rows that a claim speaks for, and whether one of these rows counts.
void settle(suite::Suite& suite, const std::string& rule_date);

// Who acts in a step: in which role, as whom, in whose session.
struct Actor {
  static constexpr std::size_t no_session = static_cast<std::size_t>(-1);
  std::string role;
  std::string person;
  std::size_t signed_in_by = no_session;  // node whose sign_in made the session
  friend auto operator<=>(const Actor&, const Actor&) = default;
};
// `as` is the resolved value of the step's `as` (null, a text or a person).
// Without it the person signed in by the nearest step before, else by the
// nearest need, acts.
Actor find_actor(const Plan& plan, std::size_t node, const suite::Step& step, std::size_t step_index, const Value& as);

// Who acts in the steps of a node, each once. What only a run can say (a value
// that a test saves) is left out.
std::vector<Actor> actors_of(const Plan& plan, std::size_t node);

// Why a test does not apply, as far as the plan can say: none of what it
// verifies is in force, or an option has another value than it asks for.
std::optional<std::string> why_omitted(const Plan& plan, std::size_t node);

// "portal.download as alice", "wait inbox.message", "attest: ...", "check".
std::string action_text(const suite::Step& step, const Actor& actor);

// The level of claims that state none: the strongest of the rows that decide a
// verdict on that day, of all where none does; SHALL without any.
suite::Level level_of(const suite::Suite& suite, const std::vector<std::string>& rows, const std::string& rule_date);

// Whether a row decides a verdict on that day: in force or house, tested, and
// the day is within its dates.
bool requirement_counts(const suite::Requirement& requirement, const std::string& rule_date);

}  // namespace bb::engine
