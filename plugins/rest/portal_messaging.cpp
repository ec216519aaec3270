// Secure messages of org.bluebridge.rest.portal.
#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "http/http_status.hpp"
#include "local_pages.hpp"
#include "portal.hpp"

namespace bb::rest {
namespace {

std::string read_all(bb_source& source) {
  std::string bytes, piece(16 * 1024, '\0');
  for (;;) {
    std::uint64_t got = 0;
    const bb_status status = source.read(&source, piece.data(), piece.size(), &got);
    if (status != BB_OK) throw Failure{status, "an attachment cannot be read"};
    if (got == 0) return bytes;
    bytes.append(piece, 0, static_cast<std::size_t>(got));
  }
}

Value body_of(const bb_outgoing& message) {
  auto body = Value::object({{"text", to_view(message.body_text)}});
  if (message.subject_line.size != 0) body.set("subject", to_view(message.subject_line));
  if (message.destination_count > 1)
    throw Failure{BB_E_UNSUPPORTED, "writing a message: the portal takes one recipient"};
  if (message.destination_count == 1) {
    const auto& to = *message.destinations[0];
    if (to_view(to.scheme) != "portal")
      throw Failure{BB_E_UNSUPPORTED, "writing a message: recipients are those of the portal, of scheme 'portal'"};
    body.set("to", to_view(to.address));
  }
  auto attachments = Value::array();
  for (std::uint64_t i = 0; i < message.attachment_count; ++i) {
    const auto& one = *message.attachments[i];
    attachments.push(Value::object({{"filename", to_view(one.filename)},
                                    {"media_type", to_view(one.media_type)},
                                    {"content", base64_encode(read_all(*one.content))}}));
  }
  if (attachments.size() > 0) body.set("attachments", std::move(attachments));
  return body;
}

}  // namespace

void Portal::list_threads(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing messages";
  const auto patient = patient_or_own(query.subject, doing);
  const JsonAnswer answer(api_.ask(call, {.path = patient_path(patient, "/conversations")}, doing), 200, doing);
  emit_page(call, answer.array("items"), query, out, [&](const Value& entry) {
    const auto id = answer.text(entry, "id", "a conversation");
    const auto title = answer.text_or_empty(entry, "subject", "a conversation");
    out.emit({.id = id,
              .kind = BB_THREAD_KIND,
              .media_type = "application/json",
              .title = title,
              .updated_unix_ns = answer.time_or_zero(entry, "updated", "a conversation")});
  });
}

void Portal::read_thread(Call& call, std::string_view thread_id, Content& out) {
  constexpr std::string_view doing = "reading a conversation";
  const auto patient = patient_or_own({}, doing);
  give_json(call, {.path = patient_path(patient, "/conversations/" + path_part(thread_id))}, 200, BB_THREAD_KIND, doing,
            out);
}

void Portal::list_recipients(Call& call, Items& out) {
  constexpr std::string_view doing = "listing recipients";
  const auto patient = patient_or_own({}, doing);
  const JsonAnswer answer(api_.ask(call, {.path = patient_path(patient, "/conversations/recipients")}, doing), 200,
                          doing);
  for (const Value& entry : answer.array("recipients")) {
    call.check();
    const auto id = answer.text(entry, "id", "a recipient");
    const auto name = answer.text_or_empty(entry, "name", "a recipient");
    out.emit({.id = id, .kind = BB_RECIPIENT_KIND, .title = name});
  }
}

void Portal::post(Call& call, std::string_view thread_id, const bb_outgoing& message, Receipts& out) {
  constexpr std::string_view doing = "writing a message";
  const auto patient = patient_or_own({}, doing);
  if (message.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "writing a message needs an idempotency key, so that nothing is sent twice"};
  const auto path = thread_id.empty() ? "/conversations" : "/conversations/" + path_part(thread_id);
  const auto body = body_of(message);
  const auto response = api_.ask(call,
                                 {.method = "POST",
                                  .path = patient_path(patient, path),
                                  .headers = {{"idempotency-key", std::string(to_view(message.idempotency_key))}},
                                  .json = to_json(body)},
                                 doing);
  const JsonAnswer answer(response, 201, doing);
  const auto conversation = answer.text("conversation");
  const auto to = message.destination_count == 0 ? std::string_view() : to_view(message.destinations[0]->address);
  out.emit({.delivery = BB_DELIVERY_ACCEPTED, .message_id = conversation, .recipient = to});
}

}  // namespace bb::rest
