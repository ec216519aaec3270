#include "portal/source_events.hpp"

#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::int64_t hour_ns = 3'600 * ns_per_second;
constexpr std::int64_t late_ns = 240 * hour_ns;      // for vdt-results-late
constexpr std::int64_t discharge_ns = 48 * hour_ns;  // for vdt-discharge-late
constexpr std::int64_t held_back_ns = 24 * hour_ns;  // for vdt-results-held
constexpr std::size_t event_count_max = 10'000;

}  // namespace

void SourceEvents::file(SourceEvent event) {
  const std::lock_guard lock(mutex_);
  if (events_.size() < event_count_max) events_.push_back(std::move(event));
}

void SourceEvents::set_clock(std::int64_t now_unix_ns) {
  const std::lock_guard lock(mutex_);
  clock_unix_ns_ = now_unix_ns;
}

std::int64_t SourceEvents::now_unix_ns() const {
  const std::lock_guard lock(mutex_);
  return clock_unix_ns_ != 0 ? clock_unix_ns_ : bb::now_unix_ns();
}

bool SourceEvents::is_visible(const SourceEvent& event, std::int64_t now) const {
  std::int64_t delay_ns = 0;
  if (event.kind == SourceEvent::Kind::result) {
    if (defects_.is_on(Defect::vdt_results_late)) delay_ns = late_ns;
    if (defects_.is_on(Defect::vdt_results_held)) delay_ns = held_back_ns;
  } else if (defects_.is_on(Defect::vdt_discharge_late)) {
    delay_ns = discharge_ns;
  }
  return event.available_unix_ns + delay_ns <= now;
}

std::vector<SourceEvent> SourceEvents::visible(const std::string& patient) const {
  const auto now = now_unix_ns();
  const std::lock_guard lock(mutex_);
  std::vector<SourceEvent> seen;
  for (const auto& event : events_)
    if (event.patient == patient && is_visible(event, now)) seen.push_back(event);
  return seen;
}

void add_to(records::Record& record, const SourceEvent& event) {
  const auto at = format_utc(event.available_unix_ns);
  if (event.kind == SourceEvent::Kind::discharge) {
    records::Encounter stay;
    stay.type.display = event.title;
    stay.start = stay.end = at;
    record.encounters.push_back(std::move(stay));
    return;
  }
  records::Observation finding;
  finding.test.display = event.title;
  finding.value = "done";
  finding.date = at;
  finding.status = "completed";
  records::ResultPanel panel;
  panel.panel.display = event.title;
  panel.date = at;
  panel.observations.push_back(std::move(finding));
  record.results.push_back(std::move(panel));
}

std::string in_words(const SourceEvent& event) { return event.title + ", " + format_utc(event.available_unix_ns); }

}  // namespace bb::portal
