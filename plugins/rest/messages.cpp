#include "messages.hpp"

#include <utility>

#include <bb/core/text.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "message_answer.hpp"
#include "session_answer.hpp"

namespace bb::rest {

RestMessages::RestMessages(const Context& context)
    : api_(context.require<Http>(), context.config("/base_url")),
      secret_(context.require<Secret>()),
      account_(context.config("/account")),
      password_secret_(context.config("/password")) {}

void RestMessages::sign_in(Call& call) {
  constexpr std::string_view doing = "signing in";
  const auto credentials = Value::object({{"account", account_}, {"password", secret_.read(call, password_secret_)}});
  const auto answer = ask_for_session(call, api_, credentials, doing);
  auto token = token_of(answer, doing);
  patient_ = answer.text("patient");
  api_.set_token(std::move(token));
}

HttpResponse RestMessages::ask(Call& call, const std::string& rest, const std::string& cursor, std::string_view doing) {
  const bool is_fresh = !api_.has_token();
  if (is_fresh) sign_in(call);
  const auto request = [&] {
    return api_.ask(call, {.path = patient_path(patient_, "/messages" + rest), .query = {{"cursor", cursor}}}, doing);
  };
  auto response = request();
  // Sessions end by themselves.
  if (response.status != 401 || is_fresh) return response;
  sign_in(call);
  return request();
}

void RestMessages::poll(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "polling the messages";
  const auto response = ask(call, "", std::string(to_view(query.cursor)), doing);
  const JsonAnswer answer(response, 200, doing);
  // The portal lists those of one address alone.
  const auto asked = term(query, "address");
  if (!asked.empty() && !iequals(asked, answer.text_or_empty(answer.value(), "address", "the answer"))) return;
  for (const Value& entry : answer.array("items")) {
    call.check();
    const auto id = answer.text(entry, "id", "an item");
    const auto subject = answer.text_or_empty(entry, "subject", "an item");
    out.emit({.id = id,
              .kind = "message",
              .media_type = message_media_type,
              .title = subject,
              .updated_unix_ns = answer.time_or_zero(entry, "received", "an item"),
              .size = size_or_unknown(entry)});
  }
  if (const auto next = answer.text_or_empty(answer.value(), "next", "the answer"); !next.empty()) out.cursor(next);
}

void RestMessages::read_message(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading a message";
  emit_message(ask(call, "/" + path_part(item_id), "", doing), item_id, doing, out);
}

void RestMessages::acknowledge(Call& call, std::string_view item_id, bb_disposition) {
  call.check();
  path_part(item_id);
}

}  // namespace bb::rest
