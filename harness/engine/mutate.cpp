#include "harness/engine/mutate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <thread>
#include <tuple>

#include <bb/core/text.hpp>

#include "harness/checks/expression.hpp"
#include "harness/checks/judge.hpp"
#include "harness/engine/replay.hpp"
#include "harness/evidence/run_view.hpp"
#include "harness/suite/fault_text.hpp"

namespace bb::engine {
namespace {

using suite::Fault;
using Verdict = MutantResult::Verdict;

// What one instance of a test says of a fault.
struct Seen {
  Verdict verdict = Verdict::missed;
  std::string detail;
};
Seen not_applicable(std::string why) { return {Verdict::not_applicable, std::move(why)}; }

// Which of two runs, or of two instances of a test, is told of.
int weight(Verdict verdict) {
  switch (verdict) {
    case Verdict::missed:
      return 3;
    case Verdict::noticed:
      return 2;
    case Verdict::needs_portal:
      return 1;
    case Verdict::not_applicable:
      return 0;
    case Verdict::omitted:
      break;
  }
  return -1;
}

class Mutator {
 public:
  explicit Mutator(Replay replay) : replay_(std::move(replay)), plan_(replay_.plan()) {}

  Result<std::vector<MutantResult>> measure(const MutateOptions& options) {
    BB_CHECK(replay_.load());
    BB_CHECK(judge_as_recorded());
    std::vector<Mutant> mutants = mutants_of_suites();
    if (options.is_generic)
      for (auto& mutant : generic_mutants()) mutants.push_back(std::move(mutant));
    std::vector<MutantResult> results(mutants.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      // Each worker's own, so that a fault costs what it touches and not what the run holds.
      std::vector<TestResult> saved = recorded_;
      for (std::size_t i = next++; i < mutants.size(); i = next++) results[i] = measure_fault(mutants[i], saved);
    };
    std::vector<std::jthread> threads;
    for (int i = 1; i < options.jobs; ++i) threads.emplace_back(work);
    work();
    threads.clear();  // joins
    if (options.is_generic)
      // What a step does not have cannot be taken from it: nothing to tell.
      std::erase_if(results, [](const MutantResult& result) {
        return result.line == 0 && result.verdict == Verdict::not_applicable;
      });
    return results;
  }

 private:
  // A fault, and the instances of the test that is to notice it.
  struct Mutant {
    const suite::Suite* suite = nullptr;
    const suite::Test* test = nullptr;
    std::vector<std::size_t> nodes;
    Fault fault;
  };

  std::vector<Mutant> mutants_of_suites() const {
    std::vector<Mutant> mutants;
    for (const auto& suite : plan_.suites)
      for (const auto& test : suite.tests)
        if (const auto nodes = instances(test); !nodes.empty())
          for (const auto& fault : test.catches) mutants.push_back({&suite, &test, nodes, fault});
    return mutants;
  }

  std::vector<Mutant> generic_mutants() const {
    std::vector<Mutant> mutants;
    for (std::size_t node = 0; node < plan_.nodes.size(); ++node) {
      const PlanNode& planned = plan_.nodes[node];
      if (!is_usable(node) || planned.view.rows.empty() || !planned.view.counts ||
          planned.view.level != suite::Level::shall)
        continue;
      for (const auto& step : planned.test->steps) {
        const bool is_claimed = !step.expect.empty() && step.action != suite::Action::attest;
        const auto recorded = replay_.message(node, step.id);
        if (!is_claimed || !recorded || recorded->result != "ok") continue;
        for (auto& fault : generic_faults(node, step))
          mutants.push_back({&plan_.suite_of(planned), planned.test, {node}, std::move(fault)});
      }
    }
    return mutants;
  }

  std::vector<Fault> generic_faults(std::size_t node, const suite::Step& step) const {
    std::vector<Fault> faults;
    const auto add = [&](Fault::Kind kind, const std::string& part, Value to) -> Fault& {
      Fault fault;
      fault.kind = kind;
      fault.in = {step.id};
      fault.selector.kind = part;
      fault.to = std::move(to);
      faults.push_back(std::move(fault));
      return faults.back();
    };
    add(Fault::Kind::drop, "body", {});
    add(Fault::Kind::set, "result", "unavailable");
    const auto& suite = plan_.suite_of(plan_.nodes[node]);
    for (const auto& input : suite.inputs)
      if (input.type == "person") add(Fault::Kind::swap, "", {}).swap = {input.name};
    return faults;
  }

  std::vector<std::size_t> instances(const suite::Test& test) const {
    std::vector<std::size_t> nodes;
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
      if (plan_.nodes[i].test == &test) nodes.push_back(i);
    return nodes;
  }

  // First without any fault: what each test saved and which claims held.
  Status judge_as_recorded() {
    recorded_.resize(plan_.nodes.size());
    baseline_.resize(plan_.nodes.size());
    place_in_order_.resize(plan_.nodes.size());
    std::size_t place = 0;
    for (const auto node : plan_.in_order_of_need()) {
      place_in_order_[node] = place++;
      if (!is_usable(node)) continue;
      auto judged = replay_.judge(node, recorded_, {});
      if (!judged) return judged.error();
      recorded_[node].saved = judged->saved;
      baseline_[node] = std::move(judged->claims);
    }
    return {};
  }

  bool is_usable(std::size_t node) const {
    const auto outcome = replay_.outcome(node);
    return replay_.is_done(node) && (outcome == evidence::Outcome::pass || outcome == evidence::Outcome::warn ||
                                     outcome == evidence::Outcome::attested);
  }

  MutantResult measure_fault(const Mutant& mutant, std::vector<TestResult>& saved) const {
    const Fault& fault = mutant.fault;
    const auto& nodes = mutant.nodes;
    MutantResult result{mutant.suite->id, mutant.test->path, fault_text(fault), Verdict::not_applicable, "",
                        fault.place.line};
    for (const auto& row : plan_.nodes[nodes.front()].view.rows) result.requirements.push_back(row.id);
    if (fault.kind == Fault::Kind::defect) {
      result.defect = fault.defect;
      result.verdict = Verdict::needs_portal;
      result.detail = "a switch of the sample portal; start it with --portal, or give a run against it: --defect " +
                      fault.defect + "=RUN";
      result.obstacle = obstacle(nodes);
      return result;
    }
    // One instance that misses it is enough to have missed it; instances that
    // it cannot be applied to do not count.
    for (const auto node : nodes) {
      Seen seen = apply(node, fault, saved);
      const bool is_first = result.detail.empty();
      if (!is_first && weight(seen.verdict) <= weight(result.verdict)) continue;
      result.verdict = seen.verdict;
      result.detail = nodes.size() > 1 ? plan_.nodes[node].name + ": " + seen.detail : seen.detail;
    }
    return result;
  }

  // Why a test that fails with a defect would prove nothing; empty: it has passed without.
  std::string obstacle(const std::vector<std::size_t>& nodes) const {
    std::string why;
    for (const auto node : nodes) {
      const auto outcome = replay_.outcome(node);
      if (replay_.is_done(node) && outcome == evidence::Outcome::pass) return "";
      why = fmt::format("'{}' is {} without the defect too", plan_.nodes[node].name,
                        replay_.is_done(node) ? evidence::to_word(outcome) : "not done");
    }
    return why;
  }

  // "step", "test.step" or "test[instance].step": the nodes and the step.
  Result<std::pair<std::vector<std::size_t>, std::string>> address(std::size_t node, const std::string& in) const {
    const auto has_step = [&](std::size_t candidate, const std::string& step) {
      const auto& steps = plan_.nodes[candidate].test->steps;
      return std::any_of(steps.begin(), steps.end(), [&](const suite::Step& one) { return one.id == step; });
    };
    if (has_step(node, in)) return std::pair(std::vector{node}, in);
    const auto dot = in.rfind('.');
    if (dot == std::string::npos) return Error{fmt::format("test '{}' has no step '{}'", plan_.nodes[node].name, in)};
    const std::string test = in.substr(0, dot);
    const std::string step = in.substr(dot + 1);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      const PlanNode& candidate = plan_.nodes[i];
      const bool is_it = candidate.suite == plan_.nodes[node].suite &&
                         (candidate.name == test || candidate.test->path == test) && has_step(i, step);
      if (is_it) found.push_back(i);
    }
    if (found.empty()) return Error{fmt::format("this run has no test '{}' with a step '{}'", test, step)};
    // Of several instances only those that this test is built on matter.
    const auto ancestors = plan_.ancestors(node);
    std::vector<std::size_t> needed;
    for (const auto i : found)
      if (i == node || std::find(ancestors.begin(), ancestors.end(), i) != ancestors.end()) needed.push_back(i);
    if (needed.empty()) return Error{fmt::format("test '{}' does not need '{}'", plan_.nodes[node].name, test)};
    return std::pair(needed, step);
  }

  // References of a fault mean what they meant at the end of the test.
  Result<Fault> resolve(std::size_t node, const Fault& fault) const {
    checks::Scope scope = test_scope(plan_, node, recorded_);
    for (const auto& [name, value] : recorded_[node].saved) save(scope, plan_.nodes[node], name, value);
    Fault resolved = fault;
    BB_TRY(resolved.selector, checks::resolve_selector(fault.selector, scope));
    BB_TRY(resolved.to, scope.resolve(fault.to));
    return resolved;
  }

  Result<Replay::Changed> changed_messages(std::size_t node, const Fault& fault) const {
    BB_TRY(const Fault resolved, resolve(node, fault));
    Value from = Value::object();
    Value to = Value::object();
    if (fault.kind == Fault::Kind::swap) BB_CHECK(swapped_people(node, fault, from, to));
    Replay::Changed changed;
    std::optional<Error> without;  // a message that has no such part
    for (const auto& in : fault.in) {
      BB_TRY(const auto where, address(node, in));
      for (const auto target : where.first) {
        BB_TRY(const evidence::Message message, replay_.message(target, where.second));
        auto faulty = checks::apply_fault(resolved, message, from, to);
        if (faulty)
          changed.emplace(std::pair(target, where.second), *std::move(faulty));
        else
          without = faulty.error();
      }
    }
    // Of several messages those are changed that have it.
    if (changed.empty() && without) return *without;
    return changed;
  }

  // The person of each named input, and another of the target's people.
  Status swapped_people(std::size_t node, const Fault& fault, Value& from, Value& to) const {
    const checks::Scope scope = plan_.base_scope(plan_.nodes[node]);
    for (const auto& name : fault.swap) {
      const Value* person = scope.root().find(name);
      if (person == nullptr) person = scope.root()["each"].find(name);
      if (person == nullptr || !(*person)["id"].is_string())
        return Error{fmt::format("'{}' is no input that holds a person", name)};
      const auto* people = scope.root()["target"]["people"].items();
      const auto other = people == nullptr ? nullptr : find_other(*people, (*person)["id"], strings_used(fault, from));
      if (other == nullptr)
        return Error{fmt::format("the target has nobody to swap '{}' with", (*person)["id"].string_or(""))};
      if (fault.swap.size() == 1) {
        from = *person;
        to = *other;
      } else {
        from.set(name, *person);
        to.set(name, *other);
      }
    }
    return {};
  }

  static std::vector<std::string> strings_used(const Fault& fault, const Value& from) {
    std::vector<std::string> used;
    for (const auto& name : fault.swap) used.push_back(from[name]["id"].string_or(""));
    return used;
  }

  static const Value* find_other(const Value::Array& people, const Value& id, const std::vector<std::string>& used) {
    const auto other = std::find_if(people.begin(), people.end(), [&](const Value& candidate) {
      const std::string candidate_id = candidate["id"].string_or("");
      return candidate["id"] != id && std::find(used.begin(), used.end(), candidate_id) == used.end();
    });
    return other == people.end() ? nullptr : &*other;
  }

  // `saved` is what all tests saved, and is again afterwards.
  Seen apply(std::size_t node, const Fault& fault, std::vector<TestResult>& saved) const {
    if (replay_.is_done(node) && replay_.outcome(node) == evidence::Outcome::omit)
      return {Verdict::omitted, "the run's options or profile left the test out"};
    if (!is_usable(node))
      return not_applicable(fmt::format("the test did not succeed in this run, its outcome is {}",
                                        evidence::to_word(replay_.outcome(node))));
    const auto changed = changed_messages(node, fault);
    if (!changed) return not_applicable(changed.error().what);
    // Tests between the changed message and this one save something else now.
    auto ancestors = plan_.ancestors(node);
    std::sort(ancestors.begin(), ancestors.end(),
              [&](std::size_t a, std::size_t b) { return place_in_order_[a] < place_in_order_[b]; });
    Seen seen = judge_changed(node, *changed, ancestors, saved);
    for (const auto i : ancestors) saved[i].saved = recorded_[i].saved;
    return seen;
  }

  Seen judge_changed(std::size_t node, const Replay::Changed& changed, const std::vector<std::size_t>& ancestors,
                     std::vector<TestResult>& saved) const {
    for (const auto i : ancestors) {
      if (!is_usable(i)) continue;
      auto judged = replay_.judge(i, saved, changed);
      if (!judged) return not_applicable(judged.error().what);
      saved[i].saved = std::move(judged->saved);
    }
    const auto judged = replay_.judge(node, saved, changed);
    if (!judged) return not_applicable(judged.error().what);
    return compare(baseline_[node], judged->claims);
  }

  static Seen compare(const std::vector<checks::ClaimResult>& before, const std::vector<checks::ClaimResult>& after) {
    const checks::ClaimResult* uncounted = nullptr;
    for (std::size_t i = 0; i < after.size(); ++i) {
      const bool held = i < before.size() && before[i].holds == checks::Holds::held;
      if (!held || after[i].holds != checks::Holds::violated) continue;
      if (after[i].counts)
        return {Verdict::noticed, fmt::format("{}: expected {}, found {}", after[i].text, after[i].expected,
                                              shorten(after[i].found, 200))};
      uncounted = &after[i];
    }
    if (uncounted != nullptr)
      return {Verdict::missed,
              fmt::format("only '{}' noticed, and the requirements it speaks for do not count", uncounted->text)};
    for (const auto& claim : after)
      if (claim.lacks_validator)
        return not_applicable(fmt::format("'{}' could not be judged: {}", claim.text, claim.found));
    for (const auto& claim : after)
      if (claim.holds == checks::Holds::unjudgeable)
        return {Verdict::missed,
                fmt::format("{} could not be judged any more, which skips the test and fails nothing", claim.text)};
    return {Verdict::missed, "every claim still holds"};
  }

  Replay replay_;
  const Plan& plan_;
  std::vector<TestResult> recorded_;
  std::vector<std::size_t> place_in_order_;  // by node: each after those it needs
  std::vector<std::vector<checks::ClaimResult>> baseline_;
};

// What the outcome of a test says of a defect that it is to notice.
Verdict verdict_of(evidence::Outcome outcome) {
  if (outcome == evidence::Outcome::fail || outcome == evidence::Outcome::warn) return Verdict::noticed;
  return outcome == evidence::Outcome::pass ? Verdict::missed : Verdict::not_applicable;
}

void add(MutationScore& score, Verdict verdict) {
  switch (verdict) {
    case Verdict::noticed:
      ++score.noticed;
      break;
    case Verdict::missed:
      ++score.missed;
      break;
    case Verdict::not_applicable:
      ++score.not_applicable;
      break;
    case Verdict::needs_portal:
      ++score.needs_portal;
      break;
    case Verdict::omitted:
      ++score.omitted;
      break;
  }
}

// In the order of the first fault of each.
class Scores {
 public:
  void count(const std::string& name, Verdict verdict) {
    const auto [found, is_new] = places_.emplace(name, scores_.size());
    if (is_new) scores_.push_back({name});
    add(scores_[found->second], verdict);
  }
  std::vector<MutationScore> take() && { return std::move(scores_); }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<MutationScore> scores_;
};

}  // namespace

Result<std::vector<MutantResult>> mutate(const std::filesystem::path& run_folder,
                                         std::shared_ptr<const checks::Validator> validator,
                                         const MutateOptions& options) {
  // Also refuses what a report refuses. On evidence that was changed, what is
  // noticed or missed says nothing about the suite.
  BB_TRY(const evidence::RunView run, evidence::read_run(run_folder));
  if (run.is_damaged) return Error{fmt::format("{}: {}", run_folder.string(), run.verdict.sentence)};
  BB_TRY(Replay replay, Replay::open(run_folder, std::move(validator)));
  return Mutator(std::move(replay)).measure(options);
}

Status measure_defect(const std::filesystem::path& run_folder, const std::string& defect,
                      std::vector<MutantResult>& mutants) {
  BB_TRY(const evidence::RunView run, evidence::read_run(run_folder));
  if (run.is_damaged) return Error{fmt::format("{}: {}", run_folder.string(), run.verdict.sentence)};
  BB_TRY(const Replay replay, Replay::open(run_folder, nullptr));
  const auto& nodes = replay.plan().nodes;
  bool is_named = false;
  for (auto& mutant : mutants) {
    if (mutant.defect != defect) continue;
    is_named = true;
    Seen seen = not_applicable(fmt::format("{} has no such test", run_folder.string()));
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].view.suite != mutant.suite || nodes[i].test->path != mutant.test || !replay.is_done(i)) continue;
      const auto outcome = replay.outcome(i);
      const auto verdict = verdict_of(outcome);
      // One instance that notices it is enough: not each instance meets the defect.
      const bool is_stronger = verdict == Verdict::noticed || seen.verdict == Verdict::not_applicable;
      if (seen.verdict == Verdict::noticed || !is_stronger) continue;
      seen = {verdict, fmt::format("with the defect '{}' is {}", nodes[i].name, evidence::to_word(outcome))};
    }
    if (!mutant.obstacle.empty()) seen = not_applicable(mutant.obstacle);
    mutant.verdict = seen.verdict;
    mutant.detail = seen.detail;
  }
  if (is_named) return {};
  return Error{fmt::format("no test of the suites names the defect '{}' under 'catches'", defect)};
}

std::vector<MutantResult> merge(std::vector<std::vector<MutantResult>> runs) {
  std::vector<MutantResult> merged;
  std::map<std::tuple<std::string, std::string, std::string, int>, std::size_t> places;
  for (auto& run : runs) {
    std::map<std::tuple<std::string, std::string, std::string>, int> times;
    for (auto& mutant : run) {
      // A test may name one fault twice.
      const int time = times[{mutant.suite, mutant.test, mutant.fault}]++;
      const auto [found, is_new] =
          places.emplace(std::tuple(mutant.suite, mutant.test, mutant.fault, time), merged.size());
      if (is_new) {
        merged.push_back(std::move(mutant));
        continue;
      }
      auto& other = merged[found->second];
      const int more = weight(mutant.verdict) - weight(other.verdict);
      if (more > 0 || (more == 0 && mutant.obstacle.empty() && !other.obstacle.empty())) other = std::move(mutant);
    }
  }
  return merged;
}

std::vector<MutationScore> scores_of_suites(const std::vector<MutantResult>& mutants) {
  Scores scores;
  for (const auto& mutant : mutants) scores.count(mutant.suite, mutant.verdict);
  return std::move(scores).take();
}

std::vector<MutationScore> scores_of_requirements(const std::vector<MutantResult>& mutants) {
  Scores scores;
  for (const auto& mutant : mutants)
    for (const auto& row : mutant.requirements) scores.count(row, mutant.verdict);
  return std::move(scores).take();
}

}  // namespace bb::engine
