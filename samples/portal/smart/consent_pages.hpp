// consent_pages.hpp - where an application sends a person: sign-in, consent, and back; of any protocol that asks so.
//
// Nothing is kept between the steps: the request stands in the page's form and is checked again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "portal/holder.hpp"
#include "portal/smart/addresses.hpp"
#include "portal/smart/authorization_request.hpp"
#include "portal/smart/grants.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// What the pages are for.
struct ConsentFor {
  std::string page;  // "/oauth/authorize"
  std::string form;  // "/oauth/consent"
  // A request, of a query or a posted form; the answer is the refusal.
  std::function<std::optional<web::HttpResponse>(std::string_view form, AuthorizationAsked& into)> read;
  // What the browser is sent back with once a person has allowed it.
  std::function<FormFields(const AuthorizationAsked& asked, AppGrant grant)> give;
};

// [any thread]
class ConsentPages {
 public:
  ConsentPages(DataHolder& holder, SmartAddresses addresses, ConsentFor what)
      : holder_(holder), addresses_(std::move(addresses)), what_(std::move(what)) {}

  // GET, or POST of the same fields by the application (FHIR-SMART-21).
  web::HttpResponse authorize(const web::HttpRequest& request);
  // The form of the consent page.
  web::HttpResponse consent(const web::HttpRequest& request);

 private:
  web::HttpResponse ask(const AuthorizationAsked& asked, const Session& session, int status,
                        const std::string& mistake) const;
  std::string page_of(const AuthorizationAsked& asked) const { return what_.page + "?" + asked.query; }

  DataHolder& holder_;
  SmartAddresses addresses_;
  ConsentFor what_;
};

}  // namespace bb::portal
