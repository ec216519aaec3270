#include "harness/engine/run.hpp"

#include <algorithm>
#include <map>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "harness/engine/people.hpp"
#include "harness/engine/run_context.hpp"
#include "harness/engine/run_record.hpp"
#include "harness/engine/scheduler.hpp"
#include "harness/engine/test_runner.hpp"
#include "harness/evidence/event_values.hpp"
#include "harness/evidence/run_folder.hpp"

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

std::vector<Job> jobs_of(const Plan& plan) {
  std::vector<Job> jobs;
  std::map<Actor, std::size_t> numbers;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    Job job{plan.nodes[i].needs, plan.nodes[i].test->locks, {}};
    // Calls of one connector instance never overlap.
    for (const auto& actor : actors_of(plan, i))
      job.uses.push_back(numbers.emplace(actor, numbers.size()).first->second);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

evidence::Verdict end_run(RunContext& run) {
  evidence::Counts counts;
  std::vector<evidence::TestView> views;
  for (auto& result : run.results) {
    counts.add(result.view.outcome);
    views.push_back(std::move(result.view));
  }
  const evidence::Verdict verdict = evidence::verdict_of(views, true, run.plan.part());
  static_cast<void>(run.writer.write("run_done", Value::object({{"counts", evidence::counts_to_value(counts)},
                                                                {"verdict", verdict.word},
                                                                {"exit_status", verdict.exit_status},
                                                                {"sentence", verdict.sentence}})));
  return verdict;
}

}  // namespace

Result<RunResult> run(const RunInput& input, const RunOptions& options, ConnectorSource& source) {
  BB_TRY(const Plan plan, make_plan(input, options));
  const std::int64_t started_unix_ns = now_unix_ns();
  const bool is_virtual = input.target.clock == "virtual";
  const auto real = host::make_real_clock();
  host::VirtualClock virtual_clock(started_unix_ns);
  host::Clock& clock = is_virtual ? virtual_clock : *real;

  BB_TRY(const auto folder, evidence::RunFolder::create(options.out, started_unix_ns));
  host::Redactor redactor;
  learn_secrets(plan, input.target, redactor);
  evidence::EventWriter writer(*folder, clock);
  PeopleOfAnswers people(input.answers);
  SessionPool pool(input.target, plan, source,
                   {&clock, &writer, &redactor, options.seed, &people, options.cancellation});
  RunContext context{.input = input,
                     .options = options,
                     .plan = plan,
                     .source = source,
                     .facts = {folder->id(), started_unix_ns, options.seed.value_or(random_seed()), ""},
                     .clock = clock,
                     .virtual_clock = is_virtual ? &virtual_clock : nullptr,
                     .redactor = redactor,
                     .writer = writer,
                     .pool = pool,
                     .results = std::vector<TestResult>(plan.nodes.size()),
                     .inboxes = {},
                     .next_call = 1,
                     .failures = 0,
                     .done_mutex = {}};
  context.facts.state = context.token("run/state");
  find_inboxes(context);

  const RunRecord record{input, options, plan, context.facts, redactor};
  BB_CHECK(
      write_text(folder->path() / evidence::run_file_name, to_json_pretty(run_file(record)) + "\n", Privacy::private_));
  BB_TRY(const Value started, run_started_event(record, *folder));
  BB_CHECK(writer.write("run_started", started));

  run_jobs(jobs_of(plan), options.jobs, [&](std::size_t node) { TestRunner(context, node).run_test(); });
  return RunResult{folder->path(), end_run(context)};
}

}  // namespace bb::engine
