// bb/smart/registration.hpp - an application that registers itself.
//
// Source: RFC 7591, 2 and 3 (Blue Button+ Pull registers so, too).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/secret_bytes.hpp>
#include <bb/smart/client_authentication.hpp>
#include <bb/smart/jws.hpp>

namespace bb::smart {

struct Registration {
  std::string client_name = {};
  std::string client_uri = {};  // of its own page
  std::string logo_uri = {};
  std::string tos_uri = {};
  std::vector<std::string> contacts = {};
  std::vector<std::string> redirect_uris = {};
  std::vector<std::string> grant_types = {"authorization_code"};
  std::vector<std::string> response_types = {"code"};
  std::string scope = {};
  ClientAuthentication authentication = ClientAuthentication::none;
  std::vector<PublishedKey> keys = {};  // `jwks`; or
  std::string key_set_url = {};         // `jwks_uri`
  std::string software_statement = {};
};
// The body, application/json. Texts and contacts that are empty are left out.
std::string write_registration(const Registration& registration);

struct RegisteredClient {
  std::string client_id = {};
  SecretBytes client_secret = {};
  SecretBytes registration_access_token = {};
  std::string registration_client_uri = {};
};
// Of a body with status 201.
[[nodiscard]] Result<RegisteredClient> read_registered_client(std::string_view body);

}  // namespace bb::smart
