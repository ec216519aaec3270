// The view of org.bluebridge.rest.mapped, and the pages that listings have in common.
#include <algorithm>

#include <bb/core/form.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "http/http_status.hpp"
#include "mapped/link_header.hpp"
#include "mapped/mapped_portal.hpp"

namespace bb::rest {
namespace {

// The system's word for ours, where the mapping has one.
std::string theirs_of(const Words& words, std::string_view ours) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& pair) { return pair.second == ours; });
  return found == words.end() ? std::string(ours) : found->first;
}

}  // namespace

void MappedPortal::bind_range(Bindings& bindings, const bb_query& query, const RequestMap& request,
                              std::string_view doing) const {
  for (const auto& [name, time] : {std::pair("from", query.from_unix_ns), std::pair("until", query.until_unix_ns)}) {
    if (time != 0 && !request.uses(name))
      throw Failure{BB_E_UNSUPPORTED, std::string(doing) + ": the mapping has no {" + name + "} at " + request.pointer +
                                          ", and a time is asked for"};
    bindings.set(name, write_time(time, mapping_.time_form));
  }
}

MappedPortal::Page MappedPortal::page(Call& call, const RequestMap& request, const NextMap& next, const Field& entries,
                                      const bb_query& query, std::string_view doing) const {
  const auto cursor = to_view(query.cursor);
  auto limit = query.limit == 0 ? mapping_.page_size : std::int64_t{query.limit};
  if (mapping_.page_size != 0) limit = std::min(limit, mapping_.page_size);
  Bindings bindings;
  bindings.set("patient", patient_or_own(query.subject, doing)).set("cursor", cursor);
  if (limit != 0) bindings.set("limit", std::to_string(limit));
  bindings.set("from", write_time(query.from_unix_ns, mapping_.time_form));
  bindings.set("until", write_time(query.until_unix_ns, mapping_.time_form));
  if (mapping_.list) bindings.set("kind", theirs_of(mapping_.list->kinds, to_view(query.kind)));
  HttpResponse response;
  if (cursor.empty() || next.cursor.is_mapped()) {
    response = line_.ask(call, request, bindings, doing);
  } else {
    const auto url = cursor.starts_with('/') ? line_.own_url(cursor) : std::string();
    if (url.empty())
      throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + ": the cursor is none that a listing gave"};
    response = line_.ask_url(call, url, request.accept, doing);
  }
  Page page{json_of(response, doing), {}};
  const auto count = entries.entries(page.value, doing).size();
  if (request.uses("limit") && limit != 0 && count > static_cast<std::size_t>(limit))
    throw plugins::not_this_api(
        doing, "asked for at most " + std::to_string(limit) + " entries, got " + std::to_string(count));
  page.next = next_of(next, page.value, response, doing);
  if (!page.next.empty() && page.next == cursor)
    throw plugins::not_this_api(doing, "the page continues with the cursor that it was asked by");
  return page;
}

std::string MappedPortal::next_of(const NextMap& next, const Value& answer, const HttpResponse& response,
                                  std::string_view doing) const {
  if (next.cursor.is_mapped()) return next.cursor.text_or_empty(answer, doing);
  const auto named = next.is_link ? next_link_of(response) : next.url.text_or_empty(answer, doing);
  if (named.empty()) return {};
  const auto own = line_.own_url(named);
  if (own.empty())
    throw plugins::not_this_api(doing, "the next page is at another host than base_url, or its address is none");
  return line_.from_root(own);
}

void MappedPortal::list(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing items";
  const auto& map = mapped(mapping_.list, "/view/list", doing);
  Bindings range;
  bind_range(range, query, map.request, doing);
  const auto page = this->page(call, map.request, map.next, map.entries, query, doing);
  const auto patient = patient_or_own(query.subject, doing);
  for (const auto* const entry : map.entries.entries(page.value, doing)) {
    call.check();
    const auto word = map.kind.text(*entry, doing);
    const auto known = map.kinds.find(word);
    const auto& kind = known == map.kinds.end() ? word : known->second;
    if (query.kind.size != 0 && kind != to_view(query.kind)) continue;
    const auto id = map.id.text(*entry, doing);
    const auto media_type = map.media_type.text_or_empty(*entry, doing);
    const auto title = map.title.text_or_empty(*entry, doing);
    const auto version = map.version.text_or_empty(*entry, doing);
    out.emit({.id = id,
              .kind = kind,
              .media_type = media_type,
              .title = title,
              .subject = patient,
              .version = version,
              .updated_unix_ns = map.updated.time_or_zero(*entry, mapping_.time_form, doing)});
  }
  if (!page.next.empty()) out.cursor(page.next);
}

void MappedPortal::read(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading an item";
  const auto& map = mapped(mapping_.read, "/view/read", doing);
  const auto patient = patient_or_own({}, doing);
  const auto response = line_.ask(call, map.request, Bindings().set("patient", patient).set("id", item_id), doing);
  const auto media_type = expect_document(response, map.media_type, doing);
  out.head({.id = item_id, .kind = "", .media_type = media_type, .subject = patient, .size = response.body.size()});
  out.write(response.body);
}

}  // namespace bb::rest
