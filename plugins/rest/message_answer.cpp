#include "message_answer.hpp"

#include <string>

#include "http/http_status.hpp"
#include "json_answer.hpp"

namespace bb::rest {

std::uint64_t size_or_unknown(const Value& entry) {
  const auto size = entry["size"].integer_or(-1);
  return size < 0 ? UINT64_MAX : static_cast<std::uint64_t>(size);
}

void emit_message(const HttpResponse& response, std::string_view item_id, std::string_view doing, Content& out) {
  if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
  if (response.status != 200)
    throw plugins::not_this_api(doing, "expected status 200, got " + std::to_string(response.status));
  if (response.body.empty()) throw plugins::not_this_api(doing, "expected a message, got an empty body");
  if (const auto type = media_type_of(response); type != message_media_type)
    throw plugins::not_this_api(
        doing, "expected content-type message/rfc822, got " + (type.empty() ? "none" : "'" + type + "'"));
  out.head({.id = item_id, .kind = "message", .media_type = message_media_type, .size = response.body.size()});
  out.write(response.body);
}

}  // namespace bb::rest
