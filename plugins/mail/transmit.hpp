// plugins/mail/transmit.hpp - org.bluebridge.mail.transmit: sends plain mail by SMTP, and
// says what came back as undeliverable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>

#include "bounces.hpp"
#include "streams/mail_sender.hpp"

namespace bb::mail {

class MailTransmit final : public Connector, public Transmit {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["host", "port", "from"],
    "$defs": {"protection": {"enum": ["tls", "starttls", "none"], "default": "starttls",
      "title": "tls: from the first byte; starttls: before anything else is said; none: on one machine"}},
    "properties": {
      "host": {"type": "string", "minLength": 1, "title": "Name or address of the mail server that takes messages"},
      "port": {"type": "integer", "minimum": 1, "maximum": 65535,
        "title": "Usually 587, with tls 465"},
      "protection": {"$ref": "#/$defs/protection"},
      "server_name": {"type": "string", "title": "Name in the server's certificate, if it is not the host"},
      "user": {"type": "string"},
      "password": {"type": "string", "title": "Name of the secret that holds the password"},
      "from": {"type": "string", "title": "Address of the sender"},
      "hello_name": {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9.:\\[\\]-]+$",
        "title": "How this side names itself to the server; the domain of the sender unless told"},
      "bounces": {"type": "object", "additionalProperties": false, "required": ["host", "port"],
        "title": "The sender's mailbox, where delivery reports arrive",
        "properties": {
          "protocol": {"enum": ["imap", "pop3"], "default": "imap"},
          "host": {"type": "string", "minLength": 1},
          "port": {"type": "integer", "minimum": 1, "maximum": 65535},
          "protection": {"$ref": "#/$defs/protection"},
          "server_name": {"type": "string"},
          "user": {"type": "string"},
          "password": {"type": "string"},
          "folder": {"type": "string", "minLength": 1, "default": "INBOX"}}}}})";

  explicit MailTransmit(const Context& context);

  void transmit(Call& call, const bb_outgoing& message, Receipts& out) override;
  void track_transmit(Call& call, std::string_view message_id, Receipts& out) override;

 private:
  plugins::MailSender sender_;
  std::optional<Bounces> bounces_;
  Streams streams_;
  Secret secret_;
  Clock clock_;
};

}  // namespace bb::mail
