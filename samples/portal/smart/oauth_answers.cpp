#include "portal/smart/oauth_answers.hpp"

namespace bb::portal {

web::HttpResponse oauth_answer(int status, const Value& value) {
  return web::HttpResponse::json(status, value).with("Pragma", "no-cache");
}

web::HttpResponse oauth_refusal(std::string_view code, std::string_view description) {
  return oauth_answer(code == "invalid_client" ? 401 : 400,
                      Value::object({{"error", code}, {"error_description", description}}));
}

web::HttpResponse bearer_refusal(std::string_view token) {
  return oauth_answer(401, Value::object({{"error", "invalid_token"}}))
      .with("WWW-Authenticate", token.empty() ? "Bearer" : "Bearer error=\"invalid_token\"");
}

web::HttpResponse scope_refusal(std::string_view scope) {
  return oauth_answer(403, Value::object({{"error", "insufficient_scope"}}))
      .with("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"" + std::string(scope) + "\"");
}

web::HttpResponse with_cors(web::HttpResponse answer) { return answer.with("Access-Control-Allow-Origin", "*"); }

web::HttpResponse preflight(std::string_view methods) {
  return with_cors(web::HttpResponse::empty(204))
      .with("Access-Control-Allow-Methods", methods)
      .with("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type")
      .with("Access-Control-Max-Age", "600");
}

std::optional<web::HttpResponse> read_oauth_form(const web::HttpRequest& request, FormFields& into) {
  if (request.media_type() != "application/x-www-form-urlencoded")
    return oauth_refusal("invalid_request", "the body must be application/x-www-form-urlencoded");
  auto fields = read_form(request.body);
  if (!fields) return oauth_refusal("invalid_request", fields.error().what);
  // RFC 6749, 3.2: "Request and response parameters MUST NOT be included more than once."
  if (repeated_field(*fields)) return oauth_refusal("invalid_request", "a parameter stands more than once");
  into = *std::move(fields);
  return std::nullopt;
}

std::string_view field_of(const FormFields& fields, std::string_view name) {
  const auto* field = find_field(fields, name);
  return field == nullptr ? std::string_view() : std::string_view(*field);
}

}  // namespace bb::portal
