// plugins/rest/messages.hpp - org.bluebridge.rest.messages: what a portal received by
// Direct for one patient, as it shows it to them (docs/reference/portal-api.md).
#pragma once

#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>

#include "api_client.hpp"

namespace bb::rest {

// Signs in by itself, for the first call and where the session has ended since. The id of
// a message is the portal's. The API removes nothing, so that an acknowledgement does nothing.
class RestMessages final : public Connector, public Inbox {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["base_url", "account", "password"],
    "properties": {
      "base_url": {"type": "string", "format": "url", "pattern": "^https://[^/?#]", "title": "Address of the portal",
        "description": "The part before /api, for example https://portal.example"},
      "account": {"type": "string", "minLength": 1, "title": "Account of the patient whose messages are read"},
      "password": {"type": "string", "minLength": 1, "title": "Name of the secret that holds the password"}}})";

  explicit RestMessages(const Context& context);

  void poll(Call& call, const bb_query& query, Items& out) override;
  void read_message(Call& call, std::string_view item_id, Content& out) override;
  void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) override;

 private:
  void sign_in(Call& call);
  // The answer to a GET below the patient's messages.
  HttpResponse ask(Call& call, const std::string& rest, const std::string& cursor, std::string_view doing);

  ApiClient api_;
  Secret secret_;
  std::string account_;
  std::string password_secret_;
  std::string patient_;  // of the session
};

}  // namespace bb::rest
