// The view of org.bluebridge.healthvault.record: the things of the record, and all of them as
// one page.
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/records/html.hpp>

#include "listing.hpp"
#include "record.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr std::string_view summary_id = "summary";
constexpr std::string_view page_media_type = "text/html";

std::string kind_of(const hv::Thing& thing) {
  if (is_document_type(thing.type_id)) return "document";
  const auto* const type = hv::find_thing_type(thing.type_id);
  return "healthvault:" + (type != nullptr && !type->element.empty() ? type->element : to_lower(thing.type_id));
}

std::string title_of(const hv::Thing& thing) {
  if (!thing.type_name.empty()) return thing.type_name;
  const auto* const type = hv::find_thing_type(thing.type_id);
  return type != nullptr ? type->name : thing.type_id;
}

std::string page_of(const std::vector<hv::Thing>& things, std::string_view title) {
  std::vector<hv::ThingXml> data;
  for (const auto& thing : things)
    if (!thing.data.empty()) data.push_back({thing.type_id, thing.data.front().bytes});
  const auto read = hv::read_things(data);
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" +
                     escape_markup(title) + "</title></head>\n<body><main>\n" +
                     records::write_html_fragment(read.record);
  // HV-TYPE-13: what is not shown is counted.
  if (!read.carried.empty() || !read.unreadable.empty()) {
    page += "<h2>Not shown</h2>\n<ul>\n";
    for (const auto& type : read.carried)
      page += "<li>" + escape_markup(type.name.empty() ? type.type_id : type.name) + ": " + std::to_string(type.count) +
              "</li>\n";
    if (!read.unreadable.empty())
      page += "<li>" + counted(read.unreadable.size(), "entry") + " that could not be read</li>\n";
    page += "</ul>\n";
  }
  return page + "</main></body>\n</html>\n";
}

}  // namespace

void RecordConnector::list(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing items";
  const auto who = signed_in_for(query.subject, doing);
  const auto kind = to_view(query.kind);
  const auto first = offset_of(query, doing);
  HostLine line(platform_, call);
  std::vector<hv::Thing> things;
  if (kind != summary_id) {
    hv::ThingQuery wanted{.filters = {filter_of(query)},
                          .format = hv::ThingFormat{.sections = {"core", "audits"}},
                          .intents = std::vector<std::string>{"view"}};
    if (kind == "document") wanted.filters.front().type_ids = document_types();
    things = expect(who.client->get_things(line, who.whose, wanted), doing);
    if (!kind.empty() && kind != "document")
      std::erase_if(things, [&](const hv::Thing& thing) { return kind_of(thing) != kind; });
  }
  Paged paged(call, query, first, out);
  if (kind.empty() || kind == summary_id)
    paged.emit({.id = summary_id,
                .kind = summary_id,
                .media_type = page_media_type,
                .title = "The whole record",
                .subject = who.whose.record_id});
  for (const auto& thing : things) {
    if (!thing.key) continue;
    const auto thing_kind = kind_of(thing), title = title_of(thing);
    paged.emit({.id = thing.key->id,
                .kind = thing_kind,
                .media_type = page_media_type,
                .title = title,
                .subject = who.whose.record_id,
                .version = thing.key->version_stamp,
                .updated_unix_ns = updated_ns(thing)});
  }
  paged.end();
}

void RecordConnector::read(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading an item";
  const auto who = signed_in(doing);
  const bool is_summary = item_id == summary_id;
  if (!is_summary && !hv::is_guid(item_id))
    throw Failure{BB_E_NOT_FOUND, "reading an item: the record has none of this id"};
  HostLine line(platform_, call);
  auto wanted = is_summary ? query_of({}, {}) : query_of({}, {to_lower(item_id)});
  wanted.intents = std::vector<std::string>{"view"};
  auto things = expect(who.client->get_things(line, who.whose, wanted), doing);
  if (!is_summary && things.empty()) throw Failure{BB_E_NOT_FOUND, "reading an item: the record has none of this id"};
  // A file's bytes are beside it; what they say is read where they are a document.
  const auto page = page_of(things, is_summary ? "The whole record" : title_of(things.front()));
  out.head({.id = item_id,
            .kind = is_summary ? summary_id : std::string_view(),
            .media_type = page_media_type,
            .subject = who.whose.record_id,
            .size = page.size()});
  out.write(page);
}

}  // namespace bb::healthvault_connector
