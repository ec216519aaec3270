// token_services.hpp - what may be asked about tokens, and their end.
//
// Source: RFC 7009; RFC 7662 (FHIR-SMART-39, -40); OpenID Connect Core 1.0, 5.3.
#pragma once

#include "portal/defects.hpp"
#include "portal/smart/access_tokens.hpp"
#include "portal/smart/addresses.hpp"
#include "portal/smart/client_proof.hpp"
#include "portal/smart/grants.hpp"
#include "portal/smart/identity.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// [any thread]
class TokenServices {
 public:
  struct Parts {
    ClientProof& proof;
    AppGrants& grants;
    AccessTokens& access_tokens;
    Identity& identity;
    SmartAddresses addresses;
    Defects defects;
    bool has_identities = true;  // introspection says who somebody is, where the token has openid
  };
  explicit TokenServices(Parts parts) : parts_(std::move(parts)) {}

  // A POST: a refresh token ends with all of its grant, an access token alone.
  web::HttpResponse revoke(const web::HttpRequest& request);
  // A POST; of applications that prove themselves.
  web::HttpResponse introspect(const web::HttpRequest& request);
  // A GET or POST with an access token of the scope openid.
  web::HttpResponse userinfo(const web::HttpRequest& request) const;

 private:
  Parts parts_;
};

}  // namespace bb::portal
