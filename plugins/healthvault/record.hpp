// plugins/healthvault/record.hpp - org.bluebridge.healthvault.record: one person's record at a
// platform that speaks the HealthVault-style protocol.
//
// One file per capability: record_session.cpp, record_view.cpp ... Host HTTP is the only network,
// the application's key stays with the host, and the session's secret lives in memory and is
// overwritten. Reference: docs/reference/healthvault-connector.md.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/shell.hpp>
#include <bb/sdk/connector.hpp>

#include "documents.hpp"
#include "platform.hpp"
#include "streams/config_schema.hpp"
#include "streams/mail_sender.hpp"

namespace bb::healthvault_connector {

class RecordConnector final : public Connector,
                              public bb::Session,
                              public View,
                              public Download,
                              public Share,
                              public Transmit,
                              public Activity,
                              public Probe {
 public:
  static constexpr auto config_schema_text = plugins::joined(
      R"({
    "type": "object", "additionalProperties": false, "required": ["platform_url", "app_id"],
    "properties": {)",
      platform_schema, R"(,
      "shell_url": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]",
        "title": "Address of the shell, for consent in a browser", "description": "For example https://account.example"},
      "instances": {"type": "array", "maxItems": 100, "items": {"type": "string", "pattern": "^https://[^/?#]"},
        "title": "Addresses of other instances of the platform that people may come back from",
        "description": "As platform-url of its topology; others are not followed"},
      "is_production": {"type": "boolean", "default": false, "title": "Whether the platform is no test system",
        "description": "In production the shell knows where to send people back to, and is not told"},
      "person": {"type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        "title": "Person who is read for where a sign-in names none"},
      "record": {"type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        "title": "Record where a sign-in names none"},
      "control_url": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]",
        "title": "Control interface of a test double",
        "description": "For the probe healthvault-control, for example https://platform.example/double"},
      "control_token": {"type": "string", "format": "secret-name", "minLength": 1,
        "title": "Secret with the token of the control interface"}}})");
  static constexpr const char* config_schema = config_schema_text.data();
  static constexpr bool is_concurrent = true;
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_USER_REDIRECT, BB_AUTH_SIGNED_REQUEST});

  explicit RecordConnector(const Context& context);

  SignIn open(Call& call, const bb_auth_request& request) override;
  SignIn resume(Call& call, const bb_auth_request& request, std::string_view resume_state,
                std::string_view response) override;
  SessionInfo describe(Call& call) override;
  void close(Call& call) override;

  void list(Call& call, const bb_query& query, Items& out) override;
  void read(Call& call, std::string_view item_id, Content& out) override;

  void formats(Call& call, std::string_view subject, Formats& out) override;
  void fetch(Call& call, const bb_download_request& request, Content& out) override;

  void share(Call& call, const bb_share_request& request, Receipts& out) override;
  void track_share(Call& call, std::string_view message_id, Receipts& out) override;
  void transmit(Call& call, const bb_outgoing& message, Receipts& out) override;
  void track_transmit(Call& call, std::string_view message_id, Receipts& out) override;

  void list_events(Call& call, const bb_query& query, Items& out) override;
  void read_event(Call& call, std::string_view item_id, Content& out) override;

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  // Who is signed in, and the session that their calls share.
  struct Signed {
    std::shared_ptr<hv::Client> client;
    hv::Whose whose;
    std::string person_id;  // also of a person who came by the shell
    bb_auth_method method = BB_AUTH_NONE;
    std::string acting_for = {};  // as the request named them

    // For the session's record as it was signed in for, for another as for a person who is away.
    hv::Whose whose_of(const hv::RecordAddress& address) const {
      const bool is_own = address.record_id == whose.record_id && address.person_id == person_id;
      return is_own ? whose : hv::Whose{.person_id = address.person_id, .record_id = address.record_id};
    }
  };

  // A copy for one call. BB_E_UNAUTHENTICATED before sign-in.
  Signed signed_in(std::string_view doing) const;
  // As signed_in(), for a subject that is the session's record or empty; else BB_E_FORBIDDEN.
  Signed signed_in_for(bb_str subject, std::string_view doing) const;
  // Opens the record of `wanted` (an id, an address, empty: the only one, or the one that the
  // person selected) among those that the person can reach, by id alone (HV-CX-03).
  // The client for a person whom the shell of that instance sent back.
  std::shared_ptr<hv::Client> client_for(Call& call, const std::string& instance_id) const;
  SessionInfo enter(Call& call, Signed wanted, std::string_view wanted_record);
  hv::ShellUse shell_use() const { return is_production_ ? hv::ShellUse::production : hv::ShellUse::test; }
  SignIn open_connect_request(Call& call, const bb_auth_request& request, std::string_view external_id,
                              std::string_view code = {});
  Challenge connect_challenge(std::string_view external_id, std::string_view code) const;
  std::optional<hv::RecordAddress> authorized_connect_request(Call& call, std::string_view external_id);

  // Puts documents into the records of all destinations, once for each idempotency key.
  struct Delivery {
    std::string key;
    std::vector<std::string> destinations;
    struct Part {
      std::string bytes, filename, media_type;
    };
    std::vector<Part> parts;
  };
  void deliver(Call& call, const Signed& who, const Delivery& delivery, Receipts& out);
  // Whether the key was delivered by this instance already; then its receipts are emitted again.
  bool is_delivered(std::string_view key, Receipts& out) const;
  void track(Call& call, std::string_view message_id, Receipts& out) const;
  // The documents of the record with their bytes, newest first; of personal things
  // only where `with_personal`.
  enum class Personal { included, left_out };
  std::vector<std::pair<hv::Thing, Document>> documents(Call& call, const Signed& who, const bb_query& selection,
                                                        const std::vector<std::string>& item_ids,
                                                        std::string_view intent, Personal personal) const;

  Platform platform_;
  std::string shell_url_;
  std::vector<std::string> instances_;  // that people may come back from
  bool is_production_;
  std::string person_, record_;
  std::string control_url_, control_token_;

  mutable std::mutex mutex_;
  std::optional<Signed> signed_;
  struct KeptReceipt {
    std::string message_id;
    plugins::KeptReceipt receipt;
  };
  static void emit(const std::vector<KeptReceipt>& receipts, Receipts& out);
  std::map<std::string, std::vector<KeptReceipt>, std::less<>> delivered_;  // by idempotency key
};

}  // namespace bb::healthvault_connector
