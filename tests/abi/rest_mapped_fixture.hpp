// tests/abi/rest_mapped_fixture.hpp - org.bluebridge.rest.mapped with a mapping that uses most of what there is.
#pragma once

#include <string>

#include <bb/core/json.hpp>

#include "rest_fixture.hpp"

namespace bb::test {

inline constexpr const char* mapped_type = "org.bluebridge.rest.mapped";

inline Value good_mapping() {
  return *parse_json(R"({
    "base_url": "https://vendor.example/v2/",
    "sign_in": {"request": {"path": "/login", "json": {"user": {"name": "{account}", "secret": "{password}"},
      "for": "{acting_for}"}},
      "token": "$.session.token", "patient": "$.session.chart", "expires_in": "$.session.seconds"},
    "sign_out": {"path": "/logout", "method": "POST"},
    "view": {
      "list": {"request": {"path": "/charts/{patient}/parts", "query": {"type": "{kind}", "size": "{limit}",
        "after": "{cursor}"}},
        "entries": "$.parts", "id": "$.key", "kind": "$.type", "kinds": {"FULL": "summary"}, "title": "$.name",
          "next_cursor": "$.more"},
      "read": {"request": {"path": "/parts/{id}", "headers": {"X-Chart": "{patient}"}}, "media_type": "text/html"}},
    "download": {
      "blue-button-text": {"media_type": "text/plain", "request": {"path": "/charts/{patient}/text"}},
      "ccda-2.1": {"media_type": "application/xml", "request": {"path": "/charts/{patient}/exports",
        "json": {"as": "CCDA"}},
        "wait": {"job": "$.job.id", "poll": {"path": "/exports/{job}"}, "state": "$.job.state",
          "running": ["RUNNING"],
          "done": ["DONE"], "failed": ["FAILED"], "result": {"path": "/exports/{job}/file"}}}},
    "share": {"request": {"path": "/charts/{patient}/send", "headers": {"Request-Id": "{idempotency_key}"},
        "json": {"to": "{to}", "as": "{format}", "note": "by {patient}"}},
      "id": "$.ticket", "receipts": "$.sent", "recipient": "$.where", "delivery": "$.state",
        "deliveries": {"QUEUED": "accepted"},
      "track": {"path": "/sends/{id}"}},
    "activity": {"request": {"path": "/log"}, "entries": "$.lines", "id": "$.n", "action": "$.verb", "at": "$.time",
      "actor": "$.who",
      "actions": {"READ": "view"}}})");
}

class MappedTest : public RestTest {
 protected:
  void make(const Value& config) {
    connector.reset();
    connector.emplace(plugin, host, mapped_type, Config{{"", to_json(config)}});
    ASSERT_EQ(connector->create_status, BB_OK) << connector->create_error.message;
  }
  bb_status open(std::string_view account = "alice") {
    bb_auth_request request{};
    request.struct_size = sizeof request;
    request.method = BB_AUTH_PASSWORD;
    request.account = to_str(account);
    request.secret_password = to_str("password-of-alice");
    return table<bb_session>(BB_SESSION).open(connector->raw(), call.raw(), &request, session.raw());
  }
  // Makes the connector and signs in to it.
  void sign_in(const Value& config = good_mapping()) {
    make(config);
    host.answer_json(200, R"({"session": {"token": "canary-token-1", "chart": "c 1", "seconds": 60}})");
    ASSERT_EQ(open(), BB_OK) << call.error.message;
    host.requests.clear();
  }
  bb_status list(const bb_query& query) {
    return table<bb_view>(BB_VIEW).list(connector->raw(), call.raw(), &query, items.raw());
  }
  bb_status read(std::string_view id) {
    return table<bb_view>(BB_VIEW).read(connector->raw(), call.raw(), to_str(id), content.raw());
  }
  bb_status fetch(std::string_view format) {
    bb_download_request request{};
    request.struct_size = sizeof request;
    request.format_id = to_str(format);
    return table<bb_download>(BB_DOWNLOAD).fetch(connector->raw(), call.raw(), &request, content.raw());
  }

  SessionCollector session;
  ItemCollector items;
  ContentCollector content;
};

}  // namespace bb::test
