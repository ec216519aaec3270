// Appointments of org.bluebridge.rest.portal.
#include <bb/core/json.hpp>

#include "http/http_status.hpp"
#include "local_pages.hpp"
#include "portal.hpp"

namespace bb::rest {

void Portal::list_appointments(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing appointments";
  const auto patient = patient_or_own(query.subject, doing);
  const JsonAnswer answer(api_.ask(call, {.path = patient_path(patient, "/appointments")}, doing), 200, doing);
  emit_page(call, answer.array("appointments"), query, out, [&](const Value& entry) {
    const auto id = answer.text(entry, "id", "an appointment");
    const auto title = answer.text_or_empty(entry, "clinic", "an appointment");
    out.emit({.id = id, .kind = BB_APPOINTMENT_KIND, .media_type = "application/json", .title = title});
  });
}

// The portal gives free times whole in a listing and has no address for one, so a read answers from the last listing.
void Portal::list_slots(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing free times";
  const auto patient = patient_or_own(query.subject, doing);
  const JsonAnswer answer(api_.ask(call, {.path = patient_path(patient, "/slots")}, doing), 200, doing);
  if (query.cursor.size == 0) slots_.clear();
  for (const Value& entry : answer.array("slots"))
    slots_.insert_or_assign(answer.text(entry, "id", "a free time"), to_json(entry));
  emit_page(call, answer.array("slots"), query, out, [&](const Value& entry) {
    const auto id = answer.text(entry, "id", "a free time");
    const auto title = answer.text_or_empty(entry, "clinic", "a free time");
    out.emit({.id = id, .kind = BB_SLOT_KIND, .media_type = "application/json", .title = title});
  });
}

void Portal::read_appointment(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading an appointment";
  const auto patient = patient_or_own({}, doing);
  if (const auto slot = slots_.find(item_id); slot != slots_.end()) {
    out.head({.id = item_id, .kind = BB_SLOT_KIND, .media_type = "application/json", .size = slot->second.size()});
    out.write(slot->second);
    return;
  }
  give_json(call, {.path = patient_path(patient, "/appointments/" + path_part(item_id))}, 200, BB_APPOINTMENT_KIND,
            doing, out);
}

void Portal::book(Call& call, const bb_booking& booking, Content& out) {
  constexpr std::string_view doing = "booking an appointment";
  const auto patient = patient_or_own({}, doing);
  if (booking.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "booking needs an idempotency key, so that it is one appointment"};
  auto body = Value::object({{"slot", to_view(booking.slot_id)}});
  if (booking.appointment_id.size != 0) body.set("instead_of", to_view(booking.appointment_id));
  if (booking.reason.size != 0) body.set("reason", to_view(booking.reason));
  give_json(call,
            {.method = "POST",
             .path = patient_path(patient, "/appointments"),
             .headers = {{"idempotency-key", std::string(to_view(booking.idempotency_key))}},
             .json = to_json(body)},
            201, BB_APPOINTMENT_KIND, doing, out);
}

void Portal::cancel(Call& call, std::string_view appointment_id, Content& out) {
  constexpr std::string_view doing = "cancelling an appointment";
  const auto patient = patient_or_own({}, doing);
  give_json(call, {.method = "DELETE", .path = patient_path(patient, "/appointments/" + path_part(appointment_id))},
            200, BB_APPOINTMENT_KIND, doing, out);
}

}  // namespace bb::rest
