#include "harness/engine/inbox_wait.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/time.hpp>
#include <bb/host/call.hpp>

namespace bb::engine {
namespace {

VerbReply list_messages(const std::string& address, const Invoke& invoke) {
  Value query = Value::object();
  if (!address.empty()) query.set("terms", Value::object({{"address", address}}));
  return list_all("bb.inbox/1", "poll", std::move(query), invoke);
}

// Only where the inbox says when it came, by a clock of its own: what is there while
// there is time is not late, whatever that clock says.
bool is_late(const Value& item, std::int64_t until_unix_ns, std::int64_t now_unix_ns) {
  if (now_unix_ns <= until_unix_ns) return false;
  const auto arrived = parse_time(item["updated"].string_or(""));
  return arrived && *arrived > until_unix_ns;
}

// The id of the first message, as received, that nobody took; and takes it.
std::string take_new(Inbox& inbox, const InboxWait& wait, const Value& items, std::int64_t now_unix_ns) {
  const std::lock_guard lock(inbox.seen_mutex);
  inbox.arrivals.list(wait.address, items, now_unix_ns);
  add_parents(inbox.seen, items);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string id = items[i]["id"].string_or("");
    const bool is_raw = !items[i]["opened"].boolean_or(false) && !items[i]["deleted"].boolean_or(false);
    if (is_raw && !id.empty() && !is_late(items[i], wait.until_unix_ns, now_unix_ns) && inbox.seen.insert(id).second) {
      inbox.arrivals.take(id);
      return id;
    }
  }
  return "";
}

bool is_worth_waiting(std::string_view word) { return word == "ok" || word == "unavailable" || word == "timeout"; }

}  // namespace

std::optional<VerbReply> wait_for_message(Inbox& inbox, const InboxWait& wait, std::optional<std::int64_t> give_up_ms,
                                          host::Clock& clock, const host::Cancellation* cancellation,
                                          const Invoke& invoke) {
  const auto read = [&](const std::string& id) {
    return VerbReply{invoke({"bb.inbox/1", "read", Value::object({{"item_id", id}})}), false};
  };
  if (!wait.taken.empty()) return read(wait.taken);
  const std::int64_t looked_ns = clock.now_unix_ns();
  std::int64_t pause_ms = poll_ms_first;
  for (;;) {
    VerbReply listed = list_messages(wait.address, invoke);
    if (!is_worth_waiting(host::result_word(listed.reply))) return listed;
    if (listed.reply.status == BB_OK) {
      const Value& items = listed.reply.emitted["items"];
      if (const std::string id = take_new(inbox, wait, items, clock.now_unix_ns()); !id.empty()) {
        const Value opened = wait.form == Form::opened ? form_of(items, id, "opened") : Value();
        return read(opened.string_or(id));
      }
    }
    const std::int64_t now_ns = clock.now_unix_ns();
    const std::int64_t left_ns = wait.until_unix_ns - now_ns;
    if (left_ns <= 0) {
      if (listed.reply.status != BB_OK) return listed;
      host::Reply nothing = own_reply(
          BB_E_DEADLINE, fmt::format("no new message{} within {}", wait.address.empty() ? "" : " for " + wait.address,
                                     format_duration((wait.until_unix_ns - wait.began_unix_ns) / ns_per_ms)));
      nothing.total_ms = (now_ns - wait.began_unix_ns) / ns_per_ms;
      return VerbReply{std::move(nothing), true};
    }
    if (give_up_ms && now_ns - looked_ns >= *give_up_ms * ns_per_ms) return std::nullopt;
    const auto slept = clock.sleep_ns(std::min(pause_ms * ns_per_ms, left_ns), cancellation, 0);
    if (slept == host::Slept::cancelled) return VerbReply{own_reply(BB_E_CANCELLED, "the wait was cancelled"), true};
    pause_ms = std::min(pause_ms * 3 / 2, poll_ms_most);
  }
}

bool begin_baseline(Inbox& inbox) {
  const std::lock_guard lock(inbox.seen_mutex);
  return inbox.arrivals.begin_baseline();
}

void note_baseline(Inbox& inbox, const Invoke& invoke) {
  const VerbReply all = list_messages("", invoke);
  const Value& items = all.reply.emitted["items"];
  const std::lock_guard lock(inbox.seen_mutex);
  for (std::size_t i = 0; i < items.size(); ++i) inbox.arrivals.add_before(items[i]["id"].string_or(""));
}

void forget_old_messages(Inbox& inbox, const std::string& address, host::Clock& clock, const Invoke& invoke) {
  const VerbReply listed = list_messages(address, invoke);
  if (listed.reply.status != BB_OK) return;
  const Value& items = listed.reply.emitted["items"];
  const std::lock_guard lock(inbox.seen_mutex);
  inbox.arrivals.list(address, items, clock.now_unix_ns());
  for (std::size_t i = 0; i < items.size(); ++i) inbox.seen.insert(items[i]["id"].string_or(""));
}

}  // namespace bb::engine
