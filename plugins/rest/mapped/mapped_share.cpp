// The share of org.bluebridge.rest.mapped: the patient asks the system to send its own record.
#include <bb/core/text.hpp>

#include "delivery_word.hpp"
#include "http/http_status.hpp"
#include "mapped/mapped_portal.hpp"
#include "selection.hpp"

namespace bb::rest {
namespace {

void bind_destinations(Bindings& bindings, const bb_share_request& request, const ShareMap& map) {
  std::vector<std::string> to, confirmed;
  for (std::uint64_t i = 0; i < request.destination_count; ++i) {
    const auto scheme = to_view(request.destinations[i]->scheme);
    if (!map.schemes.contains(scheme))
      throw Failure{BB_E_UNSUPPORTED, "sharing: the mapping's /share/schemes are " +
                                          join({map.schemes.begin(), map.schemes.end()}, ", ") + ", not '" +
                                          shorten(scheme, 40) + "'"};
    to.emplace_back(to_view(request.destinations[i]->address));
    // Who names this scheme knows that plain mail can be read on its way.
    if (scheme == "mailto") confirmed.push_back(to.back());
  }
  if (to.empty()) throw Failure{BB_E_INVALID_ARGUMENT, "sharing needs at least one destination"};
  if (map.request.uses("recipient") && to.size() > 1)
    throw Failure{BB_E_UNSUPPORTED,
                  "sharing: the mapping has {recipient}, one destination at a time, got " + std::to_string(to.size())};
  bindings.set("recipient", to.front()).set("to", std::move(to)).set("confirmed", std::move(confirmed));
}

}  // namespace

void MappedPortal::share(Call& call, const bb_share_request& request, Receipts& out) {
  constexpr std::string_view doing = "sharing";
  const auto& map = mapped(mapping_.share, "/share", doing);
  const bb_query& selection = plugins::selection_of(request);
  if (request.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "sharing needs an idempotency key, so that nothing is sent twice"};
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "sharing: a mapped API selects by item and time, not by kind"};
  Bindings bindings;
  bindings.set("patient", patient_or_own(selection.subject, doing))
      .set("idempotency_key", to_view(request.idempotency_key));
  bind_destinations(bindings, request, map);
  bind_range(bindings, selection, map.request, doing);
  std::vector<std::string> items;
  for (std::uint64_t i = 0; i < request.item_count; ++i) items.emplace_back(to_view(request.item_ids[i]));
  if (!items.empty() && !map.request.uses("items"))
    throw Failure{BB_E_UNSUPPORTED,
                  "sharing: the mapping has no {items} at " + map.request.pointer + ", and items are asked for"};
  bindings.set("items", std::move(items));
  if (const auto format = to_view(request.format_id); !format.empty()) {
    const auto word = map.formats.find(format);
    if (!map.request.uses("format") || (!map.formats.empty() && word == map.formats.end()))
      throw Failure{BB_E_UNSUPPORTED, "sharing: the mapping has no {format} at " + map.request.pointer +
                                          ", or no such word at /share/formats"};
    bindings.set("format", word == map.formats.end() ? format : std::string_view(word->second));
  }
  emit_receipts(json_of(line_.ask(call, map.request, bindings, doing), doing), &request, out);
}

void MappedPortal::track_share(Call& call, std::string_view message_id, Receipts& out) {
  constexpr std::string_view doing = "tracking a share";
  const auto& track = mapped(mapped(mapping_.share, "/share", doing).track, "/share/track", doing);
  const auto bindings = Bindings().set("patient", patient_).set("id", message_id);
  emit_receipts(json_of(line_.ask(call, track, bindings, doing), doing), nullptr, out);
}

void MappedPortal::emit_receipts(const Value& answer, const bb_share_request* request, Receipts& out) const {
  constexpr std::string_view doing = "reading receipts";
  const auto& map = *mapping_.share;
  const auto id = map.id.text(answer, doing);
  const auto delivery_at = [&](const Value& from) {
    const auto word = map.delivery.is_mapped() ? map.delivery.text(from, doing) : std::string("accepted");
    const auto known = map.deliveries.find(word);
    return delivery_of(known == map.deliveries.end() ? word : known->second);
  };
  if (!map.receipts.is_mapped()) {
    if (request == nullptr) return out.emit({.delivery = delivery_at(answer), .message_id = id});
    for (std::uint64_t i = 0; i < request->destination_count; ++i)
      out.emit(
          {.delivery = delivery_at(answer), .message_id = id, .recipient = to_view(request->destinations[i]->address)});
    return;
  }
  const auto receipts = map.receipts.entries(answer, doing);
  if (request != nullptr && receipts.size() < request->destination_count)
    throw plugins::not_this_api(doing, "expected a receipt for each of " + std::to_string(request->destination_count) +
                                           " destinations, got " + std::to_string(receipts.size()));
  for (const auto* const entry : receipts) {
    const auto recipient = map.recipient.text(*entry, doing);
    const auto detail = map.detail.text_or_empty(*entry, doing);
    out.emit({.delivery = delivery_at(*entry),
              .message_id = id,
              .recipient = recipient,
              .detail = detail,
              .at_unix_ns = map.at.time_or_zero(*entry, mapping_.time_form, doing)});
  }
}

}  // namespace bb::rest
