// access_pages.hpp - what patients decide on their records, for people: /patients/{patient}/proxies and
// /patients/{patient}/sharing, with forms to grant, limit and withdraw.
#pragma once

#include <optional>
#include <string>

#include "portal/holder.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

class AccessPages {
 public:
  explicit AccessPages(DataHolder& holder) : holder_(holder) {}

  // Whether it is one of these pages, of a patient.
  static bool is_for(const web::HttpRequest& request);
  // What of the record the page is about.
  static Part part_of(const web::HttpRequest& request);
  // To somebody who was let in.
  web::HttpResponse handle(const web::HttpRequest& request, const std::optional<Session>& session,
                           const std::string& patient);

 private:
  web::HttpResponse proxies(const std::optional<Session>& session, const std::string& patient, int status,
                            const std::string& mistake) const;
  web::HttpResponse sharing(const std::optional<Session>& session, const std::string& patient, int status,
                            const std::string& mistake) const;
  // Empty: it was done; else what was wrong with the form.
  std::string change_proxies(const web::Fields& form, const std::string& patient);
  std::string change_sharing(const web::Fields& form, const Session& session, const std::string& patient);

  DataHolder& holder_;
};

// The page with whose record is open above everything else (PORTAL-PROXY-06); as it is where it is no page or where
// nobody is named. `open`: whom the page shows.
web::HttpResponse with_open_record(web::HttpResponse answer, const records::Patient& open, const Defects& defects);

}  // namespace bb::portal
