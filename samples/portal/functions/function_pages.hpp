// functions/function_pages.hpp - the portal's functions for people: pages and forms that need no script.
//
//   /patients/{patient}/conversations, .../new, .../{id}
//   /patients/{patient}/refills  /appointments  /entries  /education  /settings  /feedback
//   /education/{id}              one page of material
#pragma once

#include "portal/functions/functions.hpp"
#include "web/http_message.hpp"

namespace bb::portal::functions {

class FunctionPages {
 public:
  explicit FunctionPages(Functions& functions) : functions_(functions) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse patient(const web::HttpRequest& request);
  web::HttpResponse show(int status, const web::HttpRequest& request, const std::optional<Session>& session,
                         const std::string& mistake);
  // What a form asks for; nothing to say where it was done.
  Answer act(const web::HttpRequest& request, const std::optional<Session>& session, const web::Fields& form);

  Functions& functions_;
};

// The page on which a patient writes a message; programs can read it too.
std::string compose_page(Functions& functions, const std::optional<Session>& session, const std::string& patient,
                         const std::string& mistake);

// One conversation; nothing where there is none.
std::optional<std::string> conversation_page(Functions& functions, const std::optional<Session>& session,
                                             const std::string& patient, const std::string& id,
                                             const std::string& mistake);

}  // namespace bb::portal::functions
