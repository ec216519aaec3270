// plugins/mail/inbox.hpp - org.bluebridge.mail.inbox: what lies in a mailbox, by IMAP or
// POP3.
#pragma once

#include <string>

#include <bb/sdk/connector.hpp>

#include "streams/polled_mailbox.hpp"

namespace bb::mail {

class MailInbox final : public Connector, public AllocatingInbox {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["host", "port", "address"],
    "properties": {
      "protocol": {"enum": ["imap", "pop3"], "default": "imap"},
      "host": {"type": "string", "minLength": 1, "title": "Name or address of the mail server"},
      "port": {"type": "integer", "minimum": 1, "maximum": 65535,
        "title": "Usually 143 or 993 for IMAP, 110 or 995 for POP3"},
      "protection": {"enum": ["tls", "starttls", "none"], "default": "starttls",
        "title": "tls: from the first byte; starttls: before anything else is said; none: on one machine"},
      "server_name": {"type": "string", "title": "Name in the server's certificate, if it is not the host"},
      "user": {"type": "string"},
      "password": {"type": "string", "title": "Name of the secret that holds the password"},
      "folder": {"type": "string", "minLength": 1, "default": "INBOX", "title": "Folder, of IMAP"},
      "address": {"type": "string", "title": "Address of the mailbox"},
      "separator": {"type": "string", "pattern": "^[-+_=]?$", "default": "+",
        "title": "What parts mailbox and tag, as in alice+tag@example.org; empty: the server takes no tags"}}})";

  explicit MailInbox(const Context& context) : mailbox_(context) {}

  void poll(Call& call, const bb_query& query, Items& out) override;
  void read_message(Call& call, std::string_view item_id, Content& out) override;
  void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) override;
  std::string allocate(Call& call, std::string_view tag) override { return mailbox_.allocate(call, tag); }

 private:
  plugins::PolledMailbox mailbox_;
};

}  // namespace bb::mail
