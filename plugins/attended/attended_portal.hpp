// plugins/attended/attended_portal.hpp - org.bluebridge.attended.portal: one person at a portal without an API.
//
// It asks people (bb.host.person/1) and does nothing else: no network, no secret. What they hand over is judged by the
// suite as from any other connector. docs/reference/attended-connector.md
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>

#include "asking.hpp"

namespace bb::attended {

class AttendedPortal final : public Connector,
                             public Session,
                             public View,
                             public Download,
                             public Share,
                             public Activity,
                             public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["title"],
    "properties": {
      "title": {"type": "string", "minLength": 1, "title": "Name of the portal",
        "description": "As the people who are asked know it"},
      "address": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]", "title": "Address of the portal",
        "description": "The page where patients sign in"},
      "formats": {"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]*$"},
        "title": "Formats to ask about",
        "description": "Default: blue-button-text, ccda-2.1, fhir-bundle, pdf"},
      "hints": {"type": "object", "additionalProperties": false,
        "title": "Where to find it, in the words of the portal's menus",
        "properties": {
          "sign_in": {"type": "string"}, "sign_out": {"type": "string"}, "view": {"type": "string"},
          "visit": {"type": "string"}, "download": {"type": "string"}, "send": {"type": "string"},
          "history": {"type": "string"}}}}})";
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_NONE, BB_AUTH_PASSWORD});

  explicit AttendedPortal(const Context& context);

  SignIn open(Call& call, const bb_auth_request& request) override;
  SessionInfo describe(Call& call) override;
  void close(Call& call) override;

  void list(Call& call, const bb_query& query, Items& out) override;
  void read(Call& call, std::string_view item_id, Content& out) override;

  void formats(Call& call, std::string_view subject, Formats& out) override;
  void fetch(Call& call, const bb_download_request& request, Content& out) override;

  void share(Call& call, const bb_share_request& request, Receipts& out) override;
  void track_share(Call& call, std::string_view message_id, Receipts& out) override;

  void list_events(Call& call, const bb_query& query, Items& out) override;
  void read_event(Call& call, std::string_view item_id, Content& out) override;

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  struct Sent {
    bb_delivery delivery;
    std::vector<std::string> recipients;
  };

  // The record that is asked for. Of another patient, or after signing out, the person tries everything once and says
  // whether the portal gives any of it: BB_E_FORBIDDEN, or the record. BB_E_UNAUTHENTICATED before any sign-in.
  std::string expect_access(Call& call, bb_str subject, std::string_view doing) const;
  void try_other_record(Call& call, const std::string& record) const;
  // "As alice: download the record"
  std::string title(std::string_view doing) const;
  // The id of a question that is another one after signing out.
  std::string question(std::string_view what, std::string_view of) const;
  // The portal's own words for where to find something, as a sentence of its own; empty without.
  std::string hint(std::string_view of) const;
  std::vector<Value> read_history(Call& call) const;
  // The ids of the formats that the portal offers.
  std::vector<std::string> read_formats(Call& call, const std::string& record) const;

  Asking asking_;
  std::string title_, address_;
  std::vector<std::string> formats_;
  Value hints_;
  SessionInfo session_;
  std::string account_;
  bool is_open_ = false;
  bool was_open_ = false;
  std::map<std::string, Sent, std::less<>> sent_;  // by message id
};

}  // namespace bb::attended
