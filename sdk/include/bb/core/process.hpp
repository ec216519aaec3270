// bb/core/process.hpp - start a child program, talk to it, and surely end it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
    std::filesystem::path errors_to{};               // a file for its standard error, made anew; empty: none
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

// What a program may use that reads bytes of anybody.
struct Bounds {
  std::int64_t time_ms_max = 60'000;
  std::uint64_t cpu_seconds_max = 30;
  std::uint64_t memory_bytes_max = 1024ull * 1024 * 1024;  // address space
  std::size_t output_bytes_max = 16ull * 1024 * 1024;      // of both outputs
};

// What is at hand of the kernel's means to confine a program.
struct Confinement {
  bool has_landlock = false;  // files
  bool has_seccomp = false;   // network, processes
};
Confinement confinement();

// Runs a program whose input comes from anybody and stands on its standard input,
// within the bounds. It gets an environment of PATH and LC_ALL alone, writes no
// file, makes no process and no connection, and reads below /usr and the system's
// libraries alone, as far as confinement() says. An error as of run_command(), and
// when it prints more than it may; a program that is ended over its CPU time or
// memory shows in the status.
Result<CommandResult> run_bounded(const ChildProcess::Options& options, std::string_view input, const Bounds& bounds);

// The program's path by its name in PATH, or none.
std::optional<std::filesystem::path> find_program(std::string_view name);

}  // namespace bb
