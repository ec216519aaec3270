// The share of org.bluebridge.rest.portal: the patient asks the portal to send
// its own record.
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "delivery_word.hpp"
#include "http/http_status.hpp"
#include "portal.hpp"
#include "selection.hpp"

namespace bb::rest {
namespace {

struct Destinations {
  Value to = Value::array();
  Value confirmed = Value::array();
};
Destinations destinations_of(const bb_share_request& request) {
  Destinations all;
  for (std::uint64_t i = 0; i < request.destination_count; ++i) {
    const auto& destination = *request.destinations[i];
    const auto scheme = to_view(destination.scheme);
    if (scheme != "https" && scheme != "direct" && scheme != "mailto" && scheme != "healthvault")
      throw Failure{BB_E_UNSUPPORTED,
                    "sharing: the portal sends to https, Direct, mailto and healthvault addresses, not to '" +
                        std::string(scheme) + "'"};
    all.to.push(to_view(destination.address));
    // Who names this scheme knows that plain mail can be read on its way.
    if (scheme == "mailto") all.confirmed.push(to_view(destination.address));
  }
  if (all.to.size() == 0) throw Failure{BB_E_INVALID_ARGUMENT, "sharing needs at least one destination"};
  return all;
}

Value share_body(const bb_share_request& request, const bb_query& selection) {
  auto destinations = destinations_of(request);
  auto body = Value::object({{"to", std::move(destinations.to)}});
  if (destinations.confirmed.size() > 0) body.set("confirmed", std::move(destinations.confirmed));
  if (request.format_id.size != 0) body.set("format", to_view(request.format_id));
  for (std::uint64_t i = 0; i < request.item_count; ++i) {
    if (i == 0) body.set("items", Value::array());
    body.find("items")->push(to_view(request.item_ids[i]));
  }
  if (selection.from_unix_ns != 0) body.set("from", format_utc(selection.from_unix_ns));
  if (selection.until_unix_ns != 0) body.set("until", format_utc(selection.until_unix_ns));
  return body;
}

}  // namespace

void Portal::share(Call& call, const bb_share_request& request, Receipts& out) {
  constexpr std::string_view doing = "sharing";
  const bb_query& selection = plugins::selection_of(request);
  const auto patient = patient_or_own(selection.subject, doing);
  if (request.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "sharing needs an idempotency key, so that nothing is sent twice"};
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "sharing: the portal selects by item and time, not by kind"};
  const auto body = share_body(request, selection);
  const auto response = api_.ask(call,
                                 {.method = "POST",
                                  .path = patient_path(patient, "/shares"),
                                  .headers = {{"idempotency-key", std::string(to_view(request.idempotency_key))}},
                                  .json = to_json(body)},
                                 doing);
  const JsonAnswer answer(response, 202, doing);
  if (const auto count = answer.array("receipts").size(); count < request.destination_count)
    throw plugins::not_this_api(doing, "expected a receipt for each of " + std::to_string(request.destination_count) +
                                           " destinations, got " + std::to_string(count));
  emit_receipts(answer, out);
}

void Portal::track_share(Call& call, std::string_view message_id, Receipts& out) {
  constexpr std::string_view doing = "tracking a share";
  const auto patient = patient_or_own({}, doing);
  const auto response = api_.ask(call, {.path = patient_path(patient, "/shares/" + path_part(message_id))}, doing);
  emit_receipts(JsonAnswer(response, 200, doing), out);
}

void Portal::emit_receipts(const JsonAnswer& answer, Receipts& out) const {
  const auto message_id = answer.text("id");
  for (const Value& entry : answer.array("receipts")) {
    const auto recipient = answer.text(entry, "recipient", "a receipt");
    const auto detail = answer.text_or_empty(entry, "detail", "a receipt");
    out.emit({.delivery = delivery_of(answer.text(entry, "delivery", "a receipt")),
              .message_id = message_id,
              .recipient = recipient,
              .detail = detail,
              .at_unix_ns = answer.time_or_zero(entry, "at", "a receipt")});
  }
}

}  // namespace bb::rest
