// application_pages.hpp - the page where a person sees which applications have access, and ends it (FHIR-SMART-40).
#pragma once

#include "portal/holder.hpp"
#include "portal/smart/access_tokens.hpp"
#include "portal/smart/clients.hpp"
#include "portal/smart/grants.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// [any thread]
class ApplicationPages {
 public:
  ApplicationPages(DataHolder& holder, const SmartClients& clients, AppGrants& grants, AccessTokens& access_tokens)
      : holder_(holder), clients_(clients), grants_(grants), access_tokens_(access_tokens) {}

  // GET shows them, POST ends one.
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse show(const Session& session) const;

  DataHolder& holder_;
  const SmartClients& clients_;
  AppGrants& grants_;
  AccessTokens& access_tokens_;
};

}  // namespace bb::portal
