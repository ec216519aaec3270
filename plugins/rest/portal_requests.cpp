// The probes of org.bluebridge.rest.portal that are more than one request to read: how long it takes until something is
// seen, or no longer, how guessing of passwords is slowed, a request to restrict the use of data.
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/core/uri.hpp>

#include "business_days.hpp"
#include "http/http_status.hpp"
#include "oauth_probe.hpp"
#include "portal.hpp"

namespace bb::rest {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr int hours_max = 24 * 21;  // of waiting; longer than every limit that a suite has
constexpr int tries_max = 50;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t minutes_max = 7 * 24 * 60;

}  // namespace

void Portal::tell_source(Call& call, std::string_view what, const Value& body) const {
  constexpr std::string_view doing = "time-to-visible";
  const auto answer = api_.exchange(call,
                                    {.method = "POST",
                                     .base_url = without_slash(*source_url_),
                                     .path = "/" + std::string(what),
                                     .json = to_json(body),
                                     .credentials = Credentials::none},
                                    doing);
  if (answer.status != 204) throw plugins::failure_of_answer(answer, doing);
}

// The portal's day goes with the clock of the host, which is virtual: an hour passes at once.
void Portal::measure_visibility(Call& call, std::string_view name, const Value& given, Content& out) {
  if (!source_url_) throw Failure{BB_E_UNSUPPORTED, "time-to-visible: the configuration has no /source_url"};
  if (!clock_) throw Failure{BB_E_UNSUPPORTED, "time-to-visible: the host gives no clock"};
  const auto patient = probed_patient(name);
  const auto kind = given["kind"].string_or("");
  const auto title = given["title"].string_or("");
  if ((kind != "result" && kind != "discharge") || title.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "time-to-visible needs a 'title', and a 'kind' that is result or discharge"};
  const auto available = clock_->now_unix_ns();
  tell_source(call, "clock", Value::object({{"now", format_utc(available)}}));
  tell_source(
      call, "events",
      Value::object({{"patient", patient}, {"kind", kind}, {"title", title}, {"available_at", format_utc(available)}}));
  auto answer = Value::object({{"kind", kind}, {"available_at", format_utc(available)}});
  for (int hour = 0; hour <= hours_max; ++hour) {
    if (hour > 0) clock_->sleep_ms(call, hour_ms);
    const auto now = clock_->now_unix_ns();
    tell_source(call, "clock", Value::object({{"now", format_utc(now)}}));
    const auto page = api_.exchange(call, {.path = patient_path(patient, "/items/summary")}, name);
    if (page.status != 200) throw plugins::failure_of_answer(page, name);
    if (page.body.find(title) == std::string::npos) continue;
    answer.set("visible_at", format_utc(now));
    answer.set("hours", std::int64_t{hour});
    answer.set("business_days", std::int64_t{business_days_between(available, now)});
    break;
  }
  emit_told(name, answer, out);
}

void Portal::read_later(Call& call, std::string_view name, const Value& given, Content& out) {
  if (!clock_) throw Failure{BB_E_UNSUPPORTED, "read-address-later: the host gives no clock"};
  const auto address = given["address"].string_or("");
  const auto minutes = given["minutes"].integer_or(0);
  if (origin_of(address).empty() || minutes < 1 || minutes > minutes_max)
    throw Failure{BB_E_INVALID_ARGUMENT, "read-address-later needs an 'address' of the web, and 1 to 10,080 'minutes'"};
  clock_->sleep_ms(call, minutes * minute_ms);
  if (source_url_) tell_source(call, "clock", Value::object({{"now", format_utc(clock_->now_unix_ns())}}));
  const auto response = api_.exchange(call, {.base_url = address, .credentials = Credentials::none}, name);
  emit_answer(name, response, out, plugins::failure_of_answer);
}

void Portal::guess_passwords(Call& call, std::string_view name, const Value& given, Content& out) {
  const auto account = given["account"].string_or("");
  const auto count = given["count"].integer_or(0);
  if (account.empty() || count < 1 || count > tries_max)
    throw Failure{BB_E_INVALID_ARGUMENT, "guess-passwords needs an 'account', and a 'count' of 1 to 50"};
  std::int64_t tries = 0, refused = 0, slowed = 0;
  // The first answer that slows ends it: what came after would only wait.
  for (; tries < count && slowed == 0; ++tries) {
    const auto body = Value::object({{"account", account}, {"password", "guess number " + std::to_string(tries + 1)}});
    const auto response = api_.exchange(
        call, {.method = "POST", .path = "/api/session", .json = to_json(body), .credentials = Credentials::none},
        name);
    if (response.status == 429 || !response.header("retry-after").empty())
      ++slowed;
    else if (response.status >= 400 && response.status < 500)
      ++refused;
  }
  emit_told(
      name,
      Value::object({{"tries", tries}, {"refused", refused}, {"slowed", slowed}, {"let_in", tries - refused - slowed}}),
      out);
}

void Portal::request_restriction(Call& call, std::string_view name, const Value& given, Content& out) {
  const auto patient = probed_patient(name);
  const auto body = Value::object({{"class", given["class"].string_or("")}, {"reason", given["reason"].string_or("")}});
  const auto asked = api_.exchange(
      call, {.method = "POST", .path = patient_path(patient, "/restrictions"), .json = to_json(body)}, name);
  if (asked.status != 201) throw plugins::failure_of_answer(asked, name);
  const auto listed = api_.exchange(call, {.path = patient_path(patient, "/restrictions")}, name);
  const auto one = parse_json(asked.body);
  const auto all = parse_json(listed.body);
  emit_told(name, Value::object({{"request", one ? *one : Value()}, {"listed", all ? (*all)["items"] : Value()}}), out);
}

}  // namespace bb::rest
