// activity.hpp - who did what to a record, for its patient to read.
//
// The events have the shape of bb/abi/ext/activity.h.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <bb/core/value.hpp>

#include "portal/selection.hpp"

namespace bb::portal {

struct Event {
  std::string action;  // view download transmit api sign_in sign_out amend
  std::string actor_name, actor_id, actor_role;
  std::vector<std::string> items;
  std::string what;
  std::vector<std::string> to;
  std::string detail;
  std::int64_t at_unix_ns = 0;  // filled by add()
  std::int64_t number = 0;      // filled by add(), from 1 for each patient
};

Value to_value(const Event& event);

// Safe to use from many threads. Keeps the last 10,000 events of a patient.
class Activity {
 public:
  void add(const std::string& patient, Event event);

  struct Page {
    std::vector<Event> events;  // newest first
    std::int64_t next = 0;      // the number to go on below; 0 = no more
  };
  // Events with a number below `below` (0 = from the newest) in the range.
  Page list(const std::string& patient, const DateRange& range, std::size_t limit, std::int64_t below) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Event>> by_patient_;
  std::map<std::string, std::int64_t> last_number_;
};

}  // namespace bb::portal
