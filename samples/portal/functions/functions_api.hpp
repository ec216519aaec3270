// functions/functions_api.hpp - the portal's functions for programs, below /api. docs/reference/portal-functions.md.
#pragma once

#include "portal/functions/functions.hpp"
#include "web/http_message.hpp"

namespace bb::portal::functions {

class FunctionsApi {
 public:
  explicit FunctionsApi(Functions& functions) : functions_(functions) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse patient(const web::HttpRequest& request);
  web::HttpResponse care(const web::HttpRequest& request);

  Functions& functions_;
};

}  // namespace bb::portal::functions
