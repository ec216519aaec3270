#include "portal/functions/appointments.hpp"

#include <fmt/format.h>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal::functions {
namespace {

constexpr const char* columns =
    "SELECT a.id, a.status, a.reason, s.local, s.offset_minutes, s.zone, s.clinic, s.place, s.phone, s.id"
    " FROM appointment a JOIN slot s ON s.id = a.slot WHERE a.patient = ?";
// Taken: an appointment in it that was not cancelled.
constexpr const char* taken_by = "SELECT id FROM appointment WHERE slot = ? AND status = 'booked'";

std::string with_offset(const std::string& local, std::int64_t minutes) {
  const auto size = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}:00{}{:02}:{:02}", local, minutes < 0 ? '-' : '+', size / 60, size % 60);
}

// "2031-07-15T13:00:00Z" as RFC 5545 writes it, "20310715T130000Z".
std::string basic_utc(std::int64_t unix_ns) {
  return replace_all(replace_all(format_utc(unix_ns).substr(0, 19), "-", ""), ":", "") + "Z";
}

// RFC 5545, 3.3.11.
std::string escape_text(std::string_view text) {
  return replace_all(replace_all(replace_all(text, "\\", "\\\\"), ";", "\\;"), ",", "\\,");
}

}  // namespace

void Appointments::add_time(Value& value, const std::string& local, std::int64_t offset_minutes) const {
  constexpr std::int64_t standard_time = -300;
  const auto offset = defects_.is_on(Defect::appointment_moves_with_clocks) ? standard_time : offset_minutes;
  value.set("starts_at", with_offset(local, offset));
  value.set("local", local);
}

Value Appointments::appointment_value(const storage::Rows& rows) const {
  auto value = Value::object({{"id", rows.text(0)}, {"status", rows.text(1)}, {"slot", rows.text(9)}});
  add_time(value, rows.text(3), rows.number(4));
  value.set("zone", rows.text(5));
  value.set("clinic", rows.text(6));
  value.set("place", rows.text(7));
  value.set("phone", rows.text(8));
  if (!rows.text(2).empty()) value.set("reason", rows.text(2));
  if (defects_.is_on(Defect::appointment_without_zone)) value.erase("zone");
  if (defects_.is_on(Defect::appointment_without_phone)) value.erase("phone");
  return value;
}

Answer Appointments::slots() {
  Transaction t(database_);
  auto list = Value::array();
  auto rows = t.rows(
      "SELECT id, local, offset_minutes, zone, clinic, place FROM slot WHERE is_past = 0 AND id NOT IN (SELECT slot "
      "FROM"
      " appointment WHERE status = 'booked') ORDER BY local");
  while (rows.next()) {
    auto value = Value::object({{"id", rows.text(0)}});
    add_time(value, rows.text(1), rows.number(2));
    value.set("zone", rows.text(3));
    value.set("clinic", rows.text(4));
    value.set("place", rows.text(5));
    list.push(std::move(value));
  }
  return done(200, Value::object({{"slots", std::move(list)}}));
}

Answer Appointments::list(const std::string& patient) {
  Transaction t(database_);
  auto list = Value::array();
  auto rows = t.rows(std::string(columns) + " ORDER BY s.local, a.at LIMIT 500", patient);
  while (rows.next()) {
    const bool is_hidden = (defects_.is_on(Defect::past_appointments_missing) && rows.text(1) == "fulfilled") ||
                           (defects_.is_on(Defect::booking_not_listed) && rows.text(1) == "booked");
    if (!is_hidden) list.push(appointment_value(rows));
  }
  return done(200, Value::object({{"appointments", std::move(list)}}));
}

Value Appointments::described(Transaction& t, const std::string& patient, const std::string& id) {
  auto rows = t.rows(std::string(columns) + " AND a.id = ?", patient, id);
  return rows.next() ? appointment_value(rows) : Value();
}

Answer Appointments::find(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  auto value = described(t, patient, id);
  return value.is_null() ? none_such("appointment") : done(200, std::move(value));
}

Answer Appointments::book(const std::string& patient, const std::string& slot, const std::string& instead_of,
                          const std::string& reason, const Actor& actor, const std::string& key) {
  if (reason.size() > 500) return invalid("'reason' has more than 500 bytes");
  const auto fingerprint = sha256_hex("book\n" + patient + "\n" + slot + "\n" + instead_of + "\n" + reason);
  Transaction t(database_);
  if (const auto before = find_key(t, actor.account, key, fingerprint)) {
    if (!before->is_same) return refuse(409, "conflict", "this Idempotency-Key was used for another request");
    return done(201, described(t, patient, before->id));
  }
  if (!t.rows("SELECT 1 FROM slot WHERE id = ? AND is_past = 0", slot).next()) return none_such("free time");
  auto taken = t.rows(taken_by, slot);
  if (taken.next() && !defects_.is_on(Defect::slot_booked_twice))
    return refuse(409, "taken", "somebody has this time already: choose another");
  auto id = instead_of;
  if (instead_of.empty()) {
    id = "appointment-" + random_token(12);
    t.execute("INSERT INTO appointment VALUES(?, ?, ?, 'booked', ?, ?, ?)", id, patient, slot, reason, actor.account,
              now_unix_ns());
  } else {
    auto moved = t.rows("SELECT 1 FROM appointment WHERE id = ? AND patient = ? AND status = 'booked'", id, patient);
    if (!moved.next()) return none_such("appointment that can be changed");
    if (!defects_.is_on(Defect::change_does_nothing))
      t.execute("UPDATE appointment SET slot = ? WHERE id = ?", slot, id);
  }
  keep_key(t, actor.account, key, fingerprint, id);
  auto value = described(t, patient, id);
  t.commit();
  return done(201, std::move(value));
}

Answer Appointments::cancel(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  auto rows = t.rows("SELECT status FROM appointment WHERE id = ? AND (patient = ? OR ?)", id, patient,
                     defects_.is_on(Defect::functions_reach_others));
  if (!rows.next()) return none_such("appointment");
  if (rows.text(0) == "fulfilled") return refuse(409, "conflict", "this appointment is over");
  if (!defects_.is_on(Defect::cancel_does_nothing))
    t.execute("UPDATE appointment SET status = 'cancelled' WHERE id = ?", id);
  auto value = described(t, patient, id);
  t.commit();
  return done(200, std::move(value));
}

Answer Appointments::calendar(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  auto rows = t.rows(std::string(columns) + " AND a.id = ?", patient, id);
  if (!rows.next()) return none_such("appointment");
  const auto starts = parse_time(with_offset(rows.text(3), rows.number(4)));
  auto summary = std::string("Appointment at ") + rows.text(6);
  if (defects_.is_on(Defect::calendar_tells_reason)) summary = rows.text(2) + " at " + rows.text(6);
  std::string text;
  for (const auto& line : {std::string("BEGIN:VCALENDAR"), std::string("VERSION:2.0"),
                           std::string("PRODID:-//BlueBridge//sample portal//EN"), std::string("BEGIN:VEVENT"),
                           "UID:" + id + "@portal.example", "DTSTAMP:" + basic_utc(now_unix_ns()),
                           "DTSTART:" + basic_utc(starts.value_or(0)), std::string("DURATION:PT30M"),
                           "SUMMARY:" + escape_text(summary), "LOCATION:" + escape_text(rows.text(7)),
                           std::string(rows.text(1) == "cancelled" ? "STATUS:CANCELLED" : "STATUS:CONFIRMED"),
                           std::string("END:VEVENT"), std::string("END:VCALENDAR")})
    text += line + "\r\n";
  return done(200, Value::object({{"text", text}}));
}

}  // namespace bb::portal::functions
