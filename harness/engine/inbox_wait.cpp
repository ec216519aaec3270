#include "harness/engine/inbox_wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include <bb/core/text.hpp>
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

// The ids of messages, as received, that nobody took.
std::vector<std::string> list_new(Inbox& inbox, const InboxWait& wait, const Value& items, std::int64_t now_unix_ns) {
  const std::lock_guard lock(inbox.seen_mutex);
  inbox.arrivals.list(wait.address, items, now_unix_ns);
  add_parents(inbox.seen, items);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string id = items[i]["id"].string_or("");
    const bool is_raw = !items[i]["opened"].boolean_or(false) && !items[i]["deleted"].boolean_or(false);
    if (is_raw && !id.empty() && !is_late(items[i], wait.until_unix_ns, now_unix_ns) && !inbox.seen.contains(id))
      ids.push_back(id);
  }
  return ids;
}

// False where another wait took it meanwhile.
bool take(Inbox& inbox, const std::string& id) {
  const std::lock_guard lock(inbox.seen_mutex);
  if (!inbox.seen.insert(id).second) return false;
  inbox.arrivals.take(id);
  return true;
}

// Looks at messages for one wait.
class Looker {
 public:
  Looker(Inbox& inbox, const InboxWait& wait, const Invoke& invoke) : inbox_(inbox), wait_(wait), invoke_(invoke) {}

  VerbReply read(const std::string& id) const {
    return VerbReply{invoke_({"bb.inbox/1", "read", Value::object({{"item_id", id}})}), false};
  }

  // The first of a listing that is what the wait is for; none: there is none.
  std::optional<VerbReply> find(const Value& items, std::int64_t now_unix_ns) {
    others_.clear();
    for (const auto& id : list_new(inbox_, wait_, items, now_unix_ns)) {
      const std::string opened = form_of(items, id, "opened").string_or(id);
      const std::string asked = wait_.form == Form::opened ? opened : id;
      auto known = known_of(id);
      std::optional<VerbReply> reply;
      if (needs_reading(wait_.wanted, known)) {
        reply = read(opened);
        if (reply->reply.status != BB_OK) continue;
        known = fields_of(reply->reply.body);
        know(id, known);
      }
      if (const auto differs = differences(wait_.wanted, known); !differs.empty()) {
        for (const auto& one : differs) others_.insert(one.field);
        continue;
      }
      if (!take(inbox_, id)) continue;
      // The answer of a step is that of its last call.
      if (!reply || asked != opened) reply = read(asked);
      return reply;
    }
    return std::nullopt;
  }

  // In what those of the last listing differ: "subject", "from" ...
  const std::set<std::string>& others() const { return others_; }

 private:
  MessageFields known_of(const std::string& id) const {
    const std::lock_guard lock(inbox_.seen_mutex);
    return inbox_.arrivals.known(id);
  }
  void know(const std::string& id, const MessageFields& fields) {
    const std::lock_guard lock(inbox_.seen_mutex);
    inbox_.arrivals.know(id, fields);
  }

  Inbox& inbox_;
  const InboxWait& wait_;
  const Invoke& invoke_;
  std::set<std::string> others_;
};

std::string nothing_came(const InboxWait& wait, const std::set<std::string>& others) {
  const std::vector<std::string> fields(others.begin(), others.end());
  return fmt::format("no new message{} within {}{}{}", wait.address.empty() ? "" : " for " + wait.address,
                     format_duration((wait.until_unix_ns - wait.began_unix_ns) / ns_per_ms),
                     fields.empty() ? "" : "; what came differs in ", join(fields, ", "));
}

bool is_worth_waiting(std::string_view word) { return word == "ok" || word == "unavailable" || word == "timeout"; }

}  // namespace

std::optional<VerbReply> wait_for_message(Inbox& inbox, const InboxWait& wait, std::optional<std::int64_t> give_up_ms,
                                          host::Clock& clock, const host::Cancellation* cancellation,
                                          const Invoke& invoke) {
  Looker looker(inbox, wait, invoke);
  if (!wait.taken.empty()) return looker.read(wait.taken);
  const std::int64_t looked_ns = clock.now_unix_ns();
  std::int64_t pause_ms = poll_ms_first;
  for (;;) {
    VerbReply listed = list_messages(wait.address, invoke);
    if (!is_worth_waiting(host::result_word(listed.reply))) return listed;
    if (listed.reply.status == BB_OK)
      if (auto found = looker.find(listed.reply.emitted["items"], clock.now_unix_ns())) return found;
    const std::int64_t now_ns = clock.now_unix_ns();
    const std::int64_t left_ns = wait.until_unix_ns - now_ns;
    if (left_ns <= 0) {
      if (listed.reply.status != BB_OK) return listed;
      host::Reply nothing = own_reply(BB_E_DEADLINE, nothing_came(wait, looker.others()));
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
