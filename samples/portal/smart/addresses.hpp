// addresses.hpp - where the parts of the authorization server are.
#pragma once

#include <string>

namespace bb::portal {

struct SmartAddresses {
  std::string base;  // of the portal, without a slash at its end; the issuer

  std::string fhir_base() const { return base + "/fhir/r4"; }
  std::string authorize() const { return base + "/oauth/authorize"; }
  std::string token() const { return base + "/oauth/token"; }
  std::string revoke() const { return base + "/oauth/revoke"; }
  std::string introspect() const { return base + "/oauth/introspect"; }
  std::string userinfo() const { return base + "/oauth/userinfo"; }
  std::string jwks() const { return base + "/oauth/jwks"; }
  std::string registration() const { return base + "/oauth/register"; }
  std::string manage() const { return base + "/oauth/manage"; }
};

}  // namespace bb::portal
