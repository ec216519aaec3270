// pages.hpp - the portal for people: HTML pages and forms.
//
//   /                              to the sign-in, the record, or the choice of a person
//   /sign-in  /sign-out  /people
//   /patients/{patient}            the record; ?from=&until=
//   /patients/{patient}/items/{id} one visit
//   /patients/{patient}/download   a file; ?format=&item=&from=&until=
//   /patients/{patient}/share      the form, and what became of it
//   /patients/{patient}/messages       what came by Direct, and what became of shares
//   /patients/{patient}/messages/{id}  one message; with /mail behind it as it came
//   /patients/{patient}/history
//   /assets/portal.css
//
// A session is a cookie that no script reads and no other site sends. Each form
// carries a token of its session; without it nothing is done (403).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "portal/holder.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// The page that shows a record, to people and to programs alike.
std::string record_page(const records::Record& record, const std::string& patient, const Selection& selection,
                        const std::optional<Session>& session, HolderKind kind = HolderKind::provider);

// The page with the records of `others` below; as it is where there are none.
std::string with_others(std::string page, const std::vector<const Patient*>& others);

class Pages {
 public:
  explicit Pages(DataHolder& holder) : holder_(holder) {}
  web::HttpResponse handle(const web::HttpRequest& request);

  // /api/patients/{patient}/pages/{page}: a page as a person sees it, for a program that is signed in. `page` is
  // record, share, messages, history, proxies or sharing.
  static bool is_for_program(const web::HttpRequest& request);
  web::HttpResponse handle_for_program(const web::HttpRequest& request);

 private:
  web::HttpResponse start(const std::optional<Session>& session) const;
  web::HttpResponse sign_in(const web::HttpRequest& request);
  web::HttpResponse sign_out(const web::HttpRequest& request, const std::optional<Session>& session);
  web::HttpResponse people(const std::optional<Session>& session) const;
  web::HttpResponse patient(const web::HttpRequest& request, const std::optional<Session>& session);
  web::HttpResponse page_of_patient(const web::HttpRequest& request, const std::optional<Session>& session);
  web::HttpResponse record(const web::HttpRequest& request, const std::optional<Session>& session,
                           const std::string& patient, const Selection& selection);
  web::HttpResponse download(const web::HttpRequest& request, const std::optional<Session>& session,
                             const std::string& patient);
  web::HttpResponse share_form(int status, const std::optional<Session>& session, const std::string& patient,
                               const web::Fields& typed, const std::string& mistake) const;
  // Before a record goes by plain mail: what the patient has to know and to confirm.
  web::HttpResponse confirm_mail(const std::optional<Session>& session, const std::string& patient,
                                 const web::Fields& typed, const DataHolder::ShareAnswer& refused) const;
  web::HttpResponse share(const web::HttpRequest& request, const std::optional<Session>& session,
                          const std::string& patient);
  web::HttpResponse history(const web::HttpRequest& request, const std::optional<Session>& session,
                            const std::string& patient) const;
  web::HttpResponse messages(const std::optional<Session>& session, const std::string& patient) const;
  web::HttpResponse message(const std::string& id, const std::optional<Session>& session,
                            const std::string& patient) const;
  web::HttpResponse mail(const std::string& id, const std::string& patient) const;
  std::string name_of(const std::string& patient) const;

  DataHolder& holder_;
};

}  // namespace bb::portal
