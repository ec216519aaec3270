// api.hpp - the portal for programs: JSON under /api, the sample destination
// under /inbox. Specified in docs/reference/portal-api.md.
#pragma once

#include <string>

#include "portal/holder.hpp"
#include "portal/inboxes.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

inline constexpr std::size_t api_body_bytes_max = 64 * 1024;
inline constexpr std::size_t inbox_body_bytes_max = std::size_t{32} * 1024 * 1024;
inline constexpr std::size_t destination_count_max = 10;

// How large the body of this request may be.
std::size_t body_bytes_max(const web::HttpRequest& request);

class Api {
 public:
  // `base_url` is the portal's own, without a slash at its end. `source_key`: what is behind /source in the address
  // of the door to the records' source; empty: there is none.
  Api(DataHolder& holder, Inboxes& inboxes, std::string base_url, std::string source_key)
      : holder_(holder), inboxes_(inboxes), base_url_(std::move(base_url)), source_key_(std::move(source_key)) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse route(const web::HttpRequest& request);
  web::HttpResponse session(const web::HttpRequest& request);
  web::HttpResponse patient(const web::HttpRequest& request);
  // The answer as it is, but under refusal-leaks.
  web::HttpResponse refusal(web::HttpResponse answer, const std::string& patient) const;
  web::HttpResponse list_items(const web::HttpRequest& request, const std::optional<Session>& session,
                               const std::string& patient);
  web::HttpResponse read_item(const web::HttpRequest& request, const std::optional<Session>& session,
                              const std::string& patient);
  web::HttpResponse download(const web::HttpRequest& request, const std::optional<Session>& session,
                             const std::string& patient);
  web::HttpResponse share(const web::HttpRequest& request, const std::optional<Session>& session,
                          const std::string& patient);
  web::HttpResponse list_messages(const web::HttpRequest& request, const std::string& patient);
  web::HttpResponse read_message(const std::string& id, const std::string& patient);
  web::HttpResponse activity(const web::HttpRequest& request, const std::string& patient);
  web::HttpResponse restrictions(const web::HttpRequest& request, const std::optional<Session>& session,
                                 const std::string& patient);
  web::HttpResponse source(const web::HttpRequest& request);
  web::HttpResponse inbox(const web::HttpRequest& request);
  web::HttpResponse inbox_address(const web::HttpRequest& request, const std::string& address);
  Value describe(const Session& session) const;

  DataHolder& holder_;
  Inboxes& inboxes_;
  std::string base_url_;
  std::string source_key_;
};

}  // namespace bb::portal
