// Transmit and share of org.bluebridge.healthvault.record: documents into records, the caller's
// own or copies of the record's.
#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/ids.hpp>
#include <bb/healthvault/thing_common.hpp>
#include <bb/healthvault/thing_types.hpp>

#include "listing.hpp"
#include "record.hpp"
#include "selection.hpp"
#include "streams/outgoing.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr auto address_scheme = hv::record_scheme.substr(0, hv::record_scheme.size() - 1);  // without its ':'
// HV-PUT-09: where it came from.
constexpr std::string_view provenance = "BlueBridge";
constexpr std::size_t key_bytes_max = 200;  // of a client-thing-id's 255 characters

// The caller's key, under which the things are found again (HV-ENV-13).
std::string client_id(std::string_view key, std::size_t part) {
  return (key.size() > key_bytes_max ? sha256_hex(key) : std::string(key)) + "." + std::to_string(part + 1);
}

std::vector<std::string> addresses_of(const bb_destination* const* destinations, std::uint64_t count,
                                      std::string_view doing) {
  std::vector<std::string> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (to_view(destinations[i]->scheme) != address_scheme)
      throw Failure{BB_E_UNSUPPORTED, std::string(doing) +
                                          ": this connector stores in records, which have the scheme '" +
                                          std::string(address_scheme) + "', not '" +
                                          shorten(std::string(to_view(destinations[i]->scheme)), 40) + "'"};
    all.emplace_back(to_view(destinations[i]->address));
  }
  if (all.empty()) throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + " needs at least one destination"};
  return all;
}

}  // namespace

void RecordConnector::deliver(Call& call, const Signed& who, const Delivery& delivery, Receipts& out) {
  constexpr std::string_view doing = "storing a document";
  if (delivery.key.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "storing needs an idempotency key, so that nothing is stored twice"};
  if (delivery.parts.empty()) throw Failure{BB_E_INVALID_ARGUMENT, "storing: there is no document"};
  std::vector<hv::DocumentThing> typed;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < delivery.parts.size(); ++i) {
    const auto& part = delivery.parts[i];
    const auto name = part.filename.empty() ? "document-" + std::to_string(i + 1) : part.filename;
    auto thing = hv::document_thing(part.bytes, name, part.media_type);
    if (!thing) throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + ": " + thing.error().what};
    typed.push_back(*std::move(thing));
    ids.push_back(client_id(delivery.key, i));
  }
  HostLine line(platform_, call);
  std::vector<hv::RecordAddress> records;
  for (const auto& text : delivery.destinations) records.push_back(resolve_address(*who.client, line, text, doing));

  struct Stored {
    std::size_t destination;
    std::optional<hv::CallError> error;
  };
  std::vector<Stored> results;
  const auto store = [&](const hv::Whose& whose) -> std::optional<hv::CallError> {
    // Of an instance before this one, or of this one.
    const auto there = who.client->find_things(line, whose, ids);
    if (!there) return there.error();
    if (std::all_of(there->begin(), there->end(), [](const auto& key) { return key.has_value(); })) return std::nullopt;
    std::vector<hv::NewThing> things;
    for (std::size_t i = 0; i < typed.size(); ++i) {
      hv::Thing thing;
      thing.type_id = typed[i].thing.type_id;
      auto data =
          hv::with_common(typed[i].thing.bytes, {.source = std::string(provenance), .note = {}, .client_id = ids[i]});
      if (!data) throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + ": " + data.error().what};
      thing.data = {{*std::move(data), {}}};
      if (typed[i].is_blob) {
        auto blob = who.client->put_blob(line, whose, delivery.parts[i].bytes, delivery.parts[i].media_type);
        if (!blob) return blob.error();
        thing.blobs.push_back(*std::move(blob));
      }
      things.push_back({std::move(thing), ids[i]});
    }
    const auto keys = who.client->put_things(line, whose, things);
    if (!keys) return keys.error();
    return std::nullopt;
  };
  for (std::size_t i = 0; i < records.size(); ++i) results.push_back({i, store(who.whose_of(records[i]))});
  if (std::all_of(results.begin(), results.end(), [](const Stored& one) { return one.error.has_value(); }))
    throw failure_of(*results.front().error, doing);
  std::vector<KeptReceipt> receipts;
  for (const auto& [index, error] : results)
    receipts.push_back({records[index].text() + "#" + ids.front(),
                        {error ? BB_DELIVERY_FAILED : BB_DELIVERY_PROCESSED, delivery.destinations[index],
                         error ? error->what : std::string(), line.now_unix_ns()}});
  emit(receipts, out);
  const bool is_whole = std::none_of(results.begin(), results.end(), [](const Stored& one) { return one.error; });
  const std::scoped_lock lock(mutex_);
  if (is_whole) delivered_.insert_or_assign(delivery.key, std::move(receipts));
}

bool RecordConnector::is_delivered(std::string_view key, Receipts& out) const {
  std::vector<KeptReceipt> kept;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = delivered_.find(key);
    if (known == delivered_.end()) return false;
    kept = known->second;
  }
  emit(kept, out);
  return true;
}

void RecordConnector::emit(const std::vector<KeptReceipt>& receipts, Receipts& out) {
  for (const auto& [id, receipt] : receipts) plugins::emit(id, {receipt}, out);
}

void RecordConnector::track(Call& call, std::string_view message_id, Receipts& out) const {
  constexpr std::string_view doing = "tracking a document";
  const auto who = signed_in(doing);
  const auto mark = message_id.find('#');
  const auto address = hv::read_record_address(message_id.substr(0, mark));
  if (mark == std::string_view::npos || !address)
    throw Failure{BB_E_NOT_FOUND, "tracking a document: expected the id of a receipt, 'healthvault:PERSON/RECORD#KEY'"};
  HostLine line(platform_, call);
  const auto keys =
      expect(who.client->find_things(line, who.whose_of(*address), {std::string(message_id.substr(mark + 1))}), doing);
  if (!keys.front()) throw Failure{BB_E_NOT_FOUND, "tracking a document: the record holds nothing of this id"};
  const auto recipient = address->text();
  out.emit({.delivery = BB_DELIVERY_PROCESSED, .message_id = message_id, .recipient = recipient});
}

void RecordConnector::transmit(Call& call, const bb_outgoing& message, Receipts& out) {
  const auto who = signed_in("transmitting");
  if (is_delivered(plugins::key_of(message), out)) return;
  Delivery delivery{std::string(plugins::key_of(message)),
                    addresses_of(message.destinations, message.destination_count, "transmitting"),
                    {}};
  for (auto& part : plugins::mail_of(call, message).attachments)
    delivery.parts.push_back({std::move(part.body), std::move(part.filename), std::move(part.content_type)});
  deliver(call, who, delivery, out);
}

void RecordConnector::track_transmit(Call& call, std::string_view message_id, Receipts& out) {
  track(call, message_id, out);
}

void RecordConnector::share(Call& call, const bb_share_request& request, Receipts& out) {
  constexpr std::string_view doing = "sharing";
  const bb_query& selection = plugins::selection_of(request);
  const auto who = signed_in_for(selection.subject, doing);
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "sharing: documents are selected by format, item and time, not by kind"};
  if (is_delivered(to_view(request.idempotency_key), out)) return;
  Delivery delivery{std::string(to_view(request.idempotency_key)),
                    addresses_of(request.destinations, request.destination_count, doing),
                    {}};
  const auto ids = ids_of(request);
  const auto format = to_view(request.format_id);
  HostLine line(platform_, call);
  for (auto& [thing, document] : documents(call, who, selection, ids, "transmit", Personal::left_out)) {
    if (!format.empty() && document.format != format) continue;
    if (document.is_blob) document.bytes = expect(who.client->get_blob(line, who.whose, *thing.key), doing);
    delivery.parts.push_back({std::move(document.bytes), std::move(document.filename), std::move(document.media_type)});
    // Without a selection the newest document is what is sent.
    if (ids.empty()) break;
  }
  if (delivery.parts.empty())
    throw Failure{BB_E_UNSUPPORTED, "sharing: the record has no such document that may leave it"};
  deliver(call, who, delivery, out);
}

void RecordConnector::track_share(Call& call, std::string_view message_id, Receipts& out) {
  track(call, message_id, out);
}

}  // namespace bb::healthvault_connector
