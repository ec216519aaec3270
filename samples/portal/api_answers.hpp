// api_answers.hpp - the refusals of the portal's API, each one way.
#pragma once

#include <string_view>

#include "web/http_message.hpp"

namespace bb::portal {

web::HttpResponse malformed(std::string_view why);                                               // 400
web::HttpResponse not_signed_in(std::string_view why);                                           // 401
web::HttpResponse not_yours(std::string_view why);                                               // 403
web::HttpResponse not_found(std::string_view what);                                              // 404
web::HttpResponse wrong_method(const web::HttpRequest& request, std::string_view allowed);       // 405
web::HttpResponse wrong_media_type(const web::HttpRequest& request, std::string_view expected);  // 415
web::HttpResponse invalid(std::string_view why);                                                 // 422

}  // namespace bb::portal
