// tests/abi/rest_fixture.hpp - the REST connector, loaded as a host loads it,
// under a scripted host.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/abi/ext/activity.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/inbox.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/share.h>
#include <bb/abi/ext/view.h>

#include "support/collectors.hpp"
#include "support/fake_call.hpp"
#include "support/fake_host.hpp"
#include "support/loaded_connector.hpp"

namespace bb::test {

inline constexpr const char* canary_password = "canary-password-1";
inline constexpr const char* canary_token = "canary-token-1";

class RestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    plugin = load_plugin(std::string(BB_BINARY_DIR) + "/plugins/bb_rest.so");
    ASSERT_NE(plugin, nullptr) << load_error();
    host.secrets["password-of-alice"] = canary_password;
  }

  template <class Table>
  const Table& table(const char* id) {
    const auto* found = connector->find<Table>(id);
    EXPECT_NE(found, nullptr) << id;
    return *found;
  }

  // The URL of the only request of a test, or of its last one.
  std::string last_url() const { return host.requests.empty() ? "no request" : host.requests.back().url; }

  static bb_query everything() {
    bb_query query{};
    query.struct_size = sizeof query;
    return query;
  }

  const bb_plugin* plugin = nullptr;
  FakeHost host;
  FakeCall call;
  std::optional<LoadedConnector> connector;
};

// org.bluebridge.rest.portal at https://portal.example.
class PortalTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    make({{"/base_url", R"("https://portal.example/")"}});
  }

  void make(const Config& config) {
    connector.reset();
    connector.emplace(plugin, host, "org.bluebridge.rest.portal", config);
    ASSERT_EQ(connector->create_status, BB_OK) << connector->create_error.message;
  }

  static std::string session_json() {
    return R"({"access_token": "canary-token-1", "token_type": "Bearer", "expires_in": 3600,
               "subject": "alice", "patient": "alice", "scopes": "view download"})";
  }

  bb_status open(std::string_view account = "alice", std::string_view secret = "password-of-alice",
                 std::string_view acting_for = {}, bb_auth_method method = BB_AUTH_PASSWORD) {
    bb_auth_request request{};
    request.struct_size = sizeof request;
    request.method = method;
    request.account = to_str(account);
    request.secret_password = to_str(secret);
    request.acting_for = to_str(acting_for);
    return table<bb_session>(BB_SESSION).open(connector->raw(), call.raw(), &request, session.raw());
  }

  // Signs in and forgets how that looked.
  void sign_in() {
    host.answer_json(200, session_json());
    ASSERT_EQ(open(), BB_OK) << call.error.message;
    host.requests.clear();
  }

  bb_status list(const bb_query& query) {
    return table<bb_view>(BB_VIEW).list(connector->raw(), call.raw(), &query, items.raw());
  }
  bb_status read(std::string_view id) {
    return table<bb_view>(BB_VIEW).read(connector->raw(), call.raw(), to_str(id), content.raw());
  }

  SessionCollector session;
  ItemCollector items;
  ContentCollector content;
};

}  // namespace bb::test
