// smart_server.hpp - the portal as an authorization server, SMART on FHIR's and OpenID Connect's.
//
//   /fhir/r4/.well-known/smart-configuration  /.well-known/openid-configuration
//   /oauth/authorize  /oauth/consent  /oauth/manage                for people
//   /oauth/token  /oauth/revoke  /oauth/introspect  /oauth/userinfo  /oauth/jwks  /oauth/register
//
// Document: docs/reference/portal-smart.md.
#pragma once

#include <vector>

#include "portal/smart/access_tokens.hpp"
#include "portal/smart/application_pages.hpp"
#include "portal/smart/codes.hpp"
#include "portal/smart/consent_pages.hpp"
#include "portal/smart/token_endpoint.hpp"
#include "portal/smart/token_services.hpp"

namespace bb::portal {

// [any thread]
class SmartServer {
 public:
  // `base`: the portal's address, without a slash at its end.
  SmartServer(DataHolder& holder, std::string base, std::vector<SmartClient> clients, PatientIdOf patient_id_of,
              Clock clock);

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

  // People see and end there what they allowed at another server, too; before the first request.
  void manage_also(Allowed allowed) { application_pages_.also(allowed); }

  const AccessTokens& access_tokens() const { return access_tokens_; }
  const SmartAddresses& addresses() const { return addresses_; }

  // What other protocols give and take here: their applications, codes and tokens are redeemed, ended and asked about
  // at the same endpoints. As long as the server.
  struct Shared {
    SmartAddresses addresses;
    SmartClients& clients;
    Codes& codes;
    AppGrants& grants;
    AccessTokens& access_tokens;
  };
  Shared shared() { return {addresses_, clients_, codes_, grants_, access_tokens_}; }

 private:
  ConsentFor consent();
  web::HttpResponse program(const web::HttpRequest& request, const std::string& name);
  web::HttpResponse key_set();

  DataHolder& holder_;
  Clock clock_;
  SmartAddresses addresses_;
  SmartClients clients_;
  AccessTokens access_tokens_;
  AppGrants grants_;
  Codes codes_;
  ClientProof proof_;
  Identity identity_;
  ConsentPages consent_pages_;
  ApplicationPages application_pages_;
  TokenEndpoint token_endpoint_;
  TokenServices token_services_;
};

}  // namespace bb::portal
