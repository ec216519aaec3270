// plugins/mail/transmit.hpp - org.bluebridge.mail.transmit: sends plain mail by SMTP, and
// says what came back as undeliverable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>

#include "bounces.hpp"
#include "streams/config_schema.hpp"
#include "streams/mail_sender.hpp"

namespace bb::mail {

class MailTransmit final : public Connector, public Transmit {
 public:
  static constexpr auto config_schema_text =
      plugins::joined(R"({
    "type": "object", "additionalProperties": false, "required": ["host", "port", "from"],
    "$defs": {)",
                      plugins::protection_schema, R"(},
    "properties": {
      "host": {"type": "string", "minLength": 1, "title": "Name or address of the mail server that takes messages"},
      "port": {"type": "integer", "minimum": 1, "maximum": 65535,
        "title": "Usually 587, with tls 465"},
)",
                      plugins::server_schema, R"(,
      "from": {"type": "string", "title": "Address of the sender"},
)",
                      plugins::hello_name_schema, R"(,
      "bounces": {"type": "object", "additionalProperties": false, "required": ["host", "port"],
        "title": "The sender's mailbox, where delivery reports arrive",
        "properties": {
)",
                      plugins::mailbox_schema, R"(,)", plugins::server_schema, R"(}}}})");
  static constexpr const char* config_schema = config_schema_text.data();

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
