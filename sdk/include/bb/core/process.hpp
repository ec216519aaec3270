// bb/core/process.hpp - start a child program, talk to it, and surely end it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>

namespace bb {

// A running child program. The destructor ends it (SIGTERM, after two seconds
// SIGKILL) and reaps it: no path leaves a process behind. The kernel ends it
// too when this process dies.
class ChildProcess {
 public:
  struct Options {
    std::filesystem::path program;
    std::vector<std::string> arguments;              // without the program's name
    std::map<std::string, std::string> environment;  // added to ours
    bool is_stderr_captured = false;                 // else it goes where ours goes
  };

  static Result<ChildProcess> start(const Options& options);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  // One line of its standard output without the line end; an error at its end,
  // after `timeout_ms`, or for a line over 1 MiB.
  Result<std::string> read_line(std::int64_t timeout_ms);
  // Everything that is still to come on standard output, then waits.
  std::string read_rest();
  // SIGTERM, then SIGKILL after `grace_ms`. Returns the exit status, or 128 +
  // the signal. Safe to call twice.
  int stop(std::int64_t grace_ms = 2000);
  // Waits for the end; nullopt after `timeout_ms`.
  std::optional<int> wait(std::int64_t timeout_ms);

 private:
  ChildProcess() = default;
  pid_t pid_ = -1;
  int out_ = -1;
  std::optional<int> status_;
  std::string pending_;
};

struct CommandResult {
  int status = 0;  // exit status, or 128 + signal
  std::string out;
  std::string err;
};
// Runs a program to its end and keeps what it printed. An error when it cannot
// be started or takes longer than `timeout_ms` (it is killed then).
Result<CommandResult> run_command(const ChildProcess::Options& options, std::int64_t timeout_ms);

}  // namespace bb
