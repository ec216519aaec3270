// portal/cms/addresses.hpp - where the parts of one version are. The OAuth ones end in a slash (FHIR-BB2-01).
#pragma once

#include <string>

namespace bb::portal::cms {

enum class Version { v2 = 2, v3 = 3 };

struct Addresses {
  std::string portal;  // without a slash at its end
  Version version = Version::v2;

  std::string base() const { return portal + "/v" + std::to_string(static_cast<int>(version)); }
  std::string fhir() const { return base() + "/fhir"; }
  std::string authorize() const { return base() + "/o/authorize/"; }
  std::string token() const { return base() + "/o/token/"; }
  std::string revoke() const { return base() + "/o/revoke_token/"; }
  std::string introspect() const { return base() + "/o/introspect/"; }
  std::string userinfo() const { return base() + "/connect/userinfo"; }
};

}  // namespace bb::portal::cms
