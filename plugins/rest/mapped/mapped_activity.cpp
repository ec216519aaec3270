// The activity history of org.bluebridge.rest.mapped: the system's events in the shape of bb/abi/ext/activity.h.
//
// A listing gives whole events, so a read answers from the last one, or lists anew.
#include <set>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "http/http_status.hpp"
#include "mapped/mapped_portal.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view listing = "listing activity";
constexpr std::size_t events_max = 10'000;

void set_text(Value& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object.set(key, text);
}

bool is_within(std::int64_t at, const bb_query& query) {
  return (query.from_unix_ns == 0 || at >= query.from_unix_ns) &&
         (query.until_unix_ns == 0 || at <= query.until_unix_ns);
}

}  // namespace

// What the system does not say is left out, never guessed; an action without a word of ours is "other".
Value MappedPortal::event_of(const Value& entry) const {
  const auto& map = *mapping_.activity;
  const auto at = map.at.time_or_zero(entry, mapping_.time_form, listing);
  if (at == 0)
    throw plugins::not_this_api(listing, "expected a time at " + map.at.path() + " (/activity/at), got none");
  const auto action = map.actions.find(map.action.text(entry, listing));
  auto event = Value::object({{"id", map.id.text(entry, listing)},
                              {"action", action == map.actions.end() ? std::string("other") : action->second},
                              {"at", format_utc(at)}});
  auto actor = Value::object({{"name", map.actor.text(entry, listing)}});
  set_text(actor, "id", map.actor_id.text_or_empty(entry, listing));
  if (const auto role = map.roles.find(map.actor_role.text_or_empty(entry, listing)); role != map.roles.end())
    actor.set("role", role->second);
  event.set("actor", std::move(actor));
  for (const auto& [key, field] : {std::pair("items", &map.items), std::pair("to", &map.to)})
    if (field->is_mapped() && field->stands_in(entry, listing))
      event.set(key, Value::strings(field->texts(entry, listing)));
  set_text(event, "what", map.what.text_or_empty(entry, listing));
  set_text(event, "detail", map.detail.text_or_empty(entry, listing));
  return event;
}

MappedPortal::Page MappedPortal::event_page(Call& call, const bb_query& query) {
  const auto& map = mapped(mapping_.activity, "/activity", listing);
  auto found = page(call, map.request, map.next, map.entries, query, listing);
  if (query.cursor.size == 0) events_.clear();
  auto events = Value::array();
  for (const auto* const entry : map.entries.entries(found.value, listing)) {
    auto event = event_of(*entry);
    if (!is_within(parse_time(event["at"].string_or("")).value_or(0), query)) continue;
    if (events_.size() >= events_max) events_.clear();
    events_.insert_or_assign(event["id"].string_or(""), event);
    events.push(std::move(event));
  }
  found.value = std::move(events);
  return found;
}

void MappedPortal::list_events(Call& call, const bb_query& query, Items& out) {
  const auto page = event_page(call, query);
  for (const Value& event : *page.value.items()) {
    call.check();
    const auto id = event["id"].string_or(""), action = event["action"].string_or("");
    out.emit({.id = id,
              .kind = BB_ACTIVITY_KIND,
              .media_type = BB_ACTIVITY_MEDIA_TYPE,
              .title = action,
              .updated_unix_ns = parse_time(event["at"].string_or("")).value_or(0)});
  }
  if (!page.next.empty()) out.cursor(page.next);
}

void MappedPortal::read_event(Call& call, std::string_view item_id, Content& out) {
  (void)mapped(mapping_.activity, "/activity", "reading an event");
  std::string cursor;
  std::set<std::string> seen;
  while (!events_.contains(item_id)) {
    call.check();
    bb_query query{};
    query.struct_size = sizeof query;
    query.cursor = to_str(cursor);
    auto next = event_page(call, query).next;
    if (events_.contains(item_id)) break;
    if (next.empty()) throw Failure{BB_E_NOT_FOUND, "reading an event: the history has none of this id"};
    if (!seen.insert(next).second)
      throw plugins::not_this_api(listing, "a page continues with a cursor that was used before");
    cursor = std::move(next);
  }
  const auto json = to_json(events_.find(item_id)->second);
  out.head({.id = item_id, .kind = BB_ACTIVITY_KIND, .media_type = BB_ACTIVITY_MEDIA_TYPE, .size = json.size()});
  out.write(json);
}

}  // namespace bb::rest
