#include "portal/api_answers.hpp"

#include <string>

namespace bb::portal {

web::HttpResponse malformed(std::string_view why) { return web::HttpResponse::error(400, "malformed", why); }

web::HttpResponse not_signed_in(std::string_view why) {
  return web::HttpResponse::error(401, "not_signed_in", why).with("WWW-Authenticate", "Bearer");
}

web::HttpResponse not_yours(std::string_view why) { return web::HttpResponse::error(403, "not_yours", why); }

web::HttpResponse not_found(std::string_view what) { return web::HttpResponse::error(404, "not_found", what); }

web::HttpResponse wrong_method(const web::HttpRequest& request, std::string_view allowed) {
  return web::HttpResponse::error(405, "method_not_allowed",
                                  request.method + " is not possible here; possible: " + std::string(allowed))
      .with("Allow", allowed);
}

web::HttpResponse wrong_media_type(const web::HttpRequest& request, std::string_view expected) {
  return web::HttpResponse::error(415, "unsupported_media_type",
                                  "the body must be " + std::string(expected) + ", got '" + request.media_type() + "'");
}

web::HttpResponse invalid(std::string_view why) { return web::HttpResponse::error(422, "invalid", why); }

}  // namespace bb::portal
