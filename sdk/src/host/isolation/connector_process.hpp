// connector_process.hpp - the child process of one connector instance.
//
// Started by posix_spawn on a launcher thread that lives as long as this
// program: PR_SET_PDEATHSIG, which the child asks for, fires when the thread
// that made it ends. Every path ends, kills and reaps it, with its group.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "working_folder.hpp"

namespace bb::host {

// How a process ended.
struct ProcessEnd {
  bool is_signal = false;
  int number = 0;  // the signal, or the exit status
  // "ended by signal 11 (SIGSEGV)", "exited with status 3"
  std::string text() const;
};

class ConnectorProcess {
 public:
  // `arguments` go after "--fd 3 --parent PID".
  static Result<std::unique_ptr<ConnectorProcess>> start(const std::filesystem::path& program,
                                                         const std::vector<std::string>& arguments);
  ~ConnectorProcess();
  ConnectorProcess(const ConnectorProcess&) = delete;
  ConnectorProcess& operator=(const ConnectorProcess&) = delete;

  pid_t pid() const { return pid_; }
  // Readable when the process has ended.
  int end_descriptor() const { return end_descriptor_; }
  // The near ends; the caller owns them from then on.
  int take_socket();
  int take_output();
  int take_errors();

  // Waits for its end, at most so long; false when it still runs.
  bool wait(std::int64_t timeout_ms) const;
  // Kills what runs of its group; does not wait for its end.
  void kill() const;
  // Kills what runs of its group, and reaps it. How it ended; after the first
  // time the same again.
  ProcessEnd end();

 private:
  ConnectorProcess() = default;
  pid_t pid_ = -1;
  int end_descriptor_ = -1;
  int socket_ = -1;
  int output_ = -1;
  int errors_ = -1;
  WorkingFolder folder_;
  std::optional<ProcessEnd> ended_;
};

}  // namespace bb::host
