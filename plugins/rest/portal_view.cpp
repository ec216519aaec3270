// The view of org.bluebridge.rest.portal: what a person sees.
#include <bb/core/text.hpp>

#include "http/http_status.hpp"
#include "portal.hpp"

namespace bb::rest {
namespace {

// The record in a period is read as its page with the period's ends. A reader gives nothing but an id, so that of
// a record listed for a period has them: "summary?from=2025-05-14T07:00:00.000Z&until=...".
constexpr char period_mark = '?';

std::string id_in_period(std::string id, const std::vector<std::pair<std::string, std::string>>& period) {
  char mark = period_mark;
  for (const auto& [name, value] : period) {
    if (value.empty()) continue;
    id += mark + name + "=" + value;
    mark = '&';
  }
  return id;
}

struct ItemAddress {
  std::string_view id;
  std::vector<std::pair<std::string, std::string>> period = {};
};
ItemAddress address_of(std::string_view item_id) {
  const auto mark = item_id.find(period_mark);
  ItemAddress address{item_id.substr(0, mark)};
  if (mark == std::string_view::npos) return address;
  for (const auto& field : split(item_id.substr(mark + 1), '&')) {
    const auto equals = field.find('=');
    if (equals != std::string::npos) address.period.emplace_back(field.substr(0, equals), field.substr(equals + 1));
  }
  return address;
}

}  // namespace

void Portal::list(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing items";
  const auto patient = patient_or_own(query.subject, doing);
  auto pairs = paging(query);
  pairs.emplace_back("kind", std::string(to_view(query.kind)));
  const auto response = api_.ask(call, {.path = patient_path(patient, "/items"), .query = std::move(pairs)}, doing);
  const JsonAnswer answer(response, 200, doing);
  const auto& items = answer.array("items");
  expect_page(items.size(), query, doing);
  for (const Value& entry : items) {
    call.check();
    const auto kind = answer.text(entry, "kind", "an item");
    auto id = answer.text(entry, "id", "an item");
    if (kind == "summary") id = id_in_period(std::move(id), time_range(query));
    const auto media_type = answer.text_or_empty(entry, "media_type", "an item");
    const auto title = answer.text_or_empty(entry, "title", "an item");
    const auto version = answer.text_or_empty(entry, "version", "an item");
    out.emit({.id = id,
              .kind = kind,
              .media_type = media_type,
              .title = title,
              .subject = patient,
              .version = version,
              .updated_unix_ns = answer.time_or_zero(entry, "updated", "an item")});
  }
  if (const auto next = answer.text_or_empty(answer.value(), "next", "the answer"); !next.empty()) out.cursor(next);
}

void Portal::read(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading an item";
  const auto patient = patient_or_own({}, doing);
  auto address = address_of(item_id);
  const auto response = api_.ask(
      call, {.path = patient_path(patient, "/items/" + path_part(address.id)), .query = std::move(address.period)},
      doing);
  if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
  if (response.status != 200)
    throw plugins::not_this_api(doing, "expected status 200, got " + std::to_string(response.status));
  if (response.body.empty()) throw plugins::not_this_api(doing, "expected a page, got an empty body");
  const auto media_type = media_type_of(response);
  if (media_type != "text/html")
    throw plugins::not_this_api(
        doing, "expected content-type text/html, got " + (media_type.empty() ? "none" : "'" + media_type + "'"));
  out.head({.id = item_id, .kind = "", .media_type = media_type, .subject = patient, .size = response.body.size()});
  out.write(response.body);
}

}  // namespace bb::rest
