// plugins/rest/call_lock.hpp - waiting for another call of the same instance.
#pragma once

#include <chrono>
#include <mutex>

#include <bb/core/time.hpp>
#include <bb/sdk/connector.hpp>

namespace bb::rest {

// BB_E_DEADLINE or BB_E_CANCELLED where the call is over before the lock is had: the other call may take longer than
// this one has.
inline std::unique_lock<std::timed_mutex> lock_for(Call& call, std::timed_mutex& mutex) {
  std::unique_lock lock(mutex, std::try_to_lock);
  while (!lock.owns_lock()) {
    call.check();
    if (call.deadline_ns() != 0 && monotonic_ns() >= call.deadline_ns())
      throw Failure{BB_E_DEADLINE, "another call of the session took the time of this one"};
    static_cast<void>(lock.try_lock_for(std::chrono::milliseconds(10)));
  }
  return lock;
}

}  // namespace bb::rest
