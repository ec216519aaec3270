// The activity of org.bluebridge.attended.portal: lines that a person copies from the portal's history.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "attended_portal.hpp"

namespace bb::attended {
namespace {

constexpr std::size_t lines_max = 5000;
constexpr int tries_max = 3;
constexpr std::array<std::string_view, 8> actions = {"view",    "download", "transmit", "api",
                                                     "sign_in", "sign_out", "amend",    "other"};
constexpr std::array<std::string_view, 5> roles = {"patient", "proxy", "staff", "app", "system"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "2026-11-23 14:05" or RFC 3339; without a zone UTC.
std::optional<std::int64_t> time_of(std::string text) {
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  if (text.size() == 16) text += ":00";
  if (text.size() == 19) text += "Z";
  return parse_time(text);
}

// One line as an event of bb.activity/1, or what is wrong with it.
Result<Value> event_of(std::string_view line, std::size_t number) {
  std::vector<std::string> parts;
  for (const auto& part : split(std::string(line), ';')) parts.emplace_back(trim(part));
  const auto wrong = [&](std::string_view what) { return Error{fmt::format("line {}: {}", number, what)}; };
  if (parts.size() < 3 || parts.size() > 5)
    return wrong("expected three to five parts with semicolons between them: time; action; name; role; address");
  parts.resize(5);
  const auto at = time_of(parts[0]);
  if (!at) return wrong(fmt::format("'{}' is no time, expected such as 2026-11-23 14:05", plain(parts[0])));
  if (!is_one_of(parts[1], actions))
    return wrong(fmt::format("'{}' is none of {}", plain(parts[1]), fmt::join(actions, ", ")));
  if (parts[2].empty()) return wrong("nobody is named");
  if (!parts[3].empty() && !is_one_of(parts[3], roles))
    return wrong(fmt::format("'{}' is none of {}", plain(parts[3]), fmt::join(roles, ", ")));
  Value event = Value::object({{"id", fmt::format("line-{}", number)},
                               {"action", parts[1]},
                               {"at", format_utc(*at)},
                               {"actor", Value::object({{"name", parts[2]}})}});
  if (!parts[3].empty()) event.find("actor")->set("role", parts[3]);
  if (!parts[4].empty()) event.set("to", Value::strings({parts[4]}));
  return event;
}

Result<std::vector<Value>> events_of(std::string_view text) {
  std::vector<Value> events;
  std::size_t number = 0;
  for (const auto& line : split(std::string(text), '\n')) {
    if (++number > lines_max) return Error{fmt::format("the file has over {} lines", lines_max)};
    if (trim(line).empty()) continue;
    BB_TRY(auto event, event_of(line, number));
    events.push_back(std::move(event));
  }
  std::stable_sort(events.begin(), events.end(), [](const Value& a, const Value& b) {
    return parse_time(a["at"].string_or("")) > parse_time(b["at"].string_or(""));
  });
  return events;
}

}  // namespace

std::vector<Value> AttendedPortal::read_history(Call& call) const {
  const std::string of = session_.acting_for.empty() ? "" : "for-" + session_.acting_for;
  std::string wrong;
  for (int attempt = 1; attempt <= tries_max; ++attempt) {
    const std::string id = question(attempt == 1 ? "history" : fmt::format("history-{}", attempt), of);
    const auto file = asking_.file(
        call,
        {id, title("copy the activity history into a text file"),
         fmt::format(
             "{}Open the page that says who viewed, downloaded and sent the record. Write one line for each entry:\n"
             "time; action; name; role; address sent to\n2026-11-23 14:05; transmit; Carol Example; proxy; "
             "to@inbox.example\nActions: {}. Roles: {}. Times without a zone are UTC. Leave a part empty "
             "that the page does not say: 2026-11-23 14:05; view; Carol Example;;{}",
             wrong.empty() ? "" : fmt::format("The file could not be read: {}.\n", wrong), fmt::join(actions, " "),
             fmt::join(roles, " "), hint("history"))},
        "text/plain text/csv");
    auto events = events_of(file.content);
    if (events) return *std::move(events);
    wrong = events.error().what;
  }
  throw Failure{BB_E_INTERNAL, "reading the history: what the person copied cannot be read: " + wrong};
}

void AttendedPortal::list_events(Call& call, const bb_query& query, Items& out) {
  static_cast<void>(expect_access(call, query.subject, "listing the history"));
  const std::string cursor(to_view(query.cursor));
  std::size_t begin = 0;
  if (!cursor.empty()) {
    const auto number = parse_json(cursor);
    if (!number || number->integer_or(-1) < 0)
      throw Failure{BB_E_INVALID_ARGUMENT, "listing the history: this cursor was not given out"};
    begin = static_cast<std::size_t>(number->integer_or(0));
  }
  auto events = read_history(call);
  std::erase_if(events, [&](const Value& event) {
    const auto at = parse_time(event["at"].string_or("")).value_or(0);
    return (query.from_unix_ns != 0 && at < query.from_unix_ns) ||
           (query.until_unix_ns != 0 && at >= query.until_unix_ns);
  });
  const std::size_t end = query.limit == 0 ? events.size() : std::min(events.size(), begin + query.limit);
  for (std::size_t i = begin; i < end; ++i) {
    call.check();
    const std::string id = events[i]["id"].string_or("");
    const std::string action = events[i]["action"].string_or("");
    out.emit({.id = id,
              .kind = BB_ACTIVITY_KIND,
              .media_type = BB_ACTIVITY_MEDIA_TYPE,
              .title = action,
              .updated_unix_ns = parse_time(events[i]["at"].string_or("")).value_or(0)});
  }
  if (end < events.size()) out.cursor(std::to_string(end));
}

void AttendedPortal::read_event(Call& call, std::string_view item_id, Content& out) {
  static_cast<void>(expect_access(call, {}, "reading the history"));
  for (const Value& event : read_history(call)) {
    if (event["id"].string_or("") != item_id) continue;
    const std::string body = to_json(event);
    out.head({.id = item_id, .kind = BB_ACTIVITY_KIND, .media_type = BB_ACTIVITY_MEDIA_TYPE, .size = body.size()});
    out.write(body);
    return;
  }
  throw Failure{BB_E_NOT_FOUND, "reading the history: there is no such entry"};
}

}  // namespace bb::attended
