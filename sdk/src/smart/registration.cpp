#include <bb/smart/registration.hpp>

#include <bb/core/json.hpp>
#include <bb/smart/token.hpp>

#include "members.hpp"

namespace bb::smart {

std::string write_registration(const Registration& registration) {
  auto body = Value::object({{"client_name", registration.client_name},
                             {"redirect_uris", Value::strings(registration.redirect_uris)},
                             {"grant_types", Value::strings(registration.grant_types)},
                             {"response_types", Value::strings(registration.response_types)},
                             {"token_endpoint_auth_method", word_of(registration.authentication)}});
  const auto set = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) body.set(name, text);
  };
  set("client_uri", registration.client_uri);
  set("logo_uri", registration.logo_uri);
  set("tos_uri", registration.tos_uri);
  if (!registration.contacts.empty()) body.set("contacts", Value::strings(registration.contacts));
  set("scope", registration.scope);
  set("jwks_uri", registration.key_set_url);
  set("software_statement", registration.software_statement);
  if (!registration.keys.empty()) body.set("jwks", *parse_json(write_key_set(registration.keys)));
  return to_json(body);
}

Result<RegisteredClient> read_registered_client(std::string_view body) {
  BB_TRY(const auto members, Members::parse(body, token_response_bytes_max, "the registration answer"));
  RegisteredClient client;
  BB_TRY(client.client_id, members.needed_text("client_id"));
  BB_TRY(auto secret, members.text("client_secret"));
  client.client_secret = SecretBytes(std::move(secret));
  BB_TRY(auto token, members.text("registration_access_token"));
  client.registration_access_token = SecretBytes(std::move(token));
  BB_TRY(client.registration_client_uri, members.text("registration_client_uri"));
  return client;
}

}  // namespace bb::smart
