// Probes of things and blobs: what is asked for, and what must not be stored.
#include <algorithm>
#include <array>

#include <bb/core/text.hpp>
#include <bb/healthvault/blob.hpp>
#include <bb/healthvault/thing_types.hpp>

#include "documents.hpp"
#include "probing.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr std::string_view unknown_type = "00000000-dead-4bad-8bad-000000000001";
constexpr std::string_view cda_document =
    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><typeId root=\"2.16.840.1.113883.1.3\" extension=\"POCD_HD000040\"/>"
    "<id root=\"2.25.1\"/><code code=\"34133-9\" "
    "codeSystem=\"2.16.840.1.113883.6.1\"/><title>Probe</title></ClinicalDocument>";

std::vector<std::string> texts(const Value& list) {
  if (const auto* const one = list.string()) return {*one};
  return strings_of(list);
}

hv::ThingFilter filter_of(const Value& given) {
  const auto text = [&](std::string_view name) { return given[name].string_or(""); };
  return {.type_ids = texts(given["type_ids"]),
          .states = texts(given["states"]),
          .effective_date_min = text("eff_date_min"),
          .effective_date_max = text("eff_date_max"),
          .created_app_id = text("created_app_id"),
          .created_person_id = text("created_person_id"),
          .updated_app_id = text("updated_app_id"),
          .updated_person_id = text("updated_person_id"),
          .created_date_min = text("created_date_min"),
          .created_date_max = text("created_date_max"),
          .updated_date_min = text("updated_date_min"),
          .updated_date_max = text("updated_date_max"),
          .xpath = text("xpath")};
}

// One GetThings as it stands, without the client's paging.
Value get(Probing& p) {
  hv::ThingQuery query;
  if (const auto max = p.number("max", 0); max > 0) query.count_max = max;
  if (const auto full = p.number("max_full", 0); full > 0) query.full_max = full;
  const auto& filters = p.given["filters"];
  for (std::size_t i = 0; i < filters.size(); ++i) query.filters.push_back(filter_of(filters[i]));
  query.ids = texts(p.given["ids"]);
  query.client_ids = texts(p.given["client_ids"]);
  if (query.filters.empty() && query.ids.empty() && query.client_ids.empty()) query.filters = {{}};
  query.format = hv::ThingFormat{.sections = {"core"}};
  if (p.given["xml"].boolean_or(false)) query.format->xml = {""};
  if (auto intents = texts(p.given["intents"]); !intents.empty()) query.intents = std::move(intents);
  const auto answer = p.client.call<hv::GetThings>(p.line, {{query}}, p.whose);
  auto result = Probing::result_of(answer);
  if (!answer || answer->groups.empty()) return result;
  const auto& group = answer->groups.front();
  auto ids = Value::array(), dates = Value::array(), types = Value::array(), left = Value::array();
  for (const auto& thing : group.things) {
    ids.push(thing.key ? thing.key->id : "");
    dates.push(thing.effective_date);
    types.push(to_lower(thing.type_id));
  }
  for (const auto& thing : group.unprocessed) left.push(thing.key.id);
  result.set("ids", std::move(ids));
  result.set("eff_dates", std::move(dates));
  result.set("type_ids", std::move(types));
  result.set("unprocessed", std::move(left));
  return result;
}

// All of it, by key where it came as keys.
Value get_all(Probing& p) {
  hv::ThingQuery query{.filters = {{}}, .format = hv::ThingFormat{.sections = {"core"}}};
  if (const auto full = p.number("max_full", 0); full > 0) query.full_max = full;
  const auto things = p.client.get_things(p.line, p.whose, query);
  auto result = Probing::result_of(things);
  if (!things) return result;
  std::vector<std::string> ids;
  for (const auto& thing : *things) ids.push_back(thing.key ? thing.key->id : "");
  Probing::set_counts(result, std::move(ids));
  return result;
}

Value without_format(Probing& p) {
  return p.send(
      p.envelope("GetThings", 3,
                 "<info><group><filter><type-id>" + std::string(weight_type) + "</type-id></filter></group></info>"));
}

Value unknown_format(Probing& p) {
  return p.send(
      p.envelope("GetThings", 3,
                 "<info><group><filter><type-id>" + std::string(weight_type) +
                     "</type-id></filter><format><section>everything</section><xml/></format></group></info>"));
}

Value xpath_outside(Probing& p) {
  const hv::ThingQuery query{
      .filters = {{.type_ids = {std::string(weight_type)}, .xpath = p.text("xpath", "/thing/type-id[.!='']")}},
      .format = hv::ThingFormat{.sections = {"core"}}};
  return Probing::result_of(p.client.call<hv::GetThings>(p.line, {{query}}, p.whose));
}

Value many_groups(Probing& p) {
  const hv::ThingQuery query{.filters = {{.type_ids = {std::string(weight_type)}}},
                             .format = hv::ThingFormat{.sections = {"core"}}};
  const auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(p.number("groups", 500), 1, 5000));
  return Probing::result_of(p.client.call<hv::GetThings>(p.line, {std::vector<hv::ThingQuery>(count, query)}, p.whose));
}

hv::NewThing new_weight(Probing& p) {
  return {Probing::thing_of(weight_type, Probing::weight_data()), p.new_client_id()};
}

Value put_one(Probing& p) {
  const auto type = p.text("type_id", weight_type);
  return p.put(
      {{Probing::thing_of(type, p.text("data", Probing::weight_data())), p.text("client_id", p.new_client_id())}});
}

// Of the right type, with another type's element.
hv::NewThing bad_weight(Probing& p) {
  return {Probing::thing_of(weight_type, "<height><value><m>1.7</m></value></height>"), p.new_client_id()};
}

Value half_bad(Probing& p) { return p.put({new_weight(p), bad_weight(p)}); }

Value missing_right(Probing& p) {
  const auto type = p.text("type_id");
  return p.put({new_weight(p), {Probing::thing_of(type, p.text("data", Probing::weight_data())), p.new_client_id()}});
}

// Updates a weight of the probe's own, which is there with its stamp; says which weight is there then.
Value update(Probing& p, bool is_stale, std::string_view stamp) {
  auto made = p.put({new_weight(p)});
  if (made["stored"].integer_or(0) != 1) return made;
  const auto id = made["ids"][std::size_t{0}].string_or("");
  const auto query = hv::ThingQuery{.ids = {id}, .format = hv::ThingFormat{.sections = {"core"}, .xml = {""}}};
  const auto current = p.client.get_things(p.line, p.whose, query);
  if (!current || current->empty()) return Probing::result_of(current);
  auto thing = Probing::thing_of(weight_type, Probing::weight_data("71"));
  thing.key = current->front().key;
  if (is_stale) {
    // Somebody else is quicker.
    const auto other = p.client.call<hv::PutThings>(p.line, {{thing}}, p.whose);
    if (!other) return Probing::result_of(other);
    thing.data.front().bytes = Probing::weight_data("72");
  } else {
    thing.key->version_stamp = stamp;
  }
  auto result = Probing::result_of(p.client.call<hv::PutThings>(p.line, {{thing}}, p.whose));
  const auto after = p.client.get_things(p.line, p.whose, query);
  if (!after || after->empty() || after->front().data.empty()) return result;
  const auto& bytes = after->front().data.front().bytes;
  const auto at = bytes.find("<kg>");
  if (at != std::string::npos) result.set("kg", bytes.substr(at + 4, bytes.find('<', at + 4) - at - 4));
  return result;
}

Value update_immutable(Probing& p) {
  auto made = p.put({{Probing::thing_of(cda_type, std::string(cda_document)), p.new_client_id()}});
  if (made["stored"].integer_or(0) != 1) return made;
  const auto current = p.client.get_things(
      p.line, p.whose,
      {.ids = {made["ids"][std::size_t{0}].string_or("")}, .format = hv::ThingFormat{.sections = {"core"}}});
  if (!current || current->empty()) return Probing::result_of(current);
  auto thing = Probing::thing_of(cda_type, replace_all(cda_document, "Probe", "Changed"));
  thing.key = current->front().key;
  return Probing::result_of(p.client.call<hv::PutThings>(p.line, {{thing}}, p.whose));
}

// An update of a thing that is there already, with its own stamp and data.
Value update_item(Probing& p) {
  const auto current = p.client.get_things(
      p.line, p.whose, {.ids = {p.text("item")}, .format = hv::ThingFormat{.sections = {"core"}, .xml = {""}}});
  if (!current || current->empty()) return Probing::result_of(current);
  hv::Thing thing;
  thing.key = current->front().key;
  thing.type_id = current->front().type_id;
  thing.data = current->front().data;
  return Probing::result_of(p.client.call<hv::PutThings>(p.line, {{thing}}, p.whose));
}

Value remove_item(Probing& p) {
  auto item = p.text("item");
  if (item.empty()) {
    const auto made = p.put({new_weight(p)});
    item = made["ids"][std::size_t{0}].string_or("");
    if (item.empty()) return made;
  }
  const auto current =
      p.client.get_things(p.line, p.whose, {.ids = {item}, .format = hv::ThingFormat{.sections = {"core"}}});
  if (!current || current->empty()) return Probing::result_of(current);
  auto result = Probing::result_of(p.client.call<hv::RemoveThings>(p.line, {{*current->front().key}}, p.whose));
  const auto after =
      p.client.get_things(p.line, p.whose, {.ids = {item}, .format = hv::ThingFormat{.sections = {"core"}}});
  if (after)
    result.set("left", std::count_if(after->begin(), after->end(),
                                     [](const hv::Thing& thing) { return thing.state != "Deleted"; }));
  return result;
}

// The element of the thing's type as the platform gives it, byte by byte: a document that can be compared.
Value data_of(Probing& p) {
  const auto item = p.text("item");
  const auto things = p.client.get_things(
      p.line, p.whose, {.ids = {item}, .format = hv::ThingFormat{.sections = {"core"}, .xml = {""}}});
  if (!things) throw Failure{BB_E_UNAVAILABLE, "reading thing " + item + ": " + things.error().what};
  if (things->empty() || things->front().data.empty())
    throw Failure{BB_E_NOT_FOUND, "reading thing " + item + ": the platform gives no data of it"};
  return Value(std::string(trim(without_common(things->front().data.front().bytes))));
}

// The same thing written twice, as by a client that lost the first answer and does not look: the
// second call's result, and how many there are.
Value put_twice(Probing& p) {
  const auto id = p.new_client_id();
  const hv::NewThing thing{Probing::thing_of(weight_type, Probing::weight_data()), id};
  p.put({thing});
  auto result = p.put({thing});
  const auto found =
      p.client.get_things(p.line, p.whose, {.client_ids = {id}, .format = hv::ThingFormat{.sections = {"core"}}});
  if (found) result.set("stored", static_cast<std::int64_t>(found->size()));
  return result;
}

// --- Blobs

constexpr std::string_view octets = "application/octet-stream";

struct Chunk {
  hv::ChunkRange range;
  bool is_last = false;
};

int post_chunk(Probing& p, const std::string& url, std::string_view bytes, const Chunk& chunk) {
  hv::Exchange post{.url = url, .headers = {{"content-type", std::string(octets)}}};
  post.headers.emplace_back("content-range", hv::content_range(chunk.range));
  if (chunk.is_last) post.headers.emplace_back(hv::blob_complete_header, "1");
  post.body = bytes.substr(static_cast<std::size_t>(chunk.range.first),
                           static_cast<std::size_t>(chunk.range.last - chunk.range.first + 1));
  return static_cast<int>(p.result_of(p.line.exchange(post))["http_status"].integer_or(0));
}

enum class BlobFault { none, gap, wrong_hash, not_completed, unknown_url };

// A file whose blob is wrong in one thing; "stored" says whether it is in the record, "equal"
// whether the bytes come back.
Value put_file(Probing& p, BlobFault fault) {
  const auto place = p.client.call<hv::BeginPutBlob>(p.line, {}, p.whose);
  if (!place) return Probing::result_of(place);
  const auto chunk = place->chunk_bytes;
  if (chunk <= 0 || chunk > 16'777'216) return Value::object({{"message", "BeginPutBlob gave a chunk of no use"}});
  // Every value of a byte, over two chunks and a half.
  std::string bytes(static_cast<std::size_t>(chunk * 5 / 2), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i);
  const auto size = static_cast<std::int64_t>(bytes.size());
  auto statuses = Value::array();
  for (std::int64_t at = 0; at < size; at += chunk) {
    if (fault == BlobFault::gap && at == chunk) continue;
    const auto end = std::min(at + chunk, size);
    statuses.push(
        post_chunk(p, place->reference_url, bytes, {{at, end - 1}, end == size && fault != BlobFault::not_completed}));
  }
  const auto block = place->hash_block_bytes.value_or(hv::blob_block_bytes);
  auto thing = hv::document_thing("x", "probe.bin", octets)->thing;
  hv::Thing file =
      Probing::thing_of(thing.type_id, replace_all(thing.bytes, "<size>1<", "<size>" + std::to_string(size) + "<"));
  hv::Blob blob{.content_type = std::string(octets),
                .hash = hv::BlobHash{std::string(hv::blob_hash_algorithm), block,
                                     fault == BlobFault::wrong_hash ? hv::blob_hash("other bytes", block)
                                                                    : hv::blob_hash(bytes, block)},
                .length_bytes = size,
                .reference_url = place->reference_url};
  if (fault == BlobFault::unknown_url) blob.reference_url += "unknown";
  file.blobs = {std::move(blob)};
  auto result = p.put({{std::move(file), p.new_client_id()}});
  result.set("chunk_statuses", std::move(statuses));
  if (result["stored"].integer_or(0) == 1) {
    const auto read = p.client.get_blob(p.line, p.whose, {result["ids"][std::size_t{0}].string_or(""), {}});
    result.set("equal", read && *read == bytes);
  }
  return result;
}

// Without a session's help: the bytes behind a blob's URL.
Value fetch_url(Probing& p) {
  const auto reply = p.line.exchange({.method = "GET", .url = p.text("url")});
  auto result = p.result_of(reply);
  result.set("bytes", static_cast<std::int64_t>(reply.body.size()));
  return result;
}

Value blob_url(Probing& p) {
  const auto things =
      p.client.get_things(p.line, p.whose,
                          {.ids = {p.text("item")},
                           .format = hv::ThingFormat{.sections = {"core", "blobpayload"},
                                                     .blobs = hv::BlobRequest{{}, p.text("format", "streamed")}}});
  auto result = Probing::result_of(things);
  if (things && !things->empty() && !things->front().blobs.empty())
    result.set("url", things->front().blobs.front().reference_url);
  return result;
}

constexpr auto cases = std::to_array<ProbeCase>({
    {"healthvault-get-things", "One GetThings, its filters and limits as given", get},
    {"healthvault-get-all-things", "GetThings to the last page", get_all},
    {"healthvault-get-without-format", "GetThings without a format", without_format},
    {"healthvault-get-unknown-format", "GetThings with a section that there is not", unknown_format},
    {"healthvault-xpath-outside", "A filter's xpath outside of data-xml", xpath_outside},
    {"healthvault-many-groups", "More groups in GetThings than a platform takes", many_groups},
    {"healthvault-put-thing", "One new thing", put_one},
    {"healthvault-put-half-bad", "A good thing and a bad one in a transaction", half_bad},
    {"healthvault-put-invalid-data", "A thing that breaks the schema of its type",
     [](Probing& p) { return p.put({bad_weight(p)}); }},
    {"healthvault-put-unknown-type", "A thing of a type that there is not",
     [](Probing& p) {
       return p.put({{Probing::thing_of(unknown_type, "<x/>"), p.new_client_id()}});
     }},
    {"healthvault-put-without-right", "A thing that the application may write and one that it may not", missing_right},
    {"healthvault-put-twice", "The same new thing, with one id of the client's, written twice", put_twice},
    {"healthvault-update-stale-stamp", "An update with the stamp of a version before",
     [](Probing& p) { return update(p, true, {}); }},
    {"healthvault-update-without-stamp", "An update without a version stamp",
     [](Probing& p) { return update(p, false, {}); }},
    {"healthvault-update-immutable", "An update of a thing of an immutable type", update_immutable},
    {"healthvault-update-item", "An update of the thing `item`, a read-only one for example", update_item},
    {"healthvault-remove-item", "The thing `item` removed; without one a thing of the probe's own", remove_item},
    {"healthvault-data", "The data of the thing `item`, without what is common to all types; XML", data_of},
    {"healthvault-blob-valid", "A file in chunks, read again", [](Probing& p) { return put_file(p, BlobFault::none); }},
    {"healthvault-blob-gap", "A blob that lacks a chunk", [](Probing& p) { return put_file(p, BlobFault::gap); }},
    {"healthvault-blob-wrong-hash", "A blob with the hash of other bytes",
     [](Probing& p) { return put_file(p, BlobFault::wrong_hash); }},
    {"healthvault-blob-not-completed", "A blob whose last chunk does not say so",
     [](Probing& p) { return put_file(p, BlobFault::not_completed); }},
    {"healthvault-blob-unknown-url", "A blob at an address that was not given",
     [](Probing& p) { return put_file(p, BlobFault::unknown_url); }},
    {"healthvault-blob-url", "Where the blob of the thing `item` is read", blob_url},
    {"healthvault-fetch-url", "The bytes at a blob's address, which may have expired", fetch_url},
});

}  // namespace

std::span<const ProbeCase> thing_probes() { return cases; }

}  // namespace bb::healthvault_connector
