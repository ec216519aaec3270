#include "portal/fhir/answers.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/parts.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::string_view first_version = "W/\"1\"";

bool is_unchanged(const web::HttpRequest& request, const std::string& modified) {
  const auto known = request.header("if-none-match");
  if (known.empty()) return request.header("if-modified-since") == modified;
  for (const auto& one : split(known, ','))
    if (const auto tag = trim(one); tag == "*" || tag == first_version || tag == first_version.substr(2)) return true;
  return false;
}

}  // namespace

Value outcome(std::string_view severity, std::string_view code, std::string_view diagnostics) {
  auto issue = Value::object({{"severity", severity}, {"code", code}, {"diagnostics", diagnostics}});
  return Value::object({{"resourceType", "OperationOutcome"}, {"issue", list_of(std::move(issue))}});
}

web::HttpResponse answer(int status, const Value& resource) {
  return {status, std::string(fhir_json), to_json(resource), {}};
}

web::HttpResponse error(int status, std::string_view code, std::string_view diagnostics) {
  return answer(status, outcome("error", code, diagnostics));
}

web::HttpResponse not_found(std::string_view diagnostics) { return error(404, "not-found", diagnostics); }

web::HttpResponse unauthorized(std::string_view diagnostics, bool with_challenge) {
  auto refused = error(401, "login", diagnostics);
  if (with_challenge) refused.with("WWW-Authenticate", "Bearer realm=\"bluebridge-portal\"");
  return refused;
}

web::HttpResponse forbidden(std::string_view diagnostics) {
  return error(403, "forbidden", diagnostics).with("WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
}

web::HttpResponse wrong_method(const web::HttpRequest& request, std::string_view allowed) {
  return error(405, "not-supported", request.method + " is not possible here; possible: " + std::string(allowed))
      .with("Allow", allowed);
}

std::string http_date(std::int64_t unix_ns) {
  const auto seconds = static_cast<std::time_t>(unix_ns / ns_per_second);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text;
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

web::HttpResponse resource_answer(const web::HttpRequest& request, const Resource& resource) {
  const auto modified = http_date(resource.last_updated_ns);
  auto sent = is_unchanged(request, modified) ? web::HttpResponse::empty(304) : answer(200, resource.content);
  sent.with("ETag", first_version).with("Last-Modified", modified);
  return sent;
}

bool takes(const web::HttpRequest& request, std::string_view media_type) {
  const auto accept = to_lower(request.header("accept"));
  if (trim(accept).empty()) return true;
  const auto kind = std::string(media_type.substr(0, media_type.find('/'))) + "/*";
  const auto ranges = split(accept, ',');
  return std::any_of(ranges.begin(), ranges.end(), [&](const std::string& range) {
    const auto named = trim(std::string_view(range).substr(0, range.find(';')));
    return named == "*/*" || named == kind || named == media_type;
  });
}

bool takes_fhir_json(const web::HttpRequest& request) {
  if (const auto* format = web::find_field(request.query, "_format")) {
    // The '+' of "application/fhir+json" came as it is, or as a blank.
    const auto named = replace_all(to_lower(format->substr(0, format->find(';'))), " ", "+");
    return named == "json" || named == "application/json" || named == fhir_json || named == "text/json";
  }
  return takes(request, fhir_json) || takes(request, "application/json") || takes(request, "text/json");
}

}  // namespace bb::portal::fhir
