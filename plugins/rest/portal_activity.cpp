// The activity history of org.bluebridge.rest.portal.
//
// The portal gives whole events in a listing and has no address for one, so a
// read answers from the last listing, or lists anew.
#include <set>

#include <bb/core/json.hpp>

#include "http/http_status.hpp"
#include "portal.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view listing = "listing activity";

void emit_event(std::string_view id, std::string_view json, Content& out) {
  out.head({.id = id, .kind = BB_ACTIVITY_KIND, .media_type = BB_ACTIVITY_MEDIA_TYPE, .size = json.size()});
  out.write(json);
}

}  // namespace

JsonAnswer Portal::event_page(Call& call, const bb_query& query) {
  const auto patient = patient_or_own(query.subject, listing);
  const auto response = api_.ask(call, {.path = patient_path(patient, "/activity"), .query = paging(query)}, listing);
  JsonAnswer answer(response, 200, listing);
  const auto& events = answer.array("events");
  expect_page(events.size(), query, listing);
  if (query.cursor.size == 0) events_.clear();
  for (const Value& event : events) events_.insert_or_assign(answer.text(event, "id", "an event"), to_json(event));
  return answer;
}

void Portal::list_events(Call& call, const bb_query& query, Items& out) {
  const auto answer = event_page(call, query);
  for (const Value& event : answer.array("events")) {
    call.check();
    const auto id = answer.text(event, "id", "an event");
    const auto action = answer.text_or_empty(event, "action", "an event");
    out.emit({.id = id,
              .kind = BB_ACTIVITY_KIND,
              .media_type = BB_ACTIVITY_MEDIA_TYPE,
              .title = action,
              .updated_unix_ns = answer.time_or_zero(event, "at", "an event")});
  }
  if (const auto next = answer.text_or_empty(answer.value(), "next", "the answer"); !next.empty()) out.cursor(next);
}

void Portal::read_event(Call& call, std::string_view item_id, Content& out) {
  if (!api_.has_token()) throw Failure{BB_E_UNAUTHENTICATED, "reading an event: nobody is signed in"};
  std::string cursor;
  std::set<std::string> seen;
  while (!events_.contains(item_id)) {
    call.check();
    bb_query query{};
    query.struct_size = sizeof query;
    query.cursor = to_str(cursor);
    auto next = [&] {
      const auto answer = event_page(call, query);
      return answer.text_or_empty(answer.value(), "next", "the answer");
    }();
    if (events_.contains(item_id)) break;
    if (next.empty()) throw Failure{BB_E_NOT_FOUND, "reading an event: the history has none of this id"};
    if (!seen.insert(next).second)
      throw plugins::not_this_api(listing, "a page continues with a cursor that was used before");
    cursor = std::move(next);
  }
  emit_event(item_id, events_.find(item_id)->second, out);
}

}  // namespace bb::rest
