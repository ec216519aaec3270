#include "harness/engine/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "harness/engine/people.hpp"
#include "harness/engine/plan_waivers.hpp"
#include "harness/engine/recorded_run.hpp"
#include "harness/engine/run_context.hpp"
#include "harness/engine/run_record.hpp"
#include "harness/engine/scheduler.hpp"
#include "harness/engine/test_runner.hpp"
#include "harness/evidence/event_values.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/waivers.hpp"

namespace bb::engine {
namespace {

std::uint64_t random_seed() {
  // 53 bits, so that any JSON reader keeps the number as it is.
  std::uint64_t seed = 0;
  for (const char byte : random_bytes(8)) seed = seed << 8 | static_cast<unsigned char>(byte);
  return seed >> 11;
}

void find_inboxes(RunContext& run) {
  const auto offers_inbox = [](const std::vector<std::string>& capabilities) {
    return std::find(capabilities.begin(), capabilities.end(), "inbox") != capabilities.end();
  };
  for (const auto& suite : run.plan.suites)
    for (const auto& role : suite.roles)
      if (offers_inbox(role.needs) || offers_inbox(role.wants)) run.inboxes[role.name];
}

// What running tests take turns in: an instance, whose calls wait for each other; a role, where the target lets only so
// many of its calls be in flight.
class UsedThings {
 public:
  explicit UsedThings(const suite::Target& target) : target_(target) {}
  const std::vector<int>& capacities() const { return capacities_; }

  std::vector<std::size_t> of(const std::vector<Actor>& actors) {
    std::vector<std::size_t> things;
    std::set<std::string> roles;
    for (const auto& actor : actors) {
      const auto* const role = target_.find_role(actor.role);
      const int most = role == nullptr ? 0 : role->max_in_flight.value_or(0);
      if (most <= 1) things.push_back(number_of(actor, 1));
      if (most >= 1 && roles.insert(actor.role).second)
        things.push_back(number_of({actor.role, "", any_session}, most));
    }
    return things;
  }

 private:
  static constexpr std::size_t any_session = Actor::no_session - 1;
  std::size_t number_of(const Actor& actor, int capacity) {
    const auto [found, is_new] = numbers_.emplace(actor, numbers_.size());
    if (is_new) capacities_.push_back(capacity);
    return found->second;
  }

  const suite::Target& target_;
  std::map<Actor, std::size_t> numbers_;
  std::vector<int> capacities_;
};

std::vector<Job> jobs_of(const RunContext& run, UsedThings& things) {
  const Plan& plan = run.plan;
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    // Done by an earlier process: it only lets go those that need it, and asks for
    // nothing that a test under way may hold.
    if (run.results[i].view.is_done) {
      jobs.push_back({plan.nodes[i].needs, {}, {}, false});
      continue;
    }
    jobs.push_back(
        {plan.nodes[i].needs, plan.nodes[i].test->locks, things.of(actors_of(plan, i)), is_under_way(run, i)});
  }
  return jobs;
}

// The waits that are left open.
std::vector<evidence::WaitView> run_tests(RunContext& run) {
  // A test that parks keeps its runner. Each is used by one thread at a time.
  std::vector<std::unique_ptr<TestRunner>> runners(run.plan.nodes.size());
  UsedThings things(run.input.target);
  const auto jobs = jobs_of(run, things);
  const auto work = [&](std::size_t node) {
    if (run.results[node].view.is_done) return Turn::done;
    if (!runners[node]) runners[node] = std::make_unique<TestRunner>(run, node);
    const Turn turn = runners[node]->run_test();
    if (turn == Turn::done) runners[node].reset();
    return turn;
  };
  run_jobs(jobs, run.options.jobs, work, things.capacities());
  std::vector<evidence::WaitView> waits;
  for (const auto& runner : runners)
    if (runner && runner->open_wait()) waits.push_back(*runner->open_wait());
  return waits;
}

// A run is not ended while a test could still go on: then nothing is written, so
// that it stays one that was broken off.
Result<evidence::Verdict> end_run(RunContext& run, const std::vector<evidence::WaitView>& waits) {
  const bool is_waiting = !waits.empty();
  const bool is_done =
      std::all_of(run.results.begin(), run.results.end(), [](const TestResult& result) { return result.view.is_done; });
  const bool is_broken_off = run.is_broken_off() && !is_waiting && !is_done;
  for (const auto& result : run.results)
    if (!is_waiting && !is_broken_off && !result.view.is_done)
      return Error{
          fmt::format("test '{}' of suite '{}' could not go on although nothing is waited for, so the "
                      "run has no end; run again",
                      result.view.name, result.view.suite)};
  evidence::Counts counts;
  std::vector<evidence::TestView> views;
  for (auto& result : run.results) {
    if (result.view.is_done) counts.add(result.view.outcome);
    views.push_back(std::move(result.view));
  }
  const auto standing = is_broken_off ? evidence::Standing::broken_off
                        : is_waiting  ? evidence::Standing::waiting
                                      : evidence::Standing::done;
  if (!is_broken_off) evidence::settle_waivers(run.waivers, views);
  const evidence::Verdict verdict = evidence::verdict_of(views, standing, run.plan.part(), run.waivers);
  if (is_broken_off) {
    static_cast<void>(run.writer.flush());
    return verdict;
  }
  Value event = Value::object({{"counts", evidence::counts_to_value(counts)},
                               {"verdict", verdict.word},
                               {"exit_status", verdict.exit_status},
                               {"sentence", verdict.sentence}});
  if (is_waiting) {
    Value open = Value::array();
    for (const auto& wait : waits) open.push(evidence::wait_to_value(wait));
    event.set("waits", std::move(open));
  }
  static_cast<void>(run.writer.write(is_waiting ? "run_detached" : "run_done", event));
  return verdict;
}

std::vector<evidence::ConnectorView> connectors_of(const suite::Target& target, const ConnectorSource& source) {
  std::vector<evidence::ConnectorView> connectors;
  for (const auto& role : target.roles) {
    const auto plugin = source.version(role.connector);
    connectors.push_back({role.role, role.connector, plugin.id, plugin.version, plugin.abi, plugin.sha256});
  }
  return connectors;
}

// One process's part of a run, from its first event on.
Result<RunResult> run_part(const RunInput& input, const RunOptions& options, const Plan& plan, RunFacts facts,
                           evidence::RunFolder& folder, const RecordedRun* before, ConnectorSource& source) {
  const std::int64_t began_unix_ns = before == nullptr ? facts.started_unix_ns : before->last_unix_ns();
  const bool is_virtual = input.target.clock == "virtual";
  const auto real = host::make_real_clock();
  host::VirtualClock virtual_clock(began_unix_ns);
  host::Clock& clock = is_virtual ? virtual_clock : *real;

  host::Redactor redactor;
  learn_secrets(plan, input.target, redactor);
  evidence::EventWriter writer(folder, clock, before == nullptr ? evidence::StreamEnd{} : before->end());
  PeopleOfRun people(
      input.answers,
      [&](const std::string& expires) { return suite::expired_by(expires, clock.now_unix_ns(), plan.rule_date); },
      before == nullptr ? GivenAnswers() : before->given_answers());
  const int process = before == nullptr ? 1 : before->processes() + 1;
  SessionPool pool(input.target, plan, source,
                   {&clock, &writer, &redactor, options.seed, &people, options.cancellation, process});
  RunContext context{.input = input,
                     .options = options,
                     .plan = plan,
                     .source = source,
                     .facts = std::move(facts),
                     .clock = clock,
                     .virtual_clock = is_virtual ? &virtual_clock : nullptr,
                     .redactor = redactor,
                     .writer = writer,
                     .pool = pool,
                     .people = people,
                     .results = std::vector<TestResult>(plan.nodes.size()),
                     .inboxes = {},
                     .next_call = 1,
                     .failures = 0,
                     .done_mutex = {},
                     .before = before,
                     .waivers = {},
                     .round = before == nullptr ? 0 : before->rounds(),
                     .sessions = {}};
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) context.results[i].view = plan.nodes[i].view;
  find_inboxes(context);

  context.waivers =
      before == nullptr ? plan_waivers(input.target, plan, format_date(began_unix_ns)) : before->waivers();
  const auto connectors = connectors_of(input.target, source);
  const RunRecord record{input, options, plan, context.facts, redactor, context.waivers, connectors};
  if (before == nullptr) {
    context.facts.state = context.token("run/state");
    const std::string text = to_json_pretty(run_file(record)) + "\n";
    BB_CHECK(write_text(folder.path() / evidence::run_file_name, text, Privacy::private_));
    BB_TRY(Value started, run_started_event(record, folder));
    started.set("run_file", sha256_hex(text));
    BB_CHECK(writer.write("run_started", started));
  } else {
    BB_CHECK(restore(context));
    BB_CHECK(writer.write("run_resumed", run_resumed_event(record, *before, process, folder.torn_bytes())));
  }
  const auto waits = run_tests(context);
  if (waits.empty()) tell_unmatched_arrivals(context);
  BB_TRY(auto verdict, end_run(context, waits));
  return RunResult{folder.path(), std::move(verdict)};
}

}  // namespace

Result<RunResult> run(const RunInput& input, const RunOptions& options, ConnectorSource& source) {
  BB_TRY(const Plan plan, make_plan(input, options));
  const std::int64_t started_unix_ns = now_unix_ns();
  BB_TRY(const auto folder, evidence::RunFolder::create(
                                options.out, started_unix_ns,
                                options.is_to_be_masked ? evidence::Layout::to_be_masked : evidence::Layout::plain));
  return run_part(input, options, plan, {folder->id(), started_unix_ns, options.seed.value_or(random_seed()), ""},
                  *folder, nullptr, source);
}

Result<RunResult> resume(const RunInput& input, const RunOptions& options, evidence::RunFolder& folder,
                         const RecordedRun& before, ConnectorSource& source) {
  BB_TRY(const Plan plan, make_plan(input, options));
  BB_CHECK(before.match(plan, input.target));
  return run_part(input, options, plan, before.facts(), folder, &before, source);
}

}  // namespace bb::engine
