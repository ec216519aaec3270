// sign_in_guard.hpp - how often a sign-in may fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace bb::web {

// Slows guessing: after `failures_max` wrong passwords within a minute an
// account takes no sign-in until the minute has passed. [any thread]
class SignInGuard {
 public:
  static constexpr std::size_t failures_max = 20;
  static constexpr std::int64_t window_seconds = 60;

  explicit SignInGuard(std::function<std::int64_t()> clock) : clock_(std::move(clock)) {}
  bool may_try(const std::string& account);
  void failed(const std::string& account);

 private:
  void forget_old();

  std::function<std::int64_t()> clock_;
  std::mutex mutex_;
  std::map<std::string, std::deque<std::int64_t>> failures_;
};

}  // namespace bb::web
