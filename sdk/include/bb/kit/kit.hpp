// bb/kit/kit.hpp - the ABI conformance kit: does a connector keep the contract?
//
// Loads a library under a fake host of its own and drives it check by check,
// each in a child process with a time limit, so that a crash or a hang is one
// line of the report. It judges connectors, never a system under test. The
// rules: docs/abi/rules.md. How to use it: docs/reference/connector-test.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::kit {

enum class Outcome { pass, warn, fail, crash, timeout, skip };
std::string_view word(Outcome outcome);

struct CheckInfo {
  std::string_view id;    // "sink-stop"
  int strictness;         // 1 loads and describes, 2 lifecycle, 3 capabilities, 4 faults and threads, 5 fuzzing
  std::string_view rule;  // "BB-R023"
  std::string_view about;
};
// All checks, by strictness.
std::vector<CheckInfo> checks();

struct Finding {
  CheckInfo check;
  Outcome outcome = Outcome::pass;
  std::string what;       // of everything but a pass: lower case, what was seen and what was expected
  bool is_judged = true;  // false: a skip because the check applies to nothing here
  std::string excuse;     // the reason that connector-test.yaml gives for this check
  std::int64_t took_ms = 0;
};

// A library with its manifest and its connector-test.yaml, read and not loaded.
class Subject;
// `path` is a manifest, or a library whose manifest lies beside it. `setup` is
// the connector-test.yaml; empty = STEM.connector-test.yaml or
// connector-test.yaml beside the manifest, where one is there.
[[nodiscard]] Result<std::shared_ptr<const Subject>> read_subject(const std::filesystem::path& path,
                                                                  const std::filesystem::path& setup = {});

struct Options {
  int strictness = 3;                // checks of this level and below
  std::string only;                  // one check, whatever its level; empty = all
  std::string seed;                  // empty = the library's hash
  std::int64_t timeout_ms = 10'000;  // of a check, for each type of the library
  // Runs the check in this process, for a debugger: a crash is the program's
  // and there is no time limit.
  bool is_in_process = false;
};

struct Report {
  std::filesystem::path library;
  std::filesystem::path manifest;
  std::filesystem::path setup;  // empty = none
  std::string seed;
  int strictness = 3;
  bool is_in_process = false;
  std::vector<Finding> findings;
};

// Runs the checks one after the other; `on_finding` may be empty. Forks: for a
// program that has one thread at this point. Ends and reaps every child.
Report run(const Subject& subject, const Options& options, const std::function<void(const Finding&)>& on_finding);

// One line, and for what went wrong a second with the header's sentence:
// "BB-R023 sink-stop: plugin went on after the sink said stop: 3 more items, expected none".
std::string line_of(const Finding& finding);
std::string summary_of(const Report& report);
Value to_value(const Report& report);
std::string to_junit(const std::vector<Report>& reports);

// 0 nothing wrong, 1 something found, 3 something could not be judged.
int exit_status(const std::vector<Report>& reports);

}  // namespace bb::kit
