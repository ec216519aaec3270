// The view of org.bluebridge.rest.fhir: the resources of a patient's record.
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "fhir/fhir_server.hpp"
#include "fhir/search_query.hpp"
#include "http/http_status.hpp"
#include "json_answer.hpp"

namespace bb::rest {
namespace {

// "1" of 'W/"1"'.
std::string_view version_of(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  const bool is_quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
  return is_quoted ? etag.substr(1, etag.size() - 2) : etag;
}

}  // namespace

Bundle FhirServer::search(Call& call, const std::string& url, const FormFields& query, std::string_view doing) {
  const auto response = ask(call, {.url = url, .query = query}, doing);
  expect_fhir_json(response, doing);
  auto bundle = read_bundle(response.body);
  if (!bundle) throw plugins::not_this_api(doing, bundle.error().what);
  if (bundle->type != "searchset")
    throw plugins::not_this_api(doing, "expected a Bundle of type searchset, got '" + shorten(bundle->type, 40) + "'");
  return *std::move(bundle);
}

void FhirServer::list(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing resources";
  const auto patient = patient_or_own(query.subject, doing);
  const auto key = key_of(query, patient);
  const auto searches = searches_of(query, searches_for(patient));
  ListingPlace place;
  if (query.cursor.size != 0) {
    const auto read = read_cursor(to_view(query.cursor), key);
    if (!read || read->search >= searches.size())
      throw Failure{BB_E_INVALID_ARGUMENT, "listing resources: the cursor is none of this query's"};
    place = *read;
  }
  if (query.cursor.size == 0) place.listing = listings_.begin();
  std::uint32_t emitted = 0;
  while (place.search < searches.size()) {
    const auto& search = searches[place.search];
    if (++place.pages > pages_max_)
      throw plugins::not_this_api(doing, "the search for " + search.type + " has more than " +
                                             std::to_string(pages_max_) + " pages (configuration: /pages_max)");
    const bool is_first = place.url.empty();
    const auto page =
        this->search(call, is_first ? search.type : place.url, is_first ? search.fields : FormFields{}, doing);
    for (std::size_t i = place.given; i < page.entries.size(); ++i) {
      call.check();
      const auto& entry = page.entries[i];
      place.given = i;
      // What came along, where it was not asked for, and what the server has to say about the search.
      if (entry.search_mode == "include" && !search.has_includes) continue;
      if (entry.search_mode == "outcome" || entry.id.empty()) continue;
      const auto id = entry.type + "/" + entry.id;
      if (listings_.has(place.listing, id)) continue;
      if (query.limit != 0 && emitted == query.limit) {
        --place.pages;  // the same page again
        return out.cursor(write_cursor(place, key));
      }
      listings_.add(place.listing, id);
      ++emitted;
      out.emit({.id = id,
                .kind = "fhir:" + entry.type,
                .media_type = release_.media_type,
                .title = entry.title,
                .subject = patient,
                .updated_unix_ns = parse_time(entry.last_updated).value_or(0)});
    }
    place.given = 0;
    if (page.next.empty()) {
      ++place.search;
      place.url.clear();
      place.pages = 0;
    } else {
      auto next = line_.absolute(page.next, doing);
      if (next == place.url) throw plugins::not_this_api(doing, "the page's link 'next' leads to the page itself");
      place.url = std::move(next);
    }
    if (emitted != 0 && place.search < searches.size()) return out.cursor(write_cursor(place, key));
  }
  listings_.end(place.listing);
}

void FhirServer::read(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading a resource";
  const auto session = expect_entered(doing);
  if (!is_resource_path(item_id))
    throw Failure{BB_E_NOT_FOUND, "reading a resource: expected TYPE/ID, and the server has none of another form"};
  const auto type = item_id.substr(0, item_id.find('/'));
  const bool is_binary = type == "Binary";
  FhirRequest request{.url = std::string(item_id), .accept = is_binary ? "*/*" : std::string(fhir_media_type)};
  const auto kept = is_conditional_ ? kept_.find(item_id) : std::nullopt;
  if (kept) request.headers.push_back({"if-none-match", kept->etag});
  const auto response = ask(call, request, doing);
  const bool is_same = response.status == 304;
  if (!is_same) {
    if (!is_binary) expect_fhir_json(response, doing);
    if (response.body.empty()) throw plugins::not_this_api(doing, "expected a resource, got an empty body");
    kept_.forget(item_id);
  }
  const auto etag = is_same ? kept->etag : std::string(response.header("etag"));
  const auto media_type = is_same ? kept->media_type : media_type_of(response);
  const auto& body = is_same ? kept->body : response.body;
  const auto kind = "fhir:" + std::string(type);
  out.head({.id = item_id,
            .kind = kind,
            .media_type = media_type,
            .subject = session.info.patient,
            .version = version_of(etag),
            .size = body.size()});
  out.write(body);
  const auto now = entered();
  const bool is_of_session = now && now->number == session.number;
  if (is_conditional_ && is_of_session && !is_same && !etag.empty())
    kept_.keep({std::string(item_id), etag, std::string(media_type), response.body});
}

}  // namespace bb::rest
