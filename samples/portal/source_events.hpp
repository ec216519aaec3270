// source_events.hpp - what happens at the source of a record after the portal has started: a
// result becomes available, a patient is discharged.
//
// A door for tests (--source): events are filed with the time they were available to those who
// treat, and the portal's day is set, so that days pass in no time. Health links follow that clock
// too, and nothing else of the portal.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <bb/records/record.hpp>

#include "portal/defects.hpp"

namespace bb::portal {

struct SourceEvent {
  enum class Kind { result, discharge };
  std::string patient = {};
  Kind kind = Kind::result;
  std::string title = {};
  std::int64_t available_unix_ns = 0;
};

void add_to(records::Record& record, const SourceEvent& event);
// "Potassium, 2026-11-23T20:00:00.000Z"
std::string in_words(const SourceEvent& event);

// Safe to use from many threads.
class SourceEvents {
 public:
  explicit SourceEvents(const Defects& defects) : defects_(defects) {}

  void file(SourceEvent event);
  void set_clock(std::int64_t now_unix_ns);
  std::int64_t now_unix_ns() const;  // as it was set; real time where it was not
  // What may be seen by now.
  std::vector<SourceEvent> visible(const std::string& patient) const;

 private:
  bool is_visible(const SourceEvent& event, std::int64_t now) const;

  const Defects& defects_;
  mutable std::mutex mutex_;
  std::int64_t clock_unix_ns_ = 0;  // 0: real time
  std::vector<SourceEvent> events_;
};

}  // namespace bb::portal
