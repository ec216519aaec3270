// plugins/rest/inbox.hpp - org.bluebridge.rest.inbox: a destination that anybody
// may send to and who knows its address may read (docs/reference/portal-api.md).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>

#include "api_client.hpp"

namespace bb::rest {

// The id of a message is its URL.
class RestInbox final : public Connector, public AllocatingInbox {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["inbox_url"],
    "properties": {
      "inbox_url": {"type": "string", "format": "url", "pattern": "^https://[^/?#]", "title": "Address of the inboxes",
        "description": "Where new addresses are made, for example https://portal.example/inbox"}}})";

  explicit RestInbox(const Context& context);

  void poll(Call& call, const bb_query& query, Items& out) override;
  void read_message(Call& call, std::string_view item_id, Content& out) override;
  void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) override;
  std::string allocate(Call& call, std::string_view tag) override;

 private:
  // Whether the URL is an address of this inbox: allocated here, or below the
  // configured one.
  bool is_own(std::string_view address) const;
  // The address that a poll is about; BB_E_STATE when none is known.
  std::string polled_address(const bb_query& query) const;
  // The URL of a message, if its address is this inbox's; else BB_E_NOT_FOUND.
  std::string message_url(std::string_view item_id) const;

  std::string inbox_url_;
  ApiClient api_;
  std::map<std::string, std::string, std::less<>> addresses_;  // tag to address
  std::string address_;                                        // the last one allocated
};

}  // namespace bb::rest
