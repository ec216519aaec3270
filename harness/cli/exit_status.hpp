// harness/cli/exit_status.hpp - what the command's exit statuses mean.
//
// docs/reference/command-line.md has the whole table.
#pragma once

namespace bb::cli {

enum ExitStatus : int {
  exit_good = 0,          // conformant; nothing wrong
  exit_found = 1,         // not conformant; something found
  exit_usage = 2,         // bad usage, suite, target or configuration; nothing was run
  exit_inconclusive = 3,  // an error, skip or missing answer is left
  exit_waiting = 4,       // with --detach: resume later
  exit_cancelled = 5,
};

}  // namespace bb::cli
