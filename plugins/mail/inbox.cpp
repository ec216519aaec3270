#include "inbox.hpp"

namespace bb::mail {
namespace {

constexpr const char* message_media_type = "message/rfc822";

}  // namespace

void MailInbox::poll(Call& call, const bb_query& query, Items& out) {
  mailbox_.poll(call, query, [&](direct::Mailbox& box, const direct::MailboxEntry& entry) {
    const auto& header = mailbox_.header_of(box, entry.id);
    out.emit({.id = entry.id,
              .kind = "message",
              .media_type = message_media_type,
              .title = header.subject,
              .updated_unix_ns = header.received_unix_ns,
              .size = entry.bytes});
  });
}

void MailInbox::read_message(Call& call, std::string_view item_id, Content& out) {
  const auto message = mailbox_.fetch(call, std::string(item_id));
  out.head({.id = item_id, .kind = "message", .media_type = message_media_type, .size = message.size()});
  out.write(message);
}

void MailInbox::acknowledge(Call& call, std::string_view item_id, bb_disposition) {
  mailbox_.remove(call, std::string(item_id));
}

}  // namespace bb::mail
