// plugins/direct/inbox.hpp - org.bluebridge.direct.inbox: a Direct mailbox. What lies
// in it is opened and judged; an acknowledgement sends the notification that is owed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bb/sdk/connector.hpp>

#include "configured_trust.hpp"
#include "opening.hpp"
#include "streams/config_schema.hpp"
#include "streams/mail_sender.hpp"
#include "streams/polled_mailbox.hpp"
#include "trust_schema.hpp"

namespace bb::direct_connector {

class DirectInbox final : public Connector, public AllocatingInbox, public ConfiguredTrust {
 public:
  static constexpr auto config_schema_text =
      plugins::joined(R"({
    "type": "object", "additionalProperties": false, "required": ["host", "port", "address", "identity"],
    "$defs": {
)",
                      plugins::protection_schema, R"(,)", material_schema, R"(},
    "properties": {
)",
                      plugins::mailbox_schema, R"(,)", plugins::server_schema, R"(,
      "address": {"type": "string", "title": "Direct address of the mailbox"},
      "separator": {"type": "string", "pattern": "^[-+_=]?$", "default": "+",
        "title": "What parts mailbox and tag, as in alice+tag@direct.example.org; empty: the server takes no tags"},
      "identity": {"type": "object", "additionalProperties": false,
        "title": "Certificate and private key of the mailbox, PEM or PKCS #12: opens messages, signs notifications",
        "properties": {
          "pem": {"type": "string", "minLength": 1, "title": "PEM, the key encrypted"},
          "secret": {"type": "string", "minLength": 1, "title": "Name of the secret that holds both"},
          "password": {"type": "string", "minLength": 1, "title": "Name of the secret that opens the key"}}},
      "keys": {"type": "object", "additionalProperties": false,
        "title": "Further certificates with their keys, PEM: open messages to other addresses of the mailbox",
        "properties": {
          "pem": {"type": "string", "minLength": 1, "title": "PEM, the keys encrypted"},
          "secret": {"type": "string", "minLength": 1, "title": "Name of the secret that holds them"},
          "password": {"type": "string", "minLength": 1, "title": "Name of the secret that opens the keys"}}},
)",
                      trust_schema, R"(,
      "smtp": {"type": "object", "additionalProperties": false, "required": ["host", "port"],
        "title": "The mail server that takes notifications; without it none can be sent",
        "properties": {
          "host": {"type": "string", "minLength": 1},
          "port": {"type": "integer", "minimum": 1, "maximum": 65535, "title": "Usually 587, with tls 465"},
)",
                      plugins::server_schema, R"(,)", plugins::hello_name_schema, R"(}}}})");
  static constexpr const char* config_schema = config_schema_text.data();

  explicit DirectInbox(const Context& context);

  void poll(Call& call, const bb_query& query, Items& out) override;
  void read_message(Call& call, std::string_view item_id, Content& out) override;
  void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) override;
  std::string allocate(Call& call, std::string_view tag) override { return mailbox_.allocate(call, tag); }

 private:
  // What is owed for a message, kept after it is gone: "displayed" may follow "processed".
  struct Owed {
    direct::Address from, to;  // of the message
    std::string message_id;
    bool has_final_delivery = false;
    std::optional<direct::Certificate> signer;
    std::set<std::string> sent;  // dispositions
  };

  // All that opens messages, the mailbox's own first.
  std::vector<direct::Identity> identities(Call& call) const;
  // What messages are opened and judged with during one call: read once, however many they are.
  struct Opener {
    Opener(const DirectInbox& inbox, Call& call)
        : during(inbox, call), keys(inbox.identities(call)), recipient(inbox.mailbox_.address()) {}
    Opening operator()(const std::string& message) const {
      return open_message(message, keys, recipient, during.policy());
    }

    During during;
    std::vector<direct::Identity> keys;
    const direct::Address& recipient;
  };
  // What a listing says of a message.
  struct Seen {
    std::string subject{};              // outside
    std::int64_t received_unix_ns = 0;  // 0: no server says
    bool has_opened_form = false;
    std::string opened_subject{};
  };
  // Of a message that is seen for the first time: the verdict on it goes to evidence.
  Seen look_at(Call& call, const std::string& id, const std::string& message, const Opener& opener) const;
  // Of one that lies there; none: it could not be had this time. `opener` is made for the first message that needs
  // it. Throws Failure.
  std::optional<Seen> look_at(Call& call, direct::Mailbox& box, const direct::MailboxEntry& entry,
                              std::optional<Opener>& opener) const;
  std::optional<Owed> owed_for(const Opening& opening) const;
  void notify(Call& call, Owed& owed, const std::string& disposition);

  plugins::PolledMailbox mailbox_;
  IdentityConfig identity_;
  std::optional<IdentityConfig> keys_;
  std::optional<plugins::MailSender> sender_;
  Secret secret_;
  Clock clock_;
  std::optional<Evidence> evidence_;
  std::map<std::string, Seen> seen_;                 // of the messages that lay there last
  std::map<std::string, std::optional<Owed>> owed_;  // of the messages acknowledged; none: nothing
};

}  // namespace bb::direct_connector
