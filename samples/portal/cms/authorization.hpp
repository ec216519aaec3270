// portal/cms/authorization.hpp - where an application sends a person of Medicare: sign-in, the choice of what is
// shared, and back.
//
// Source: views and validators of the Blue Button web server (FHIR-BB2-08, -09, -15, -23). Nothing is kept between the
// steps.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "portal/cms/addresses.hpp"
#include "portal/cms/applications.hpp"
#include "portal/holder.hpp"
#include "portal/smart/codes.hpp"
#include "web/http_message.hpp"

namespace bb::portal::cms {

struct Asked {
  ClientPtr client;
  std::string redirect_uri;
  std::string state;
  std::vector<smart::Scope> scopes = {};  // those that may be given
  std::string code_challenge = {};
  bool is_spanish = false;
  std::string query = {};  // all of it, to ask the same again
};

// [any thread]
class Authorization {
 public:
  // `forget(client, account)`: ends what the person allowed the application before.
  using Forget = std::function<void(const std::string& client_id, const std::string& account)>;
  struct Parts {
    DataHolder& holder;
    Addresses addresses;
    const Applications& applications;
    Codes& codes;
    Clock clock;
    Forget forget;
  };
  explicit Authorization(Parts parts) : parts_(std::move(parts)) {}

  // GET, or POST of the same fields by the application.
  web::HttpResponse authorize(const web::HttpRequest& request);
  // The form of the page.
  web::HttpResponse consent(const web::HttpRequest& request);

 private:
  std::optional<web::HttpResponse> read(std::string_view form, Asked& into) const;
  std::optional<web::HttpResponse> read_application(const FormFields& fields, Asked& into) const;
  web::HttpResponse ask(const Asked& asked, const Session& session) const;
  web::HttpResponse give(const Asked& asked, const Session& session, std::vector<smart::Scope> scopes);

  Parts parts_;
};

}  // namespace bb::portal::cms
