// waiting.hpp - waits for a descriptor, but never past the end of a call.
#pragma once

#include <cstdint>

#include <bb/host/clock.hpp>

namespace bb::host {

// How an exchange ended, other than well.
enum class Fault {
  none,
  unavailable,  // no connection, or one that broke
  deadline,     // the call's deadline passed
  cancelled,
  untrusted,  // the peer could not prove who it is
  protocol,   // what came is not HTTP
  stopped,    // the receiver wanted no more
};

// When a call ends at the latest.
struct Bounds {
  std::int64_t deadline_ns = 0;  // on bb::monotonic_ns; 0 = none
  const Cancellation* cancellation = nullptr;
};

// Waits until the descriptor is ready for `events` (poll's): Fault::none, or
// the bound that came first.
Fault wait_ready(int descriptor, short events, const Bounds& bounds);

// Waits for that time on bb::monotonic_ns: Fault::deadline, or ::cancelled when
// that came first.
Fault wait_until(std::int64_t at_ns, const Cancellation* cancellation);

// Blocks SIGPIPE in this thread and takes away one that was raised meanwhile:
// writing to a closed connection must not end the program.
class PipeSignalGuard {
 public:
  PipeSignalGuard();
  ~PipeSignalGuard();
  PipeSignalGuard(const PipeSignalGuard&) = delete;
  PipeSignalGuard& operator=(const PipeSignalGuard&) = delete;

 private:
  bool was_pending_ = false;
  bool was_blocked_ = false;
};

}  // namespace bb::host
