#include <fmt/format.h>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/run_suites.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/terminal_people.hpp"
#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

Result<RunRequest> read_request(const Args& args) {
  BB_TRY(auto request, read_run_options(args));
  if (args.has("json") && !args.has("plan")) return Error{"'--json' is for '--plan'; of a run: --report json=PATH"};
  const auto target = args.value("target");
  if (!target) return Error{"'--target FILE' is missing: it says which system to test"};
  request.target = *target;
  request.answers = args.value("answers").value_or("");
  BB_TRY(request.options.inputs, args.pairs("input"));
  BB_TRY(request.options.options, args.pairs("option"));
  request.options.is_detached = args.has("detach");
  BB_TRY(request.is_asking, is_asking(args));
  for (const auto& name : args.positional) {
    BB_TRY(auto file, find_suite(request.places, name));
    request.suites.push_back(std::move(file));
  }
  return request;
}

int run(const Args& args) {
  auto request = read_request(args);
  if (!request) return refuse(request.error().what);
  request->is_plan_only = args.has("plan");
  host::Host host(host_options(*request));
  const auto input = load(*request, host);
  if (!input) return refuse("nothing was run:\n" + input.error().what);
  if (request->is_plan_only) return print_plan(*request, *input, args.has("json"));
  if (input->target.environment == "production" && !args.has("yes-production"))
    return refuse(fmt::format(
        "nothing was run: {} is a system in production (environment: production in {}), and its suites sign in, send "
        "and attack; where that is agreed upon with those who run it, add --yes-production",
        input->target.id, input->target.file.string()));
  settle_jobs(*request, input->target);
  Interrupt interrupt;
  return run_and_report(*std::move(request), *input, host, interrupt);
}

}  // namespace

VerbSpec run_verb() {
  VerbSpec verb;
  verb.name = "run";
  verb.arguments = "SUITE...";
  verb.argument_count_min = 1;
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "run suites against a target and give a verdict";
  verb.about =
      "SUITE is a file or the name of an installed suite. The run folder holds everything that was recorded and the "
      "reports report.html, junit.xml and report.json. The exit status is the verdict: 0 conformant, 1 not conformant, "
      "2 nothing was run, 3 inconclusive, 4 waiting (with --detach), 5 cancelled, 6 a waiver is stale or "
      "expired and nothing stronger.";
  verb.example = "bluebridge run pledge.data_holder --target acme-portal.yaml --report junit=results.xml";
  verb.options = {
      {"target", "FILE", "the system under test: connectors, test patients, options", Completes::files},
      {"answers", "FILE", "answers of people to the questions of a suite", Completes::files},
      {"input", "NAME=VALUE", "an input of the suite", Completes::nothing, {}, true},
      {"option", "NAME=VALUE", "an option of the suite", Completes::nothing, {}, true},
      {"yes-production", "", "run against a target with 'environment: production'"},
      {"detach", "", "do not wait for messages that take their time: end with 4, and go on later with resume"},
      {"plan", "", "say what would be run and sent, and run nothing"},
      {"json", "", "with --plan: as JSON"},
  };
  for (auto& option : run_option_specs()) verb.options.push_back(std::move(option));
  for (auto& option : asking_options()) verb.options.push_back(std::move(option));
  verb.run = run;
  return verb;
}

}  // namespace bb::cli
