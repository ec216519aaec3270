// functions/appointments.hpp - free times of the clinic, and booking, changing and cancelling appointments in them.
//
// An appointment is at a wall clock's time of its clinic: `local` and `zone` are what was agreed, `starts_at` is the
// same moment with the offset of that day, so that no change of the clocks moves it.
#pragma once

#include <string>

#include "portal/defects.hpp"
#include "portal/functions/answer.hpp"
#include "portal/functions/state.hpp"

namespace bb::portal::functions {

class Appointments {
 public:
  Appointments(storage::Database& database, const Defects& defects) : database_(database), defects_(defects) {}

  // {"slots": [...]}: the free times.
  Answer slots();
  // {"appointments": [...]}: future and past, by their time.
  Answer list(const std::string& patient);
  Answer find(const std::string& patient, const std::string& id);
  // In a free time; 409 where somebody has it. `instead_of`: the appointment that moves there, empty: a new one.
  Answer book(const std::string& patient, const std::string& slot, const std::string& instead_of,
              const std::string& reason, const Actor& actor, const std::string& key);
  Answer cancel(const std::string& patient, const std::string& id);
  // RFC 5545, as {"text"}: when and where, not why.
  Answer calendar(const std::string& patient, const std::string& id);

 private:
  Value described(Transaction& t, const std::string& patient, const std::string& id);
  void add_time(Value& value, const std::string& local, std::int64_t offset_minutes) const;
  Value appointment_value(const storage::Rows& rows) const;

  storage::Database& database_;
  const Defects& defects_;
};

}  // namespace bb::portal::functions
