#include <bb/host/pace.hpp>

#include <algorithm>
#include <charconv>
#include <string>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "http/http_date.hpp"

namespace bb::host {
namespace {

constexpr std::int64_t retry_after_s_max = 7 * 24 * 3600;

}  // namespace

std::optional<std::int64_t> retry_after_ns(std::string_view field, std::int64_t now_unix_ns) {
  const std::string_view text = trim(field);
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end == text.data() + text.size() && failure == std::errc() && text.front() != '-')
    return std::min(seconds, retry_after_s_max) * ns_per_second;
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp<std::int64_t>(*date - now_unix_ns, 0, retry_after_s_max * ns_per_second);
}

Pace::Pace(Clock& clock, double requests_per_second)
    : clock_(clock),
      interval_ns_(requests_per_second > 0 ? static_cast<std::int64_t>(1e9 / requests_per_second + 0.5) : 0) {}

std::int64_t Pace::free_from_ns(std::int64_t began_ns, const Bounds& bounds) const {
  std::int64_t throttled = throttled_until_ns_;
  if (bounds.throttled_ns_max) throttled = std::min(throttled, began_ns + *bounds.throttled_ns_max);
  return throttled;
}

Pace::Waited Pace::wait(const Cancellation* cancellation, const Bounds& bounds) {
  const std::int64_t began_ns = clock_.now_unix_ns();
  const auto came = [&](Turn turn) { return Waited{turn, (clock_.now_unix_ns() - began_ns) / ns_per_ms}; };
  for (;;) {
    const std::int64_t now_ns = clock_.now_unix_ns();
    std::int64_t slot_ns = now_ns;
    {
      const std::scoped_lock lock(mutex_);
      slot_ns = std::max({now_ns, next_slot_ns_, free_from_ns(began_ns, bounds)});
      if (bounds.ns_max && slot_ns - began_ns > *bounds.ns_max) return came(Turn::too_late);
      if (interval_ns_ != 0) next_slot_ns_ = slot_ns + interval_ns_;
    }
    if (slot_ns == now_ns) return came(Turn::now);
    if (clock_.sleep_ns(slot_ns - now_ns, cancellation, 0) == Slept::cancelled) return came(Turn::cancelled);
    // What the system said meanwhile holds for those who wait, too.
    const std::scoped_lock lock(mutex_);
    if (free_from_ns(began_ns, bounds) <= slot_ns) return came(Turn::now);
  }
}

bool Pace::throttle(std::int64_t for_ns) {
  const std::int64_t until_ns = clock_.now_unix_ns() + for_ns;
  const std::scoped_lock lock(mutex_);
  if (until_ns <= throttled_until_ns_) return false;
  throttled_until_ns_ = until_ns;
  return true;
}

std::int64_t Pace::throttled_until_unix_ns() const {
  const std::scoped_lock lock(mutex_);
  return throttled_until_ns_;
}

}  // namespace bb::host
