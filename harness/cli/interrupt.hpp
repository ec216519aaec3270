// harness/cli/interrupt.hpp - Ctrl-C and SIGTERM become a Cancellation.
//
// The first signal asks the run to stop, so that reports are written and
// children end; the second ends the program at once.
#pragma once

#include <atomic>
#include <thread>

#include <bb/host/clock.hpp>

namespace bb::cli {

// One at a time, made by the main thread.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const host::Cancellation& cancellation() const { return cancellation_; }
  bool is_cancelled() const { return cancellation_.is_cancelled(); }

 private:
  void watch();

  host::Cancellation cancellation_;
  int read_end_ = -1;
  std::thread watcher_;
};

}  // namespace bb::cli
