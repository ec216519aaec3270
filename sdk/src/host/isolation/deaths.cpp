#include "deaths.hpp"

#include <algorithm>
#include <array>

namespace bb::host {
namespace {

constexpr std::array<std::int64_t, 3> pauses_ns{100'000'000, 1'000'000'000, 10'000'000'000};

}  // namespace

bool Deaths::note(const std::string& plugin, const std::string& reason, std::int64_t now_ns) {
  const std::scoped_lock lock(mutex_);
  Record& record = records_[plugin];
  auto& times = record.times_ns;
  if (!times.empty() && now_ns - times.back() >= window_ns) record.in_a_row = 0;
  ++record.in_a_row;
  times.push_back(now_ns);
  while (now_ns - times.front() >= window_ns) times.pop_front();
  if (times.size() < quarantine_count || !record.quarantine.empty()) return false;
  record.quarantine =
      "plugin " + plugin + " is in quarantine for the rest of this run: " + std::to_string(times.size()) +
      " of its processes ended within " + std::to_string(window_ns / 1'000'000'000) + " s, the last: " + reason;
  return true;
}

std::int64_t Deaths::start_ns(const std::string& plugin) const {
  const std::scoped_lock lock(mutex_);
  const auto found = records_.find(plugin);
  if (found == records_.end()) return 0;
  const std::size_t index = std::min(found->second.in_a_row, pauses_ns.size()) - 1;
  return found->second.times_ns.back() + pauses_ns.at(index);
}

std::string Deaths::quarantine(const std::string& plugin) const {
  const std::scoped_lock lock(mutex_);
  const auto found = records_.find(plugin);
  return found == records_.end() ? "" : found->second.quarantine;
}

}  // namespace bb::host
