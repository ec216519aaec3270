// plugins/healthvault/inbox.hpp - org.bluebridge.healthvault.inbox: the documents that arrive in
// one record, which the application reads by ids that it knows.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>

#include "platform.hpp"
#include "streams/config_schema.hpp"

namespace bb::healthvault_connector {

class InboxConnector final : public Connector, public Inbox {
 public:
  static constexpr auto config_schema_text = plugins::joined(
      R"({
    "type": "object", "additionalProperties": false,
    "required": ["platform_url", "app_id", "address"],
    "properties": {)",
      platform_schema, R"(,
      "address": {"type": "string", "minLength": 1, "title": "The record",
        "description": "healthvault:PERSON/RECORD, or the id that your organisation gave its patient"}}})");
  static constexpr const char* config_schema = config_schema_text.data();

  static constexpr bool is_concurrent = true;

  explicit InboxConnector(const Context& context);

  void poll(Call& call, const bb_query& query, Items& out) override;
  void read_message(Call& call, std::string_view item_id, Content& out) override;
  void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) override;

 private:
  // Resolved once.
  hv::RecordAddress record(Call& call);

  Platform platform_;
  std::string address_;
  std::shared_ptr<hv::Client> client_;
  std::mutex mutex_;
  std::optional<hv::RecordAddress> record_;
  std::set<std::string, std::less<>> acknowledged_;  // of this instance; the platform keeps no such mark
};

}  // namespace bb::healthvault_connector
