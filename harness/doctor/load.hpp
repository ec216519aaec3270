// harness/doctor/load.hpp - reads and lints what a run would read, and keeps
// what is wrong instead of stopping at it.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/host/host.hpp>
#include "harness/engine/run.hpp"
#include "harness/suite/reader.hpp"

namespace bb::doctor {

struct Files {
  std::filesystem::path target;
  std::vector<std::filesystem::path> suites;  // named by the user
  // Where none is named: those of these that the target can serve are taken.
  std::vector<std::filesystem::path> installed;
  std::filesystem::path answers;  // empty: none
};

struct Loaded {
  engine::RunInput input;
  std::vector<Diagnostic> diagnostics;  // of all files, and of the set-up
  bool is_unreadable = false;           // the target, a named suite or the answers could not be understood at all
  bool is_target_good = false;
  bool are_suites_good = false;
  bool is_runnable() const { return is_target_good && are_suites_good; }
};

// `input.vocabulary` is there already. Loads the libraries of connectors; sends nothing.
Loaded load(const Files& files, engine::RunInput input, const engine::RunOptions& options, host::Host& host);

}  // namespace bb::doctor
