#include "portal/record_access.hpp"

#include "portal/request_fields.hpp"

namespace bb::portal {

RecordAccess record_access(DataHolder& holder, const web::HttpRequest& request, const std::string& patient) {
  RecordAccess found{holder.find_session(bearer_token(request), Client::program), std::nullopt};
  const auto not_signed_in = [] {
    return web::HttpResponse::error(401, "not_signed_in", "sign in first: POST /api/session")
        .with("WWW-Authenticate", "Bearer");
  };
  if (!found.session) {
    found.refusal = not_signed_in();
    return found;
  }
  switch (holder.access(found.session, patient)) {
    case Access::not_signed_in:
      found.refusal = not_signed_in();
      break;
    case Access::not_yours:
      holder.log_refused(found.session, patient);
      found.refusal = web::HttpResponse::error(403, "not_yours", "this record is not yours to see");
      break;
    case Access::not_found:
      found.refusal = web::HttpResponse::error(404, "not_found", "there is no such patient");
      break;
    case Access::granted:
      break;
  }
  return found;
}

}  // namespace bb::portal
