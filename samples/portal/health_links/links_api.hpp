// health_links/links_api.hpp - SMART Health Links over HTTP: /api/patients/{patient}/health-links for who makes them,
// /links for who has one. docs/reference/portal-health-links.md.
#pragma once

#include "portal/health_links/health_links.hpp"
#include "web/http_message.hpp"

namespace bb::portal::health_links {

class LinksApi {
 public:
  explicit LinksApi(DataHolder& holder, std::string base_url) : holder_(holder), links_(holder, std::move(base_url)) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse patient(const web::HttpRequest& request);
  web::HttpResponse link(const web::HttpRequest& request);

  DataHolder& holder_;
  HealthLinks links_;
};

}  // namespace bb::portal::health_links
