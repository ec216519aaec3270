// The download of org.bluebridge.healthvault.record: documents as they lie in the record, and its
// things as XML.
#include <algorithm>
#include <set>

#include <bb/core/text.hpp>

#include "listing.hpp"
#include "record.hpp"
#include "selection.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr std::string_view things_format = "healthvault-things";
constexpr std::string_view things_media_type = "application/xml";

std::string things_xml(const std::vector<hv::Thing>& things) {
  std::string xml = "<things>";
  for (const auto& thing : things)
    for (const auto& data : thing.data)
      xml += "<thing><thing-id version-stamp=\"" + escape_markup(thing.key ? thing.key->version_stamp : "") + "\">" +
             escape_markup(thing.key ? thing.key->id : "") + "</thing-id><type-id name=\"" +
             escape_markup(thing.type_name) + "\">" + escape_markup(thing.type_id) + "</type-id><eff-date>" +
             escape_markup(thing.effective_date) + "</eff-date><data-xml>" + data.bytes + "</data-xml></thing>";
  return xml + "</things>";
}

}  // namespace

std::vector<std::pair<hv::Thing, Document>> RecordConnector::documents(Call& call, const Signed& who,
                                                                       const bb_query& selection,
                                                                       const std::vector<std::string>& item_ids,
                                                                       std::string_view intent,
                                                                       Personal personal) const {
  HostLine line(platform_, call);
  for (const auto& id : item_ids)
    if (!hv::is_guid(id)) throw Failure{BB_E_NOT_FOUND, "reading documents: the record has none of that id"};
  auto query = query_of(selection, item_ids);
  for (auto& filter : query.filters) filter.type_ids = document_types();
  if (!intent.empty()) query.intents = std::vector<std::string>{std::string(intent)};
  std::vector<std::pair<hv::Thing, Document>> found;
  for (auto& thing : expect(who.client->get_things(line, who.whose, query), "reading documents")) {
    // HV-GET-12: what is personal leaves the record by the person's own word alone.
    if (personal == Personal::left_out && (thing.flags.value_or(0) & hv::flag_personal) != 0) continue;
    if (auto document = document_of(thing)) found.emplace_back(std::move(thing), *std::move(document));
  }
  return found;
}

void RecordConnector::formats(Call& call, std::string_view subject, Formats& out) {
  const auto who = signed_in_for(to_str(subject), "listing formats");
  std::set<std::string> listed;
  for (const auto& [thing, document] : documents(call, who, {}, {}, {}, Personal::included))
    if (listed.insert(document.format).second) out.emit(document.format, document.media_type, document.title);
  out.emit(things_format, things_media_type, "Everything in the record, as it is kept");
}

void RecordConnector::fetch(Call& call, const bb_download_request& request, Content& out) {
  constexpr std::string_view doing = "downloading";
  const bb_query& selection = plugins::selection_of(request);
  const auto who = signed_in_for(selection.subject, doing);
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "downloading: documents are selected by format, item and time, not by kind"};
  const auto wanted = to_view(request.format_id);
  const auto ids = ids_of(request);
  HostLine line(platform_, call);
  if (wanted == things_format) {
    auto query = query_of(selection, ids);
    query.intents = std::vector<std::string>{"download"};
    const auto xml = things_xml(expect(who.client->get_things(line, who.whose, query), doing));
    out.head({.id = things_format,
              .kind = "summary",
              .media_type = things_media_type,
              .subject = who.whose.record_id,
              .size = xml.size()},
             {{"content.filename", "record.xml"}});
    out.write(xml);
    return;
  }
  auto found = documents(call, who, selection, ids, "download", Personal::included);
  const auto document =
      std::find_if(found.begin(), found.end(), [&](const auto& one) { return one.second.format == wanted; });
  if (document == found.end())
    throw Failure{BB_E_UNSUPPORTED, "downloading: the record has no document of the format '" +
                                        shorten(std::string(wanted), 60) + "'; formats() lists those that are there"};
  auto& [thing, content] = *document;
  if (content.is_blob) content.bytes = expect(who.client->get_blob(line, who.whose, *thing.key), doing);
  out.head({.id = thing.key->id,
            .kind = "document",
            .media_type = content.media_type,
            .title = content.title,
            .subject = who.whose.record_id,
            .version = thing.key->version_stamp,
            .size = content.bytes.size()},
           {{"content.filename", content.filename}});
  out.write(content.bytes);
}

}  // namespace bb::healthvault_connector
