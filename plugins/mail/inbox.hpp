// plugins/mail/inbox.hpp - org.bluebridge.mail.inbox: what lies in a mailbox, by IMAP or
// POP3. Each call is a connection of its own, so that no mailbox stays locked (POP3) and
// no password is kept.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <bb/sdk/connector.hpp>

#include "server_config.hpp"

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

  explicit MailInbox(const Context& context);

  void poll(Call& call, const bb_query& query, Items& out) override;
  void read_message(Call& call, std::string_view item_id, Content& out) override;
  void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) override;
  std::string allocate(Call& call, std::string_view tag) override;

 private:
  // Whom the message is addressed to, by its header.
  const std::vector<direct::Address>& addressees(direct::Mailbox& box, const std::string& id);

  MailboxConfig config_;
  direct::Address address_;
  std::string separator_;
  Streams streams_;
  Secret secret_;
  Random random_;
  std::map<std::string, std::string, std::less<>> allocated_;       // tag to address
  std::map<std::string, std::vector<direct::Address>> addressees_;  // of the messages listed last
};

}  // namespace bb::mail
