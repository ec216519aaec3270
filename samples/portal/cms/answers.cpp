#include "portal/cms/answers.hpp"

#include "portal/fhir/answers.hpp"

namespace bb::portal::cms {
namespace {

// FHIR R4, valueset-issue-type.
std::string_view issue_of(int status) {
  switch (status) {
    case 400:
      return "value";
    case 401:
      return "login";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 405:
    case 406:
      return "not-supported";
    default:
      return "exception";
  }
}

}  // namespace

web::HttpResponse message_answer(int status, std::string_view message) {
  return web::HttpResponse::json(status, Value::object({{"status_code", status}, {"message", message}}));
}

web::HttpResponse fhir_error(Version version, int status, std::string_view detail) {
  if (version == Version::v3) return fhir::error(status, issue_of(status), detail);
  return web::HttpResponse::json(status, Value::object({{"detail", detail}}));
}

std::string inactive_text(const SmartClient& client) {
  return "This application, " + client.name +
         ", is inactive. It has to be activated again before people can be sent here.";
}

}  // namespace bb::portal::cms
