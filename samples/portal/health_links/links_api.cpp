#include "portal/health_links/links_api.hpp"

#include <bb/core/json.hpp>

#include "portal/page_frame.hpp"
#include "portal/record_access.hpp"

namespace bb::portal::health_links {
namespace {

web::HttpResponse wrong_method(std::string_view allowed) {
  return web::HttpResponse::error(405, "method_not_allowed", "possible here: " + std::string(allowed))
      .with("Allow", allowed);
}

// The body of a request, an object; the answer where it is none.
std::optional<web::HttpResponse> read_object(const web::HttpRequest& request, Value& into) {
  if (request.media_type() != "application/json")
    return web::HttpResponse::error(415, "unsupported_media_type", "the body must be application/json");
  auto body = parse_json(request.body);
  if (!body || !body->is_object()) return web::HttpResponse::error(400, "malformed", "the body must be a JSON object");
  into = *std::move(body);
  return std::nullopt;
}

// A reader is a page of another site too.
web::HttpResponse to_response(const HealthLinks::Answer& answer, std::string_view file_type = "application/jose") {
  auto response = answer.file.empty() ? web::HttpResponse::json(answer.status, answer.value)
                                      : web::HttpResponse{200, std::string(file_type), answer.file, {}};
  return response.with("Access-Control-Allow-Origin", "*");
}

}  // namespace

bool LinksApi::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path.size() >= 2 && path[0] == "links") return true;
  return path.size() >= 4 && path[0] == "api" && path[1] == "patients" && path[3] == "health-links";
}

web::HttpResponse LinksApi::handle(const web::HttpRequest& request) {
  return request.path[0] == "links" ? link(request) : patient(request);
}

web::HttpResponse LinksApi::patient(const web::HttpRequest& request) {
  const auto& path = request.path;
  const auto access = record_access(holder_, request, path[2]);
  if (access.refusal) return *access.refusal;
  if (path.size() == 5) {
    if (request.method != "DELETE") return wrong_method("DELETE");
    return links_.revoke(path[2], path[4]) ? web::HttpResponse::empty(204)
                                           : web::HttpResponse::error(404, "not_found", "there is no such link");
  }
  if (path.size() != 4) return web::HttpResponse::error(404, "not_found", "there is nothing at this address");
  if (request.method != "POST") return wrong_method("POST");
  Value body;
  if (const auto refusal = read_object(request, body)) return *refusal;
  const auto made = links_.create(*access.session, path[2],
                                  {.flags = body["flags"].string_or(""),
                                   .label = body["label"].string_or(""),
                                   .passcode = body["passcode"].string_or("")});
  if (!made) return web::HttpResponse::error(422, "invalid", made.error().what);
  holder_.log_function(access.session, path[2], "a health link");
  return web::HttpResponse::json(201, *made);
}

web::HttpResponse LinksApi::link(const web::HttpRequest& request) {
  const auto& path = request.path;
  const bool is_get = request.method == "GET";
  if (path.size() == 2 && path[1] == "view")
    return message_page(200, "A health record was shared with you",
                        "Open this link with an application that reads SMART Health Links.");
  if (path.size() == 4 && path[2] == "files") {
    if (!is_get) return wrong_method("GET");
    if (holder_.defects().is_on(Defect::shl_file_needs_sign_in) && !record_access(holder_, request, "").session)
      return web::HttpResponse::error(401, "not_signed_in", "sign in first");
    return to_response(links_.file(path[1], path[3]),
                       holder_.defects().is_on(Defect::shl_file_as_json) ? "application/json" : "application/jose");
  }
  if (path.size() != 2) return web::HttpResponse::error(404, "not_found", "there is nothing at this address");
  const auto* const recipient = web::find_field(request.query, "recipient");
  const bool by_get = holder_.defects().is_on(Defect::shl_manifest_by_get);
  if (is_get && !by_get) return to_response(links_.direct_file(path[1], recipient != nullptr ? *recipient : ""));
  if (is_get) return to_response(links_.manifest(path[1], recipient != nullptr ? *recipient : "", "", std::nullopt));
  if (request.method != "POST" || by_get) return wrong_method("GET");
  Value body;
  if (const auto refusal = read_object(request, body)) return *refusal;
  const auto* const length = body.find("embeddedLengthMax");
  return to_response(
      links_.manifest(path[1], body["recipient"].string_or(""), body["passcode"].string_or(""),
                      length != nullptr && length->is_number() ? std::optional(length->integer_or(0)) : std::nullopt));
}

}  // namespace bb::portal::health_links
