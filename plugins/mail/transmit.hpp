// plugins/mail/transmit.hpp - org.bluebridge.mail.transmit: sends plain mail by SMTP, and
// says what came back as undeliverable.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/smtp.hpp>
#include <bb/sdk/connector.hpp>

#include "bounces.hpp"
#include "server_config.hpp"

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
  struct Kept {
    bb_delivery delivery = BB_DELIVERY_UNKNOWN;
    std::string recipient, detail;
    std::int64_t at_unix_ns = 0;
  };

  // As RFC 5322, 3.6.4 has it, with its brackets. The same key gives the same one, so
  // that a message that is sent again after all shows as the same.
  std::string message_id_of(std::string_view idempotency_key) const;
  std::string written(Call& call, const bb_outgoing& message, const std::string& message_id,
                      const std::vector<std::string>& recipients) const;
  // Hands it over and gives what became of it for each recipient.
  std::vector<Kept> post(Call& call, const std::string& message_id, const std::vector<std::string>& recipients,
                         const std::string& message);
  void emit(const std::string& message_id, const std::vector<Kept>& receipts, Receipts& out) const;

  ServerConfig server_;
  direct::Address from_;
  std::string hello_name_;
  std::optional<Bounces> bounces_;
  Streams streams_;
  Secret secret_;
  Clock clock_;
  std::map<std::string, std::vector<Kept>> sent_;  // by message id
};

}  // namespace bb::mail
