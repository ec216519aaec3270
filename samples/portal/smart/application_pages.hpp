// application_pages.hpp - the page where a person sees which applications have access, and ends it (FHIR-SMART-40).
#pragma once

#include <vector>

#include "portal/holder.hpp"
#include "portal/smart/access_tokens.hpp"
#include "portal/smart/clients.hpp"
#include "portal/smart/grants.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// What one authorization server keeps of what people allowed.
struct Allowed {
  const SmartClients& clients;
  AppGrants& grants;
  AccessTokens& access_tokens;
};

// [any thread], but for also()
class ApplicationPages {
 public:
  ApplicationPages(DataHolder& holder, Allowed allowed) : holder_(holder), allowed_{allowed} {}

  // Shows another server's too; before the first request.
  void also(Allowed allowed) { allowed_.push_back(allowed); }

  // GET shows them, POST ends one.
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse show(const Session& session) const;
  Value shown(const AppGrant& grant, const Allowed& of, const Session& session) const;

  DataHolder& holder_;
  std::vector<Allowed> allowed_;
};

}  // namespace bb::portal
