// plugins/mail/inbox.hpp - org.bluebridge.mail.inbox: what lies in a mailbox, by IMAP or
// POP3.
#pragma once

#include <string>

#include <bb/sdk/connector.hpp>

#include "streams/config_schema.hpp"
#include "streams/polled_mailbox.hpp"

namespace bb::mail {

class MailInbox final : public Connector, public AllocatingInbox {
 public:
  static constexpr auto config_schema_text =
      plugins::joined(R"({
    "type": "object", "additionalProperties": false, "required": ["host", "port", "address"],
    "$defs": {)",
                      plugins::protection_schema, R"(},
    "properties": {
)",
                      plugins::mailbox_schema, R"(,)", plugins::server_schema, R"(,
      "address": {"type": "string", "title": "Address of the mailbox"},
      "separator": {"type": "string", "pattern": "^[-+_=]?$", "default": "+",
        "title": "What parts mailbox and tag, as in alice+tag@example.org; empty: the server takes no tags"}}})");
  static constexpr const char* config_schema = config_schema_text.data();

  explicit MailInbox(const Context& context) : mailbox_(context) {}

  void poll(Call& call, const bb_query& query, Items& out) override;
  void read_message(Call& call, std::string_view item_id, Content& out) override;
  void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) override;
  std::string allocate(Call& call, std::string_view tag) override { return mailbox_.allocate(call, tag); }

 private:
  plugins::PolledMailbox mailbox_;
};

}  // namespace bb::mail
