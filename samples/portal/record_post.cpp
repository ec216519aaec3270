#include "portal/record_post.hpp"

#include <iterator>
#include <utility>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/healthvault/thing_common.hpp>
#include <bb/healthvault/thing_types.hpp>

#include "portal/documents.hpp"
#include "portal/record_mistakes.hpp"

namespace bb::portal {
namespace {

namespace hv = healthvault;

constexpr std::string_view source = "BlueBridge sample portal";  // HV-PUT-09: where it came from

hv::Called<hv::NewThing> thing_of(const hv::ThingXml& xml, const std::string& client_id) {
  auto data = hv::with_common(xml.bytes, {.source = std::string(source), .note = {}, .client_id = client_id});
  if (!data) return hv::CallError{.what = data.error().what};
  hv::Thing thing;
  thing.type_id = xml.type_id;
  thing.data = {{*std::move(data), {}}};
  return hv::NewThing{std::move(thing), client_id};
}

// What the record does not hold yet of an earlier document. Of an entry the id is what it says.
hv::Called<std::vector<hv::NewThing>> new_entries(hv::Client& client, hv::Line& line, const hv::Whose& whose,
                                                  const records::Record& record) {
  std::vector<hv::NewThing> entries;
  std::vector<std::string> ids;
  for (const auto& entry : hv::write_things(record).things) {
    // Who the record is of is for its holder to say; of such a thing it can have one alone.
    if (hv::find_thing_type(entry.type_id)->fact == "patient") continue;
    ids.push_back(sha256_hex(entry.type_id + entry.bytes));
    auto thing = thing_of(entry, ids.back());
    if (!thing) return thing.error();
    entries.push_back(*std::move(thing));
  }
  const auto known = client.find_things(line, whose, ids);
  if (!known) return known.error();
  std::vector<hv::NewThing> fresh;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (!(*known)[i]) fresh.push_back(std::move(entries[i]));
  return fresh;
}

}  // namespace

RecordPost::RecordPost(RecordOptions options, const Defects& defects, std::string trust_file)
    : options_(std::move(options)), defects_(defects), trust_file_(std::move(trust_file)), client_(client_options()) {}

hv::ClientOptions RecordPost::client_options() const {
  hv::ClientOptions options{.platform_url = options_.platform.url, .app_id = options_.app_id};
  options.program = "BlueBridge sample portal";
  mistake_repeats(options, defects_);
  return options;
}

hv::Called<hv::Nothing> RecordPost::store(hv::Client& client, hv::Line& line, const hv::RecordAddress& to,
                                          const RecordParcel& parcel) const {
  const auto bytes =
      defects_.is_on(Defect::record_alters_document) ? without_narrative(parcel.document.body) : parcel.document.body;
  auto document = hv::document_thing(bytes, parcel.document.filename, parcel.document.content_type);
  if (!document) return hv::CallError{.what = document.error().what};
  const auto address = mistaken_address(client, line, to, defects_);
  const hv::Whose whose{.person_id = address.person_id, .record_id = address.record_id};
  auto thing = thing_of(document->thing, parcel.id);
  if (!thing) return thing.error();
  std::vector<hv::NewThing> things{*std::move(thing)};
  if (document->is_blob) {
    auto blob = client.put_blob(line, whose, bytes, parcel.document.content_type);
    if (!blob) return blob.error();
    things.front().thing.blobs.push_back(*std::move(blob));
  }
  if (options_.has_entries) {
    auto entries = new_entries(client, line, whose, parcel.record);
    if (!entries) return entries.error();
    std::move(entries.value().begin(), entries.value().end(), std::back_inserter(things));
  }
  mistake_things(things, defects_);
  const auto keys = client.put_things(line, whose, things);
  if (!keys) return keys.error();
  return hv::Nothing{};
}

Status RecordPost::send(const hv::RecordAddress& to, const RecordParcel& parcel) {
  if (is_stopping_) return Error{"the portal is stopping"};
  MistakenLine line(options_, trust_file_, is_stopping_, defects_);
  hv::Client own(client_options());  // for record-new-sessions
  auto& client = defects_.is_on(Defect::record_new_sessions) ? own : client_;
  for (int attempt = 1;; ++attempt) {
    auto again = parcel;
    // What is looked for by another id is not found (record-doubles).
    if (attempt > 1) again.id += "-" + std::to_string(attempt);
    const auto stored = store(client, line, to, again);
    if (stored || defects_.is_on(Defect::record_hides_failure)) return {};
    if (!line.is_over() && is_begun_anew(stored.error(), attempt, defects_)) continue;
    return Error{"the record platform: " + stored.error().what};
  }
}

}  // namespace bb::portal
