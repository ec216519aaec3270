// harness/cli/run_suites.hpp - load, lint, run, report: what `run` and `demo` share.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/args.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/places.hpp"
#include "harness/engine/browser.hpp"
#include "harness/engine/run.hpp"
#include "harness/report/report.hpp"

namespace bb::cli {

struct RunRequest {
  Places places;
  std::vector<std::filesystem::path> suites;
  std::filesystem::path target;
  std::filesystem::path answers;                                 // empty = none
  Result<std::filesystem::path> data = std::filesystem::path();  // of imported schemas and rules, or why there is none
  std::shared_ptr<engine::Browser> browser = nullptr;            // of `options`
  engine::RunOptions options;
  bool are_jobs_given = false;                                            // else the target may ask for more
  bool is_plan_only = false;                                              // needs no secrets
  bool is_asking = false;                                                 // somebody sits at the terminal
  std::optional<bool> is_mask_asked = std::nullopt;                       // --mask, --no-mask; else the target says
  std::vector<std::pair<report::Format, std::filesystem::path>> reports;  // beside those in the run folder
};

// Options of `run` and `demo` that mean the same in both: --out --filter --tag
// --jobs --report --browser --rule-date --seed --max-failures --mask --no-mask
// --in-process, and those of find_places(). The error says which is wrong.
std::vector<OptionSpec> run_option_specs();
[[nodiscard]] Result<RunRequest> read_run_options(const Args& args);
// Of these what one process of a run is told: --jobs --report --browser --in-process and
// those of find_places().
[[nodiscard]] Result<RunRequest> read_process_options(const Args& args);
OptionSpec jobs_option();
OptionSpec reports_option();

// What finds and makes the connectors of a run.
host::Host::Options host_options(const RunRequest& request);

// Reads and lints everything, and asks whether the connectors can be made.
// Sends nothing. Warnings go to standard error; the error holds every mistake
// of every file.
[[nodiscard]] Result<engine::RunInput> load(const RunRequest& request, host::Host& host);

// The same for suites that were read and linted before.
[[nodiscard]] Result<engine::RunInput> load_for(const RunRequest& request, std::vector<suite::Suite> suites,
                                                host::Host& host);

// Where --jobs was not given: as many as the roles of the target may have calls in flight, if that is more.
void settle_jobs(RunRequest& request, const suite::Target& target);

// Prints the plan and returns an exit status.
int print_plan(const RunRequest& request, const engine::RunInput& input, bool is_json);

// Runs, writes the reports, prints the verdict; returns the exit status.
int run_and_report(RunRequest request, const engine::RunInput& input, host::Host& host, Interrupt& interrupt);

// The end of it: `run_part` runs with the options of `request`.
using RunPart = std::function<Result<engine::RunResult>(const engine::RunOptions& options)>;
int report_run(RunRequest request, std::size_t test_count, Interrupt& interrupt, const RunPart& run_part);

// Masks a run folder that is to be masked, writes its reports, prints the verdict; returns the
// exit status. `events_folder` is where its events were written. `interrupt` may be null.
int conclude(const RunRequest& request, const std::filesystem::path& events_folder, const Interrupt* interrupt);

}  // namespace bb::cli
