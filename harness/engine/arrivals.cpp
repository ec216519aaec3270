#include "harness/engine/arrivals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include <bb/core/time.hpp>

#include "harness/engine/caller.hpp"
#include "harness/engine/run_context.hpp"
#include "harness/engine/verbs.hpp"
#include "harness/evidence/event_values.hpp"

namespace bb::engine {
namespace {

using evidence::ArrivalView;

constexpr std::size_t arrivals_told_max = 100;

std::string between(std::int64_t from_ns, std::int64_t to_ns) { return format_duration((to_ns - from_ns) / ns_per_ms); }

// How far a message is from a wait: another address is further than another time.
std::size_t weight(const ArrivalView& view) {
  const auto is_address = [](const ArrivalView::Difference& one) { return one.field == "address"; };
  return view.differs.size() + (std::any_of(view.differs.begin(), view.differs.end(), is_address) ? 1 : 0);
}

}  // namespace

void add_parents(std::set<std::string>& ids, const Value& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string parent = items[i]["parent"].string_or("");
    if (!parent.empty() && ids.contains(items[i]["id"].string_or(""))) ids.insert(parent);
  }
}

void Arrivals::list(const std::string& address, const Value& items, std::int64_t now_unix_ns) {
  add_parents(taken_, items);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value& item = items[i];
    const std::string id = item["id"].string_or("");
    if (id.empty() || item["opened"].boolean_or(false) || item["deleted"].boolean_or(false)) continue;
    Arrival& arrival = arrivals_[id];
    if (arrival.seen_unix_ns == 0) arrival.seen_unix_ns = now_unix_ns;
    if (!address.empty()) arrival.addresses.insert(address);
    arrival.updated = item["updated"].string_or("");
    arrival.title = item["title"].string_or("");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto received = arrivals_.find(items[i]["parent"].string_or(""));
    const std::string title = items[i]["title"].string_or("");
    if (received != arrivals_.end() && items[i]["opened"].boolean_or(false) && !title.empty())
      received->second.title = title;
  }
}

MessageFields Arrivals::known(const std::string& id) const {
  const auto found = arrivals_.find(id);
  if (found == arrivals_.end()) return {};
  MessageFields fields = found->second.read;
  if (!fields.subject && !found->second.title.empty()) fields.subject = found->second.title;
  return fields;
}

ArrivalView Arrivals::compared(const std::string& id, const Arrival& arrival, const BegunWait& wait) const {
  ArrivalView view;
  view.nearest = wait.open;
  if (!wait.open.address.empty() && !arrival.addresses.contains(wait.open.address))
    view.differs.push_back(
        {"address", wait.open.address, arrival.addresses.empty() ? "another address" : *arrival.addresses.begin()});
  const auto updated = parse_time(arrival.updated);
  const std::int64_t came_ns = updated.value_or(arrival.seen_unix_ns);
  if (came_ns < wait.began_unix_ns)
    view.differs.push_back({"time", "after " + format_utc(wait.began_unix_ns),
                            between(came_ns, wait.began_unix_ns) + " before the wait began"});
  else if (came_ns > wait.ended_unix_ns)
    view.differs.push_back({"time", "until " + format_utc(wait.ended_unix_ns),
                            between(wait.ended_unix_ns, came_ns) + " after the wait ended"});
  for (auto& one : differences(wait.open.wanted, known(id))) view.differs.push_back(std::move(one));
  return view;
}

std::vector<ArrivalView> Arrivals::unmatched(const std::string& role) const {
  std::vector<ArrivalView> found;
  for (const auto& [id, arrival] : arrivals_) {
    if (taken_.contains(id) || before_.contains(id) || found.size() >= arrivals_told_max) continue;
    std::optional<ArrivalView> nearest;
    std::int64_t distance_ns = 0;
    for (const auto& wait : waits_) {
      ArrivalView other = compared(id, arrival, wait);
      const std::int64_t other_ns = std::abs(arrival.seen_unix_ns - wait.ended_unix_ns);
      if (nearest && std::pair(weight(*nearest), distance_ns) <= std::pair(weight(other), other_ns)) continue;
      nearest = std::move(other);
      distance_ns = other_ns;
    }
    ArrivalView view = std::move(nearest).value_or(ArrivalView());
    view.role = role;
    view.id = id;
    view.title = arrival.title;
    view.updated = arrival.updated;
    view.sender = arrival.read.sender.value_or("");
    found.push_back(std::move(view));
  }
  return found;
}

void tell_unmatched_arrivals(RunContext& run) {
  if (run.is_cancelled()) return;
  ClockWorker worker(run.virtual_clock);
  for (auto& [role, inbox] : run.inboxes) {
    if (!inbox.arrivals.has_baseline() || inbox.arrivals.waits().empty()) continue;
    const auto instance = run.pool.instance({role, "", Actor::no_session}, worker);
    if (!instance) continue;
    // No test's: the suite and the test of its calls are empty.
    Budget budget(step_ms_default);
    Caller caller(run, "", "", worker, budget);
    Caller::Step step{"arrivals", Budget(step_ms_default), run.options.cancellation};
    std::set<std::string> addresses{""};
    for (const auto& wait : inbox.arrivals.waits()) addresses.insert(wait.open.address);
    for (const auto& address : addresses) {
      Value query = Value::object();
      if (!address.empty()) query.set("terms", Value::object({{"address", address}}));
      const VerbReply listed = list_all("bb.inbox/1", "poll", std::move(query), [&](const host::Operation& operation) {
        return caller.call(**instance, operation, step);
      });
      if (listed.reply.status == BB_OK)
        inbox.arrivals.list(address, listed.reply.emitted["items"], run.clock.now_unix_ns());
    }
    for (const auto& arrival : inbox.arrivals.unmatched(role))
      static_cast<void>(run.writer.write("arrival_unmatched", evidence::arrival_to_value(arrival)));
  }
}

}  // namespace bb::engine
