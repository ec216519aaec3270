#include "web/sign_in_guard.hpp"

#include <iterator>

#include <bb/core/time.hpp>

namespace bb::web {
namespace {

constexpr std::size_t account_count_max = 10'000;

}  // namespace

bool SignInGuard::may_try(const std::string& account) {
  const std::lock_guard lock(mutex_);
  forget_old();
  const auto found = failures_.find(account);
  return found == failures_.end() || found->second.size() < failures_max;
}

void SignInGuard::failed(const std::string& account) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() < account_count_max || failures_.count(account) > 0) failures_[account].push_back(clock_());
}

void SignInGuard::forget_old() {
  const auto border_ns = clock_() - window_seconds * ns_per_second;
  for (auto entry = failures_.begin(); entry != failures_.end();) {
    auto& times = entry->second;
    while (!times.empty() && times.front() <= border_ns) times.pop_front();
    entry = times.empty() ? failures_.erase(entry) : std::next(entry);
  }
}

}  // namespace bb::web
