// The activity history of org.bluebridge.healthvault.record: what the audits of its things say,
// also of those that were removed.
#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/date_time.hpp>

#include "listing.hpp"
#include "record.hpp"

namespace bb::healthvault_connector {
namespace {

struct Event {
  std::string id;
  std::int64_t at_ns = 0;
  std::string json;
};

std::string name_of(const hv::Audit& audit) {
  for (const auto* const one : {&audit.person, &audit.app})
    for (const auto* const text : {&one->name, &one->id})
      if (!text->empty()) return *text;
  return "unknown";
}

Event event_of(const hv::Thing& thing, const hv::Audit& audit, std::string_view what) {
  Event event;
  event.id = thing.key->id + "." + std::string(what) + "." + thing.key->version_stamp;
  event.at_ns = hv::date_time_ns(audit.timestamp).value_or(0);
  auto actor = Value::object({{"name", name_of(audit)}});
  if (const auto& id = audit.person.id.empty() ? audit.app.id : audit.person.id; !id.empty()) actor.set("id", id);
  if (audit.person.id.empty() && !audit.app.id.empty()) actor.set("role", "app");
  auto json = Value::object({{"id", event.id},
                             {"action", "amend"},
                             {"at", format_utc(event.at_ns)},
                             {"actor", std::move(actor)},
                             {"items", Value::strings({thing.key->id})}});
  const auto kind = thing.type_name.empty() ? thing.type_id : thing.type_name;
  json.set("what", std::string(what) + " " + kind);
  if (!audit.app.name.empty()) json.set("detail", "by " + audit.app.name);
  event.json = to_json(json);
  return event;
}

bool is_within(const bb_query& query, std::int64_t at_ns) {
  return (query.from_unix_ns == 0 || at_ns >= query.from_unix_ns) &&
         (query.until_unix_ns == 0 || at_ns < query.until_unix_ns);
}

// Newest first.
std::vector<Event> events_of(hv::Client& client, hv::Line& line, const hv::Whose& whose, const bb_query& query) {
  // A thing that was changed since has an older event as well: the bound is the events'.
  const hv::ThingQuery wanted{.filters = {{.states = {"Active", "Deleted"}}},
                              .format = hv::ThingFormat{.sections = {"core", "audits"}}};
  std::vector<Event> events;
  for (const auto& thing : expect(client.get_things(line, whose, wanted), "listing activity")) {
    if (!thing.key) continue;
    if (thing.created && is_within(query, hv::date_time_ns(thing.created->timestamp).value_or(0)))
      events.push_back(event_of(thing, *thing.created, "created"));
    const bool is_changed = thing.updated && (!thing.created || thing.updated->timestamp != thing.created->timestamp);
    if (is_changed && is_within(query, hv::date_time_ns(thing.updated->timestamp).value_or(0)))
      events.push_back(event_of(thing, *thing.updated, thing.state == "Deleted" ? "deleted" : "updated"));
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at_ns > b.at_ns; });
  return events;
}

}  // namespace

void RecordConnector::list_events(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing activity";
  const auto who = signed_in_for(query.subject, doing);
  Paged paged(call, query, offset_of(query, doing), out);
  HostLine line(platform_, call);
  for (const auto& event : events_of(*who.client, line, who.whose, query))
    paged.emit({.id = event.id,
                .kind = BB_ACTIVITY_KIND,
                .media_type = BB_ACTIVITY_MEDIA_TYPE,
                .title = "amend",
                .updated_unix_ns = event.at_ns});
  paged.end();
}

void RecordConnector::read_event(Call& call, std::string_view item_id, Content& out) {
  const auto who = signed_in("reading an event");
  HostLine line(platform_, call);
  const auto events = events_of(*who.client, line, who.whose, {});
  const auto event = std::find_if(events.begin(), events.end(), [&](const Event& one) { return one.id == item_id; });
  if (event == events.end()) throw Failure{BB_E_NOT_FOUND, "reading an event: the history has none of this id"};
  out.head({.id = item_id, .kind = BB_ACTIVITY_KIND, .media_type = BB_ACTIVITY_MEDIA_TYPE, .size = event->json.size()});
  out.write(event->json);
}

}  // namespace bb::healthvault_connector
