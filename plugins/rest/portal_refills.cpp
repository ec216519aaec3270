// Prescriptions and refills of org.bluebridge.rest.portal.
#include <bb/core/json.hpp>

#include "http/http_status.hpp"
#include "local_pages.hpp"
#include "portal.hpp"

namespace bb::rest {

void Portal::list_prescriptions(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing prescriptions";
  const auto patient = patient_or_own(query.subject, doing);
  const JsonAnswer answer(api_.ask(call, {.path = patient_path(patient, "/prescriptions")}, doing), 200, doing);
  emit_page(call, answer.array("prescriptions"), query, out, [&](const Value& entry) {
    const auto id = answer.text(entry, "id", "a prescription");
    const auto title = answer.text_or_empty(entry, "medicine", "a prescription");
    out.emit({.id = id, .kind = BB_PRESCRIPTION_KIND, .media_type = "application/json", .title = title});
  });
}

void Portal::read_prescription(Call& call, std::string_view prescription_id, Content& out) {
  constexpr std::string_view doing = "reading a prescription";
  const auto patient = patient_or_own({}, doing);
  give_json(call, {.path = patient_path(patient, "/prescriptions/" + path_part(prescription_id))}, 200,
            BB_PRESCRIPTION_KIND, doing, out);
}

void Portal::request_refill(Call& call, const bb_refill_request& request, Content& out) {
  constexpr std::string_view doing = "asking for a refill";
  const auto patient = patient_or_own({}, doing);
  if (request.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "asking for a refill needs an idempotency key, so that it is one order"};
  const auto body =
      Value::object({{"prescription", to_view(request.prescription_id)}, {"kind", to_view(request.kind)}});
  give_json(call,
            {.method = "POST",
             .path = patient_path(patient, "/refills"),
             .headers = {{"idempotency-key", std::string(to_view(request.idempotency_key))}},
             .json = to_json(body)},
            201, BB_REFILL_KIND, doing, out);
}

void Portal::refill_status(Call& call, std::string_view refill_id, Content& out) {
  constexpr std::string_view doing = "reading the status of a refill";
  const auto patient = patient_or_own({}, doing);
  give_json(call, {.path = patient_path(patient, "/refills/" + path_part(refill_id))}, 200, BB_REFILL_KIND, doing, out);
}

}  // namespace bb::rest
