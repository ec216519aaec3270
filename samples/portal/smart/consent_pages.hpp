// consent_pages.hpp - where an application sends a person: sign-in, consent, and back.
//
// Nothing is kept between the steps: the request stands in the page's form and is checked again.
#pragma once

#include <optional>

#include "portal/holder.hpp"
#include "portal/smart/addresses.hpp"
#include "portal/smart/authorization_request.hpp"
#include "portal/smart/clients.hpp"
#include "portal/smart/codes.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// [any thread]
class ConsentPages {
 public:
  ConsentPages(DataHolder& holder, SmartAddresses addresses, const SmartClients& clients, Codes& codes)
      : holder_(holder), addresses_(std::move(addresses)), clients_(clients), codes_(codes) {}

  // GET, or POST of the same fields by the application (FHIR-SMART-21).
  web::HttpResponse authorize(const web::HttpRequest& request);
  // The form of the consent page.
  web::HttpResponse consent(const web::HttpRequest& request);

 private:
  web::HttpResponse ask(const AuthorizationAsked& asked, const Session& session, int status,
                        const std::string& mistake) const;
  web::HttpResponse give(const AuthorizationAsked& asked, const Session& session, std::vector<smart::Scope> scopes,
                         const std::string& patient);

  DataHolder& holder_;
  SmartAddresses addresses_;
  const SmartClients& clients_;
  Codes& codes_;
};

}  // namespace bb::portal
