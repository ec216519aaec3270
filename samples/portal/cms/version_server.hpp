// portal/cms/version_server.hpp - one version: its tokens are of no use to another (FHIR-BB2-07).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "portal/cms/applications.hpp"
#include "portal/cms/authorization.hpp"
#include "portal/cms/fhir_part.hpp"
#include "portal/smart/access_tokens.hpp"
#include "portal/smart/application_pages.hpp"
#include "portal/smart/client_proof.hpp"
#include "portal/smart/grants.hpp"
#include "portal/smart/identity.hpp"
#include "portal/smart/token_endpoint.hpp"
#include "portal/smart/token_services.hpp"

namespace bb::portal::cms {

// [any thread]
class VersionServer {
 public:
  struct Parts {
    DataHolder& holder;
    Addresses addresses;
    const Applications& applications;
    Clock clock;
    FhirPart::FindToken find_token;
    FhirPart::FindData data;
    Authorization::Forget forget;  // of all versions
    std::int64_t started_ns = 0;
  };
  explicit VersionServer(const Parts& parts);

  const Addresses& addresses() const { return addresses_; }
  const AccessTokens& access_tokens() const { return access_tokens_; }
  Allowed allowed() { return {applications_.clients(), grants_, access_tokens_}; }
  // `path`: behind /vN.
  web::HttpResponse handle(const web::HttpRequest& request, const std::vector<std::string>& path);
  web::HttpResponse openid(const web::HttpRequest& request) const;
  // Ends what the person allowed the application here.
  void forget(const std::string& client_id, const std::string& account);

 private:
  web::HttpResponse oauth(const web::HttpRequest& request, const std::vector<std::string>& path);
  std::optional<web::HttpResponse> refuse(const SmartClient& client, std::string_view grant_type) const;
  void complete(Value& answer, const AppGrant& grant) const;
  DataHolder& holder_;
  const Addresses addresses_;
  const Applications& applications_;
  const Clock clock_;
  const std::int64_t started_ns_;
  AccessTokens access_tokens_;
  AppGrants grants_;
  Codes codes_;
  ClientProof proof_;
  Identity identity_;
  Authorization authorization_;
  TokenEndpoint token_endpoint_;
  TokenServices token_services_;
  FhirPart fhir_;
};

}  // namespace bb::portal::cms
