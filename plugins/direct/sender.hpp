// plugins/direct/sender.hpp - org.bluebridge.direct.sender: sends Direct messages by
// SMTP, says what came back, and sends what a receiver has to refuse.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/sdk/connector.hpp>

#include "answers.hpp"
#include "configured_trust.hpp"
#include "hostile.hpp"
#include "streams/config_schema.hpp"
#include "streams/mail_sender.hpp"
#include "tracking.hpp"
#include "trust_schema.hpp"

namespace bb::direct_connector {

class DirectSender final : public Connector, public Transmit, public Probe, public ConfiguredTrust {
 public:
  static constexpr auto config_schema_text =
      plugins::joined(R"({
    "type": "object", "additionalProperties": false, "required": ["host", "port", "from", "identity"],
    "$defs": {
)",
                      plugins::protection_schema, R"(,)", material_schema, R"(,
      "identity": {"type": "object", "additionalProperties": false,
        "title": "Certificate and private key, PEM or PKCS #12",
        "properties": {
          "pem": {"type": "string", "minLength": 1, "title": "PEM, the key encrypted"},
          "secret": {"type": "string", "minLength": 1, "title": "Name of the secret that holds both"},
          "password": {"type": "string", "minLength": 1, "title": "Name of the secret that opens the key"}}}},
    "properties": {
      "host": {"type": "string", "minLength": 1, "title": "Name or address of the mail server that takes messages"},
      "port": {"type": "integer", "minimum": 1, "maximum": 65535, "title": "Usually 587, with tls 465"},
)",
                      plugins::server_schema, R"(,
      "from": {"type": "string", "title": "Direct address of the sender"},
)",
                      plugins::hello_name_schema, R"(,
      "final_delivery": {"type": "boolean", "default": false,
        "title": "Whether every message asks to be told of its final delivery"},
      "packaging": {"enum": ["none", "xdm"], "default": "none",
        "title": "xdm: attachments go as one XDM package"},
      "processed_within": {"type": "integer", "minimum": 1, "default": 3600,
        "title": "Seconds after which a recipient of whom no notification came has failed"},
      "dispatched_within": {"type": "integer", "minimum": 1, "default": 3600,
        "title": "The same of final delivery, where it was asked for"},
      "identity": {"$ref": "#/$defs/identity"},
)",
                      trust_schema, R"(,
      "identities": {"type": "object", "additionalProperties": false,
        "title": "Other identities, for probes; a probe whose identity is missing is not offered",
        "properties": {
          "expired": {"$ref": "#/$defs/identity"},
          "not_yet_valid": {"$ref": "#/$defs/identity"},
          "revoked": {"$ref": "#/$defs/identity"},
          "wrong_name": {"$ref": "#/$defs/identity"},
          "wildcard": {"$ref": "#/$defs/identity"},
          "unknown_anchor": {"$ref": "#/$defs/identity"},
          "weak_key": {"$ref": "#/$defs/identity"},
          "other_domain": {"$ref": "#/$defs/identity"},
          "no_not_before": {"$ref": "#/$defs/identity"},
          "no_not_after": {"$ref": "#/$defs/identity"},
          "encrypt_only": {"$ref": "#/$defs/identity"},
          "authority": {"$ref": "#/$defs/identity"},
          "other_subject_address": {"$ref": "#/$defs/identity"},
          "bad_aia": {"$ref": "#/$defs/identity"},
          "no_crl": {"$ref": "#/$defs/identity"},
          "subject_address": {"$ref": "#/$defs/identity"},
          "rsa_3072": {"$ref": "#/$defs/identity"},
          "rsa_4096": {"$ref": "#/$defs/identity"},
          "p256": {"$ref": "#/$defs/identity"},
          "p384": {"$ref": "#/$defs/identity"}}},
      "mailbox": {"type": "object", "additionalProperties": false, "required": ["host", "port"],
        "title": "The sender's mailbox, where notifications arrive",
        "properties": {
)",
                      plugins::mailbox_schema, R"(,)", plugins::server_schema, R"(}}}})");
  static constexpr const char* config_schema = config_schema_text.data();

  explicit DirectSender(const Context& context);

  void transmit(Call& call, const bb_outgoing& message, Receipts& out) override;
  void track_transmit(Call& call, std::string_view message_id, Receipts& out) override;
  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  // What is sent, before it is sealed: a whole message, with CRLF.
  std::string written(Call& call, const bb_outgoing& message, const std::string& message_id,
                      const std::vector<std::string>& recipients) const;
  const IdentityConfig* identity_for(const HostileCase& hostile) const;
  // What has come into the sender's mailbox since.
  void look_for_answers(Call& call, int wait_ms_max = 0);
  // Whether an answer shows that another instance sent it.
  bool was_sent_before(Call& call, const std::string& message_id);
  std::vector<plugins::KeptReceipt> receipts_of(const std::string& message_id);

  plugins::MailSender sender_;
  IdentityConfig identity_;
  std::map<std::string, IdentityConfig, std::less<>> bad_identities_;  // by what is wrong with them
  Tracking tracking_;
  bool is_packaged_;  // attachments as XDM
  std::optional<Answers> answers_;
  bool has_looked_for_earlier_ = false;  // for what was sent before this instance was made
  Streams streams_;
  Secret secret_;
  Clock clock_;
  Random random_;
};

}  // namespace bb::direct_connector
