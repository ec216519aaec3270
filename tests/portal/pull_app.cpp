#include "portal/pull_app.hpp"

#include <gtest/gtest.h>

#include <bb/core/form.hpp>
#include <bb/core/json.hpp>

namespace bb::portal_test {

std::string pull_request(const RunningPortal& portal, const std::string& scope) {
  const std::string back = "https://app.example/back";
  auto client = portal.client();
  const auto body = Value::object({{"client_name", "Experiment"},
                                   {"redirect_uris", Value::strings({back})},
                                   {"token_endpoint_auth_method", "none"},
                                   {"scope", scope.substr(0, scope.find(':') + 1)}});
  const auto registered = client.Post("/pull/register", to_json(body), "application/json");
  EXPECT_EQ(status_of(registered), 201);
  return write_form({{"response_type", "code"},
                     {"client_id", parsed(body_of(registered))["client_id"].string_or("")},
                     {"redirect_uri", back},
                     {"scope", scope},
                     {"state", "s"}});
}

}  // namespace bb::portal_test
