// source_api.hpp - the record system behind the portal, for tests alone: entries come, are corrected and are retracted,
// documents arrive. JSON under /api/source, with a key of its own; where the portal was started without one nothing is
// there. Specified in docs/reference/portal-api.md.
#pragma once

#include <string>

#include "portal/holder.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

class SourceApi {
 public:
  // `key`: what stands behind "Bearer "; empty: nobody may.
  SourceApi(DataHolder& holder, std::string key) : holder_(holder), key_(std::move(key)) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse change(const Value& body, const std::string& patient);
  web::HttpResponse document(const Value& body);
  web::HttpResponse decide(const Value& body, const std::string& patient);

  DataHolder& holder_;
  std::string key_;
};

}  // namespace bb::portal
