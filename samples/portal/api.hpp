// api.hpp - the portal for programs: JSON under /api, the sample destination
// under /inbox. Specified in docs/reference/portal-api.md.
#pragma once

#include <string>

#include "portal/holder.hpp"
#include "portal/http_message.hpp"
#include "portal/inboxes.hpp"

namespace bb::portal {

inline constexpr std::size_t api_body_bytes_max = 64 * 1024;
inline constexpr std::size_t inbox_body_bytes_max = std::size_t{32} * 1024 * 1024;
inline constexpr std::size_t destination_count_max = 10;

// How large the body of this request may be.
std::size_t body_bytes_max(const HttpRequest& request);

class Api {
 public:
  // `base_url` is the portal's own, without a slash at its end.
  Api(DataHolder& holder, Inboxes& inboxes, std::string base_url)
      : holder_(holder), inboxes_(inboxes), base_url_(std::move(base_url)) {}

  static bool is_for(const HttpRequest& request);
  HttpResponse handle(const HttpRequest& request);

 private:
  HttpResponse session(const HttpRequest& request);
  HttpResponse patient(const HttpRequest& request);
  // The answer as it is, but under refusal-leaks.
  HttpResponse refusal(HttpResponse answer, const std::string& patient) const;
  HttpResponse list_items(const HttpRequest& request, const std::optional<Session>& session,
                          const std::string& patient);
  HttpResponse read_item(const HttpRequest& request, const std::optional<Session>& session, const std::string& patient);
  HttpResponse download(const HttpRequest& request, const std::optional<Session>& session, const std::string& patient);
  HttpResponse share(const HttpRequest& request, const std::optional<Session>& session, const std::string& patient);
  HttpResponse list_messages(const HttpRequest& request, const std::string& patient);
  HttpResponse read_message(const std::string& id, const std::string& patient);
  HttpResponse activity(const HttpRequest& request, const std::string& patient);
  HttpResponse inbox(const HttpRequest& request);
  HttpResponse inbox_address(const HttpRequest& request, const std::string& address);
  Value describe(const Session& session) const;

  DataHolder& holder_;
  Inboxes& inboxes_;
  std::string base_url_;
};

}  // namespace bb::portal
