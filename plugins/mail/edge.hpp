// plugins/mail/edge.hpp - org.bluebridge.mail.edge: says commands of a suite to a mail
// server and tells what it answered.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <bb/direct/commands.hpp>
#include <bb/sdk/connector.hpp>

#include "streams/server_config.hpp"

namespace bb::mail {

class MailEdge final : public Connector, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false,
    "$defs": {"server": {"type": "object", "additionalProperties": false, "required": ["host", "port"],
      "properties": {
        "host": {"type": "string", "minLength": 1},
        "port": {"type": "integer", "minimum": 1, "maximum": 65535},
        "protection": {"enum": ["tls", "starttls"], "default": "starttls",
          "title": "tls: from the first byte; starttls: where a suite asks for it"},
        "server_name": {"type": "string", "title": "Name in the server's certificate, if it is not the host"},
        "user": {"type": "string"},
        "password": {"type": "string", "title": "Name of the secret that holds the password"}}}},
    "properties": {
      "smtp": {"$ref": "#/$defs/server", "title": "Where messages are handed over"},
      "imap": {"$ref": "#/$defs/server", "title": "Where a mailbox is read"},
      "pop3": {"$ref": "#/$defs/server", "title": "Where a mailbox is read"}}})";

  explicit MailEdge(const Context& context);

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  struct Server {
    direct::MailProtocol protocol = direct::MailProtocol::smtp;
    plugins::ServerConfig config;
  };
  std::map<std::string, Server, std::less<>> servers_;  // by the name of the probe
  Streams streams_;
  Secret secret_;
  Clock clock_;
  Random random_;
};

}  // namespace bb::mail
