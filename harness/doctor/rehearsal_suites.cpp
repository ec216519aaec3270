#include "harness/doctor/rehearsal_suites.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/suite/test_graph.hpp"

namespace bb::doctor {
namespace {

using suite::Action;
using suite::Claim;
using suite::Step;

// What asks and leaves everything as it was, but for an entry in the history.
constexpr std::array<std::string_view, 9> reading_verbs{"sign_in",  "describe_session", "list",   "view", "formats",
                                                        "download", "activity",         "probes", "poll"};
constexpr std::array<std::string_view, 2> reading_probes{"fhir-record", "smart-configuration"};

template <class Words>
bool is_among(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_reading_probe(const Step& step) {
  const auto name = step.with["name"].string_or("");
  if (name != "fhir-request") return is_among(reading_probes, name);
  return step.with["method"].string_or("GET") == "GET" && step.with["token"].string_or("own") == "own";
}

bool is_reading(const Step& step) {
  if (step.action == Action::check) return true;
  if (step.action != Action::do_) return false;
  return step.verb == "probe" ? is_reading_probe(step) : is_among(reading_verbs, step.verb);
}

// Whether a step wants its call to end well.
bool expects_success(const Step& step) {
  return std::all_of(step.expect.begin(), step.expect.end(), [](const Claim& claim) {
    if (claim.subject == "result") return claim.argument == Value("ok");
    constexpr std::int64_t first_refusal = 400;
    return claim.subject != "status" || (claim.argument.is_integer() && *claim.argument.integer() < first_refusal);
  });
}

std::string person_of(const Value& as) { return as.string_or(as["id"].string_or("")); }

Step reading_step(Step step, std::int64_t timeout_ms) {
  step.expect.clear();
  step.retry.reset();
  step.timeout_ms = timeout_ms;
  for (auto& claim : step.require) claim.verifies.clear();
  return step;
}

suite::Test reading_part(const suite::Test& whole, std::int64_t timeout_ms) {
  suite::Test test = whole;
  test.verifies.clear();
  test.catches.clear();
  test.cleanup.clear();
  test.steps.clear();
  for (const auto& step : whole.steps) {
    // After a refusal that a test wants there is nothing to read.
    if (!is_reading(step) || !expects_success(step)) break;
    test.steps.push_back(reading_step(step, timeout_ms));
  }
  return test;
}

bool requires_something(const suite::Test& test) {
  return std::any_of(test.steps.begin(), test.steps.end(), [](const Step& step) { return !step.require.empty(); });
}

Step sign_out_of(const Step& sign_in) {
  Step step;
  step.id = "sign_out";
  step.role = sign_in.role;
  step.verb = "sign_out";
  step.as = sign_in.as;
  step.timeout_ms = sign_in.timeout_ms;
  return step;
}

Step nothing() {
  Step step;
  step.id = "nothing";
  step.action = Action::check;
  return step;
}

class SignInFinder {
 public:
  SignInFinder(const engine::Plan& plan, std::int64_t timeout_ms, std::vector<SignInAsked>& asked)
      : plan_(plan), timeout_ms_(timeout_ms), asked_(asked) {
    suite_.id = sign_in_suite_id;
    suite_.version = "1.0.0";
    suite_.title = "Signing in";
  }

  suite::Suite make() {
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      if (engine::why_omitted(plan_, i)) continue;
      for (const auto& step : plan_.nodes[i].test->steps) {
        if (step.action == Action::do_ && step.verb == "sign_in" && expects_success(step)) add(i, step);
      }
    }
    return std::move(suite_);
  }

 private:
  void add(std::size_t node, const Step& written) {
    const auto scope = plan_.base_scope(plan_.nodes[node]);
    const auto as = scope.resolve(written.as);
    auto with = scope.resolve(written.with);
    if (!as || !with) return;  // of what a test saves
    const auto person = person_of(*as);
    if (!seen_.insert({written.role, person}).second) return;
    for (const auto& role : plan_.suite_of(plan_.nodes[node]).roles)
      if (role.name == written.role && suite_.find_role(role.name) == nullptr) suite_.roles.push_back(role);
    Step step = reading_step(written, timeout_ms_);
    step.id = "sign_in";
    step.as = person.empty() ? Value() : Value(person);
    step.with = *std::move(with);
    step.require.clear();
    step.save.clear();
    suite::Test test;
    test.path = fmt::format("person_{}", suite_.tests.size() + 1);
    test.title = fmt::format("Signs in to {} as {}", written.role, person);
    test.cleanup.push_back(sign_out_of(step));
    asked_.push_back({test.path, written.role, person, step.with["method"].string_or("")});
    test.steps.push_back(std::move(step));
    suite_.tests.push_back(std::move(test));
  }

  const engine::Plan& plan_;
  const std::int64_t timeout_ms_;
  std::vector<SignInAsked>& asked_;
  suite::Suite suite_;
  std::set<std::pair<std::string, std::string>> seen_;
};

}  // namespace

suite::Suite sign_in_suite(const engine::Plan& plan, std::int64_t timeout_ms, std::vector<SignInAsked>& asked) {
  return SignInFinder(plan, timeout_ms, asked).make();
}

ReadingSuite reading_suite(const suite::Suite& suite, std::int64_t timeout_ms) {
  ReadingSuite reading{suite};
  auto& tests = reading.suite.tests;
  for (auto& test : tests) test = reading_part(test, timeout_ms);
  const suite::TestGraph graph(suite);
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (requires_something(tests[i])) wanted.push_back(i);
  std::vector<suite::Test> kept;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const bool is_needed =
        std::any_of(wanted.begin(), wanted.end(), [&](std::size_t one) { return one == i || graph.reaches(one, i); });
    if (!is_needed) continue;
    // What needs it is not to wait for what it does not do here.
    if (tests[i].steps.empty()) tests[i].steps.push_back(nothing());
    kept.push_back(std::move(tests[i]));
  }
  tests = std::move(kept);
  return reading;
}

}  // namespace bb::doctor
