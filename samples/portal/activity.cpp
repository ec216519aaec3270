#include "portal/activity.hpp"

#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t event_count_max = 10'000;

}  // namespace

Value to_value(const Event& event) {
  auto actor = Value::object({{"name", event.actor_name}});
  if (!event.actor_id.empty()) actor.set("id", event.actor_id);
  if (!event.actor_role.empty()) actor.set("role", event.actor_role);
  auto value = Value::object({{"id", "event-" + std::to_string(event.number)},
                              {"action", event.action},
                              {"at", format_utc(event.at_unix_ns)},
                              {"actor", actor}});
  if (!event.items.empty()) value.set("items", Value::strings(event.items));
  if (!event.what.empty()) value.set("what", event.what);
  if (!event.to.empty()) value.set("to", Value::strings(event.to));
  if (!event.detail.empty()) value.set("detail", event.detail);
  return value;
}

void Activity::add(const std::string& patient, Event event) {
  const std::lock_guard lock(mutex_);
  event.at_unix_ns = now_unix_ns();
  event.number = ++last_number_[patient];
  auto& events = by_patient_[patient];
  events.push_back(std::move(event));
  if (events.size() > event_count_max) events.pop_front();
}

Activity::Page Activity::list(const std::string& patient, const DateRange& range, std::size_t limit,
                              std::int64_t below) const {
  const std::lock_guard lock(mutex_);
  Page page;
  const auto found = by_patient_.find(patient);
  if (found == by_patient_.end()) return page;
  for (auto event = found->second.rbegin(); event != found->second.rend(); ++event) {
    if (below != 0 && event->number >= below) continue;
    if (range.from_ns && event->at_unix_ns < *range.from_ns) continue;
    if (range.until_ns && event->at_unix_ns > *range.until_ns) continue;
    if (page.events.size() == limit) {
      page.next = page.events.back().number;
      break;
    }
    page.events.push_back(*event);
  }
  return page;
}

}  // namespace bb::portal
