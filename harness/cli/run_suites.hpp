// harness/cli/run_suites.hpp - load, lint, run, report: what `run` and `demo` share.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/args.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/places.hpp"
#include "harness/engine/run.hpp"
#include "harness/report/report.hpp"

namespace bb::cli {

struct RunRequest {
  Places places;
  std::vector<std::filesystem::path> suites;
  std::filesystem::path target;
  std::filesystem::path answers;                                 // empty = none
  Result<std::filesystem::path> data = std::filesystem::path();  // of imported schemas and rules, or why there is none
  engine::RunOptions options;
  bool is_plan_only = false;                                              // needs no secrets
  std::vector<std::pair<report::Format, std::filesystem::path>> reports;  // beside those in the run folder
};

// Options of `run` and `demo` that mean the same in both: --out --filter --tag
// --jobs --report --rule-date --seed --max-failures --in-process, and those of
// find_places(). The error says which is wrong.
std::vector<OptionSpec> run_option_specs();
[[nodiscard]] Result<RunRequest> read_run_options(const Args& args);

// What finds and makes the connectors of a run.
host::Host::Options host_options(const RunRequest& request);

// Reads and lints everything, and asks whether the connectors can be made.
// Sends nothing. Warnings go to standard error; the error holds every mistake
// of every file.
[[nodiscard]] Result<engine::RunInput> load(const RunRequest& request, host::Host& host);

// Prints the plan and returns an exit status.
int print_plan(const RunRequest& request, const engine::RunInput& input, bool is_json);

// Runs, writes the reports, prints the verdict; returns the exit status.
int run_and_report(RunRequest request, const engine::RunInput& input, host::Host& host, Interrupt& interrupt);

}  // namespace bb::cli
