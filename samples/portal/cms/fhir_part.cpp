#include "portal/cms/fhir_part.hpp"

#include <algorithm>
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/cms/answers.hpp"
#include "portal/cms/ids.hpp"
#include "portal/cms/scopes.hpp"
#include "portal/cms/search.hpp"
#include "portal/fhir/answers.hpp"
#include "portal/request_fields.hpp"
#include "portal/smart/scopes_offered.hpp"

namespace bb::portal::cms {
namespace {

constexpr std::array<std::string_view, 3> types{"Patient", "Coverage", "ExplanationOfBenefit"};
constexpr std::string_view not_permitted = "You do not have permission to perform this action.";

// JSON, under FHIR's type where that is asked for.
web::HttpResponse answer(const web::HttpRequest& request, const Value& resource) {
  const bool is_fhir = request.header("accept").find("fhir+json") != std::string_view::npos;
  return {200, is_fhir ? "application/fhir+json" : "application/json", to_json(resource), {}};
}

bool is_resource_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

web::HttpResponse FhirPart::error(int status, std::string_view detail) const {
  return fhir_error(addresses_.version, status, detail);
}

web::HttpResponse FhirPart::unauthorized() const {
  return error(401, "Authentication credentials were not provided, or have expired.")
      .with("WWW-Authenticate", "Bearer realm=\"api\"");
}

bool FhirPart::may(const TokenAccess& access, const std::string& type, char right) const {
  return cms::may(access.scopes, type, right) || holder_.defects().is_on(Defect::cms_ignores_scopes);
}

web::HttpResponse FhirPart::handle(const web::HttpRequest& request, const std::vector<std::string>& path) {
  const auto access = find_token_(bearer_token(request));
  if (!access) return unauthorized();
  const bool takes_post = request.method == "POST" && holder_.defects().is_on(Defect::cms_accepts_post);
  if (request.method != "GET" && !takes_post)
    return error(405, "Method \"" + request.method + "\" not allowed.").with("Allow", "GET");
  // `_format` is passed over, as CMS's server does.
  if (!fhir::takes(request, "application/json") && !fhir::takes(request, fhir::fhir_json))
    return error(406, "Could not satisfy the request Accept header.");
  const auto& type = path.empty() ? std::string() : path[0];
  if (std::find(types.begin(), types.end(), type) == types.end())
    return error(404, "The requested resource type, " + shorten(type, 60) + ", is not supported");
  // A path may end in a slash.
  if (path.size() == 1 || (path.size() == 2 && path[1].empty())) return search(request, type, *access);
  if (path.size() != 2) return error(404, "Not found.");
  if (type == "Patient" && path[1] == "$generate-insurance-card" && addresses_.version == Version::v3)
    return insurance_card(request, *access);
  return read(request, type, path[1], *access);
}

web::HttpResponse FhirPart::search(const web::HttpRequest& request, const std::string& type,
                                   const TokenAccess& access) {
  if (!may(access, type, 's')) return error(403, not_permitted);
  const auto& defects = holder_.defects();
  const auto query = read_query(type, request.query, defects);
  if (!query) return error(400, query.error().what);
  std::string account = access.patient;
  for (const auto& named : query->patients) {
    if (named == patient_id_of(account)) continue;
    if (!defects.is_on(Defect::cms_reads_other_patients)) return error(403, not_permitted);
    for (const auto& patient : holder_.patients().all())
      if (patient_id_of(patient.id) == named) account = patient.id;
  }
  auto found = data_().all(account, type);
  std::erase_if(found, [&](const fhir::Resource* one) { return !matches(*one, *query); });
  log(access, "view", "search of " + type + " (Blue Button)");
  return answer(request, page_of(found, *query, addresses_.fhir() + "/" + type, addresses_.fhir(), defects));
}

web::HttpResponse FhirPart::read(const web::HttpRequest& request, const std::string& type, const std::string& id,
                                 const TokenAccess& access) {
  if (!may(access, type, 'r')) return error(403, not_permitted);
  if (!is_resource_id(id))
    return error(400, "An error occurred contacting the upstream server:Unsupported ID pattern: " + shorten(id, 60));
  const auto& defects = holder_.defects();
  const auto* found = data_().find(type, id);
  const bool is_own =
      found != nullptr && (found->is_of(access.patient) || defects.is_on(Defect::cms_reads_other_patients));
  if (found == nullptr && defects.is_on(Defect::cms_unknown_is_server_error))
    return error(500, "An error occurred contacting the upstream server");
  if (!is_own) return error(404, "The requested resource does not exist");
  log(access, "view", found->reference() + " (Blue Button)");
  return answer(request, found->content);
}

web::HttpResponse FhirPart::insurance_card(const web::HttpRequest& request, const TokenAccess& access) {
  if (!may(access, "Patient", 'r') || !may(access, "Coverage", 'r')) return error(403, not_permitted);
  auto entries = Value::array();
  for (const auto* type : {"Patient", "Coverage"})
    for (const auto* one : data_().all(access.patient, type))
      entries.push(
          Value::object({{"fullUrl", addresses_.fhir() + "/" + one->reference()}, {"resource", one->content}}));
  log(access, "view", "insurance card (Blue Button)");
  return answer(request, Value::object({{"resourceType", "Bundle"},
                                        {"type", "collection"},
                                        {"timestamp", format_utc(now_unix_ns())},
                                        {"entry", std::move(entries)}}));
}

web::HttpResponse FhirPart::userinfo(const web::HttpRequest& request) {
  const auto access = find_token_(bearer_token(request));
  if (!access) return unauthorized();
  if (request.method != "GET") return error(405, "Method \"" + request.method + "\" not allowed.").with("Allow", "GET");
  const auto& defects = holder_.defects();
  if (!has_scope(access->scopes, "profile") && !defects.is_on(Defect::cms_ignores_scopes))
    return web::HttpResponse::json(403, Value::object({{"detail", not_permitted}}));
  const auto* patient = holder_.patients().find(access->patient);
  if (defects.is_on(Defect::cms_userinfo_of_another))
    for (const auto& other : holder_.patients().all())
      if (other.id != access->patient) patient = &other;
  const auto& name = patient->record.patient.name;
  const auto id = patient_id_of(patient->id);
  return web::HttpResponse::json(200, Value::object({{"sub", id},
                                                     {"name", name.full()},
                                                     {"given_name", join(name.given, " ")},
                                                     {"family_name", name.family},
                                                     {"email", patient->id + "@example.invalid"},
                                                     {"iat", format_utc(now_unix_ns())},
                                                     {"patient", id}}));
}

void FhirPart::log(const TokenAccess& access, std::string_view action, const std::string& what) {
  Event event;
  event.action = action;
  event.what = what;
  holder_.log_program(access.subject, access.client_id, access.patient, std::move(event));
}

}  // namespace bb::portal::cms
