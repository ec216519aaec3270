#include "inbox.hpp"

#include <algorithm>

#include <bb/core/json.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "message_answer.hpp"

namespace bb::rest {
RestInbox::RestInbox(const Context& context)
    : inbox_url_(without_slash(context.config("/inbox_url"))), api_(context.require<Http>(), inbox_url_) {}

std::string RestInbox::allocate(Call& call, std::string_view tag) {
  constexpr std::string_view doing = "allocating an address";
  if (!is_inbox_tag(tag))
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "allocating an address: a tag is 1 to 32 of a-z, 0-9 and '-', got '" + std::string(tag) + "'"};
  if (const auto known = addresses_.find(tag); known != addresses_.end()) return known->second;
  const auto body = Value::object({{"tag", tag}});
  const auto response =
      api_.ask(call, {.method = "POST", .json = to_json(body), .credentials = Credentials::none}, doing);
  auto address = without_slash(JsonAnswer(response, 201, doing).text("address"));
  if (!address.starts_with("https://") || address.find_first_of("?# ") != std::string::npos)
    throw plugins::not_this_api(doing, "expected an https address, got '" + address + "'");
  addresses_.emplace(tag, address);
  address_ = address;
  return address;
}

void RestInbox::poll(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "polling the inbox";
  const auto address = polled_address(query);
  const auto response = api_.ask(call,
                                 {.base_url = address,
                                  .query = {{"cursor", std::string(to_view(query.cursor))}},
                                  .credentials = Credentials::none},
                                 doing);
  const JsonAnswer answer(response, 200, doing);
  for (const Value& entry : answer.array("items")) {
    call.check();
    const auto id = address + "/" + path_part(answer.text(entry, "id", "an item"));
    out.emit({.id = id,
              .kind = "message",
              .media_type = message_media_type,
              .updated_unix_ns = answer.time_or_zero(entry, "received", "an item"),
              .size = size_or_unknown(entry)});
  }
  if (const auto next = answer.text_or_empty(answer.value(), "next", "the answer"); !next.empty()) out.cursor(next);
}

void RestInbox::read_message(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading a message";
  const auto response = api_.ask(call, {.base_url = message_url(item_id), .credentials = Credentials::none}, doing);
  emit_message(response, item_id, doing, out);
}

void RestInbox::acknowledge(Call& call, std::string_view item_id, bb_disposition) {
  constexpr std::string_view doing = "acknowledging a message";
  const auto response =
      api_.ask(call, {.method = "DELETE", .base_url = message_url(item_id), .credentials = Credentials::none}, doing);
  // 404: acknowledged before.
  if (response.status == 204 || response.status == 404) return;
  if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
  throw plugins::not_this_api(doing, "expected status 204, got " + std::to_string(response.status));
}

bool RestInbox::is_own(std::string_view address) const {
  const auto is_allocated = [&](const auto& entry) { return entry.second == address; };
  if (std::any_of(addresses_.begin(), addresses_.end(), is_allocated)) return true;
  const auto prefix = inbox_url_ + "/";
  if (!address.starts_with(prefix)) return false;
  const auto rest = address.substr(prefix.size());
  return !rest.empty() && rest != "." && rest != ".." && rest.find_first_of("/?# ") == std::string_view::npos;
}

std::string RestInbox::polled_address(const bb_query& query) const {
  const auto asked = term(query, "address");
  if (asked.empty() && address_.empty())
    throw Failure{BB_E_STATE, "polling the inbox: no address; allocate one, or name one with the term 'address'"};
  auto address = asked.empty() ? address_ : without_slash(std::string(asked));
  if (!is_own(address))
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "polling the inbox: '" + address + "' is no address of the inbox at " + inbox_url_};
  return address;
}

std::string RestInbox::message_url(std::string_view item_id) const {
  const auto slash = item_id.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == item_id.size() || !is_own(item_id.substr(0, slash)) ||
      item_id.find_first_of("?# ", slash) != std::string_view::npos)
    throw Failure{BB_E_NOT_FOUND, "the inbox at " + inbox_url_ + " has no message of this id"};
  return std::string(item_id);
}

}  // namespace bb::rest
