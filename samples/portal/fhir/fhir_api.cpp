#include "portal/fhir/fhir_api.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/answers.hpp"
#include "portal/fhir/claim_mistakes.hpp"
#include "portal/fhir/clinical_document.hpp"
#include "portal/fhir/ids.hpp"
#include "portal/fhir/operations.hpp"
#include "portal/fhir/parts.hpp"
#include "portal/fhir/patient_summary.hpp"
#include "portal/request_fields.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

Handling handling_of(const web::HttpRequest& request) {
  return to_lower(request.header("prefer")).find("handling=strict") == std::string::npos ? Handling::lenient
                                                                                         : Handling::strict;
}

// Any web page may ask: what it gets depends on its token alone (FHIR-SMART-09).
void allow_other_origins(web::HttpResponse& response) {
  response.with("Access-Control-Allow-Origin", "*")
      .with("Access-Control-Expose-Headers",
            "Content-Location, ETag, Expires, Last-Modified, Location, Retry-After, WWW-Authenticate, X-Progress");
}

web::HttpResponse preflight() {
  auto allowed = web::HttpResponse::empty(204);
  allowed.with("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS")
      .with("Access-Control-Allow-Headers",
            "Accept, Authorization, Content-Type, If-Modified-Since, If-None-Match, Prefer")
      .with("Access-Control-Max-Age", "600");
  return allowed;
}

std::vector<std::string> patients_in(const std::vector<const Resource*>& resources) {
  std::vector<std::string> patients;
  for (const auto* resource : resources)
    if (resource->owners.size() == 1 &&
        std::find(patients.begin(), patients.end(), resource->owners.front()) == patients.end())
      patients.push_back(resource->owners.front());
  return patients;
}

// The parameters of an operation, of its address and its body; a refusal of a body that cannot be meant.
std::optional<web::HttpResponse> read_parameters(const web::HttpRequest& request, FormFields& fields) {
  fields = request.query;
  if (request.method != "POST" || request.body.empty()) return std::nullopt;
  const auto type = request.media_type();
  if (type != fhir_json && type != "application/json")
    return error(415, "not-supported", "the body must be " + std::string(fhir_json));
  const auto more = read_operation_body(request.body);
  if (!more) return error(400, "structure", more.error().what);
  fields.insert(fields.end(), more->begin(), more->end());
  return std::nullopt;
}

// By the type of documents, or by a category of reports that is one of notes.
bool is_for_notes(const Query& query) {
  return std::any_of(query.criteria.begin(), query.criteria.end(), [&](const Criterion& criterion) {
    const auto name = criterion.parameter->name;
    return (query.type == "DocumentReference" && name == "type") ||
           (query.type == "DiagnosticReport" && name == "category" &&
            criterion.values.front().find("LP") != std::string::npos);
  });
}

// The bytes of a Binary, to who did not ask for the resource.
web::HttpResponse binary_answer(const web::HttpRequest& request, const Resource& binary) {
  const auto accept = to_lower(request.header("accept"));
  // Clients say application/json too when they mean the resource: fhirclient does.
  const bool is_resource_wanted = accept.find(fhir_json) != std::string::npos ||
                                  accept.find("application/json") != std::string::npos ||
                                  (web::find_field(request.query, "_format") != nullptr && takes_fhir_json(request));
  if (is_resource_wanted) return resource_answer(request, binary);
  const auto type = binary.content["contentType"].string_or("");
  if (!takes(request, type))
    return error(406, "not-supported", "this content is " + type + " or, as a resource, " + std::string(fhir_json));
  auto sent = resource_answer(request, binary);
  if (sent.status != 200) return sent;
  sent.content_type = type;
  sent.body = base64_decode(binary.content["data"].string_or("")).value_or("");
  return sent;
}

}  // namespace

FhirApi::FhirApi(DataHolder& holder, FindToken find_token, const std::string& portal_url, OauthUris uris)
    : holder_(holder),
      find_token_(std::move(find_token)),
      base_url_(portal_url + "/fhir/r4"),
      uris_(std::move(uris)),
      started_ns_(now_unix_ns()),
      exports_(base_url_, holder.defects()) {}

bool FhirApi::is_for(const web::HttpRequest& request) {
  return request.path.size() >= 2 && request.path[0] == "fhir" && request.path[1] == "r4";
}

web::HttpResponse FhirApi::dress_refusal(std::string_view target, web::HttpResponse refusal) {
  if (!target.starts_with("/fhir/r4/")) return refusal;
  const auto said = parse_json(refusal.body);
  auto dressed = error(refusal.status, "structure", said ? (*said)["error"]["message"].string_or("") : "");
  allow_other_origins(dressed);
  return dressed;
}

web::HttpResponse FhirApi::handle(const web::HttpRequest& request) {
  const Path path(request.path.begin() + 2, request.path.end());
  auto response = request.method == "OPTIONS" ? preflight() : route(request, path);
  if (response.status >= 400 && holder_.defects().is_on(Defect::fhir_html_errors)) {
    const auto headers = std::move(response.headers);
    response = web::HttpResponse::html(response.status, "<!DOCTYPE html><html><body><h1>Error</h1></body></html>");
    response.headers = headers;
  }
  allow_other_origins(response);
  return response;
}

web::HttpResponse FhirApi::route(const web::HttpRequest& request, const Path& path) {
  const auto& defects = holder_.defects();
  if (path.size() == 1 && path[0] == "metadata") {
    if (request.method != "GET") return wrong_method(request, "GET");
    if (!takes_fhir_json(request)) return error(406, "not-supported", "answers here are " + std::string(fhir_json));
    return answer(200, capability_statement(base_url_, uris_, started_ns_, defects));
  }
  const bool is_bulk_file = path.size() == 3 && path[0] == bulk_folder;
  if (is_bulk_file && defects.is_on(Defect::fhir_bulk_file_without_token))
    return exports_.file(request, path[1], path[2], std::nullopt);
  auto permissions = permissions_of(request);
  if (!permissions && !path.empty() && path[0] == claim_type && defects.is_on(Defect::carin_open_claims))
    permissions = Permissions({.scopes = smart::read_scopes("system/*.rs")}, "", {}, base_url_, defects);
  if (!permissions)
    return unauthorized(bearer_token(request).empty() ? "an access token is needed: 'Authorization: Bearer ...'"
                                                      : "the access token is unknown or has expired",
                        !defects.is_on(Defect::fhir_no_challenge));
  return authorized(request, path, *permissions);
}

std::optional<Permissions> FhirApi::permissions_of(const web::HttpRequest& request) const {
  const auto bearer = bearer_token(request);
  auto token = bearer.empty() ? std::nullopt : find_token_(bearer);
  if (!token) return std::nullopt;
  std::string patient;
  for (const auto& one : holder_.patients().all())
    if (!token->patient.empty() && (one.id == token->patient || patient_id_of(one.id) == token->patient))
      patient = one.id;
  auto patients =
      token->subject.empty() ? std::vector<std::string>() : holder_.patients_for(token->subject, Right::view);
  // A representative whose access was withdrawn has a token still.
  const bool is_open = token->subject.empty() || patient.empty() ||
                       std::find(patients.begin(), patients.end(), patient) != patients.end();
  if (!is_open) patient.clear();
  const auto* const own = holder_.patients().find(patient);
  const bool is_limited = own != nullptr && !token->subject.empty() && token->subject != patient;
  auto withheld = is_limited ? own->withheld : std::vector<std::string>();
  return Permissions(*std::move(token), std::move(patient), std::move(patients), base_url_, holder_.defects(),
                     std::move(withheld));
}

web::HttpResponse FhirApi::authorized(const web::HttpRequest& request, const Path& path,
                                      const Permissions& permissions) {
  if (path.empty()) return not_found("there is nothing at the base; see " + base_url_ + "/metadata");
  if (path[0] == bulk_folder) return bulk(request, path, permissions);
  if (find_type(path[0]) == nullptr)
    return not_found("there are no resources of the type '" + path[0] + "' here; see " + base_url_ + "/metadata");
  if (path.back() == "$export") return kick_off(request, path, permissions);
  const bool is_binary_read = path[0] == "Binary" && request.method == "GET";
  if (!is_binary_read && !takes_fhir_json(request))
    return error(406, "not-supported", "answers here are " + std::string(fhir_json));
  return of_type(request, path, permissions);
}

web::HttpResponse FhirApi::bulk(const web::HttpRequest& request, const Path& path, const Permissions& permissions) {
  if (!permissions.is_system()) return forbidden("an export needs a token with system scopes");
  const auto& client = permissions.token().client_id;
  if (path.size() == 2) return exports_.status(request, path[1], client);
  if (path.size() == 3) return exports_.file(request, path[1], path[2], client);
  return not_found("there is nothing at this address");
}

web::HttpResponse FhirApi::kick_off(const web::HttpRequest& request, const Path& path, const Permissions& permissions) {
  const bool is_of_patients = path.size() == 2 && path[0] == "Patient";
  const bool is_of_group = path.size() == 3 && path[0] == "Group";
  if (!is_of_patients && !is_of_group) return not_found("there is no such operation; see " + base_url_ + "/metadata");
  if (request.method != "GET") return wrong_method(request, "GET");
  if (!permissions.is_system()) return forbidden("an export needs a token with system scopes");
  if (is_of_group && path[1] != everybody_group) return not_found("there is no such group");
  const auto url = with_query(base_url_ + "/" + join(path, "/"), request.query);
  auto begun = exports_.kick_off(request, url, permissions, store());
  if (begun.status == 202) {
    std::vector<std::string> patients;
    for (const auto& patient : holder_.patients().all()) patients.push_back(patient.id);
    log(permissions, patients, "download", "export of all patients' records (FHIR)");
  }
  return begun;
}

web::HttpResponse FhirApi::of_type(const web::HttpRequest& request, const Path& path, const Permissions& permissions) {
  const auto& type = path[0];
  if (path.size() == 1 || (path.size() == 2 && path[1] == "_search")) {
    const auto* allowed = path.size() == 1 ? "GET" : "POST";
    if (request.method != allowed) return wrong_method(request, allowed);
    return search(request, type, permissions);
  }
  const bool is_operation = path.back().starts_with('$');
  if (type == "DocumentReference" && path.size() == 2 && path[1] == "$docref") return docref(request, permissions);
  if (type == "Patient" && path.size() == 3 && path[2] == "$everything")
    return everything(request, path[1], permissions);
  if (type == "Patient" && (path.size() == 2 || path.size() == 3) && path.back() == "$summary")
    return summary(request, path.size() == 3 ? path[1] : "", permissions);
  const bool is_versioned = path.size() == 4 && path[2] == "_history";
  if (is_operation || (path.size() != 2 && !is_versioned))
    return not_found("there is nothing at this address; see " + base_url_ + "/metadata");
  if (request.method != "GET") return wrong_method(request, "GET");
  if (is_versioned && path[3] != "1") return not_found("there is no such version of this resource");
  return read(request, type, path[1], permissions);
}

web::HttpResponse FhirApi::search(const web::HttpRequest& request, const std::string& type,
                                  const Permissions& permissions) {
  const auto& defects = holder_.defects();
  if (!find_type(type)->is_searched) return error(400, "not-supported", type + " can be read and not searched");
  if (!permissions.may(type, 's')) return forbidden("the token has no scope to search " + type);
  FormFields fields = request.query;
  const bool is_post = request.method == "POST";
  if (is_post) {
    if (!request.body.empty() && request.media_type() != form_type)
      return error(415, "not-supported", "the body must be " + std::string(form_type));
    auto form = read_form(request.body);
    if (!form) return error(400, "structure", form.error().what);
    if (defects.is_on(Defect::fhir_post_search_differs) && form->size() > 1) form->pop_back();
    fields.insert(fields.end(), form->begin(), form->end());
  }
  std::size_t offset = 0;
  if (const auto* text = find_field(fields, page_parameter)) {
    auto page = read_page(*text);
    if (!page) return error(400, "value", "this page is of no search: ask for the first page again");
    offset = page->offset;
    fields = std::move(page->fields);
  }
  auto query = read_query(type, fields, handling_of(request));
  if (!query) return error(400, "value", query.error().what);
  spoil_claim_search(*query, defects);
  const bool sees_all = type == claim_type && defects.is_on(Defect::carin_other_patients_claims);
  if (defects.is_on(Defect::fhir_include_ignored)) query->includes.clear();
  const Matching matching{base_url_, defects.is_on(Defect::fhir_date_ignores_prefix)};
  Found found{{}, base_url_ + "/" + type, query->page_entries, query->is_count_only, query->ignored, query->fields};
  for (const auto& resource : store().all())
    if (resource.type == type && (sees_all || permissions.sees(resource, 's')) && matches(resource, *query, matching))
      found.matches.push_back(&resource);
  if (defects.is_on(Defect::fhir_notes_not_found) && is_for_notes(*query)) found.matches.clear();
  if (defects.is_on(Defect::fhir_search_misses) && found.matches.size() > 1) found.matches.pop_back();
  auto patients = patients_in(found.matches);
  // A search that found nothing looked into the patient's record too.
  const auto& own = permissions.patient();
  if (!own.empty() && std::find(patients.begin(), patients.end(), own) == patients.end()) patients.push_back(own);
  log(permissions, patients, "view", "search of " + type + " (FHIR)");
  return answer(200, searchset(found, offset, base_url_, defects, [&](const Resource& match) {
                  auto included = included_with(match, *query, store());
                  std::erase_if(included, [&](const Resource* one) {
                    return !permissions.sees(*one, 'r') && !permissions.sees(*one, 's');
                  });
                  return included;
                }));
}

web::HttpResponse FhirApi::read(const web::HttpRequest& request, const std::string& type, const std::string& id,
                                const Permissions& permissions) {
  if (!permissions.may(type, 'r') && !(type == "Binary" && permissions.may("DocumentReference", 'r')))
    return forbidden("the token has no scope to read " + type);
  const auto resource = find(type, id);
  // Whose a resource is, and that there is one, is nobody else's business (FHIR-ERR-06).
  const bool is_lost = type == claim_type && holder_.defects().is_on(Defect::carin_claims_unread);
  if (!resource || is_lost || !may_read(*resource, permissions)) {
    if (!resource && holder_.defects().is_on(Defect::fhir_unknown_id_answered))
      return answer(200, outcome("information", "informational", "nothing was found"));
    return not_found("there is no " + type + " with this id");
  }
  log(permissions, patients_in({&*resource}), type == "Binary" ? "download" : "view",
      resource->reference() + " (FHIR)");
  return type == "Binary" ? binary_answer(request, *resource) : resource_answer(request, *resource);
}

web::HttpResponse FhirApi::everything(const web::HttpRequest& request, const std::string& id,
                                      const Permissions& permissions) {
  if (request.method != "GET") return wrong_method(request, "GET");
  if (!permissions.may("Patient", 'r')) return forbidden("the token has no scope to read Patient");
  const auto patient = find("Patient", id);
  if (!patient || !may_read(*patient, permissions)) return not_found("there is no Patient with this id");
  FormFields fields = request.query;
  std::size_t offset = 0;
  if (const auto* text = find_field(fields, page_parameter)) {
    auto page = read_page(*text);
    if (!page) return error(400, "value", "this page is of no operation: ask for the first page again");
    offset = page->offset;
    fields = std::move(page->fields);
  }
  const auto query = read_everything(fields, handling_of(request));
  if (!query) return error(400, "value", query.error().what);
  const auto& account = patient->owners.front();
  Found found{everything_of(account, *query, permissions, store()),
              base_url_ + "/Patient/" + id + "/$everything",
              query->page_entries,
              false,
              {},
              fields};
  log(permissions, {account}, "download", "everything (FHIR)");
  return answer(200, searchset(found, offset, base_url_, holder_.defects(),
                               [](const Resource&) { return std::vector<const Resource*>(); }));
}

web::HttpResponse FhirApi::docref(const web::HttpRequest& request, const Permissions& permissions) {
  if (request.method != "GET" && request.method != "POST") return wrong_method(request, "GET, POST");
  if (!permissions.may("DocumentReference", 'r') && !permissions.may("DocumentReference", 's'))
    return forbidden("the token has no scope to read DocumentReference");
  FormFields fields;
  if (auto refusal = read_parameters(request, fields)) return *std::move(refusal);
  const auto query = read_docref(fields, base_url_);
  if (!query) return error(400, "value", query.error().what);
  Found found{{}, base_url_ + "/DocumentReference/$docref", page_entries_default, false, {}, fields};
  std::optional<Resource> summary;
  for (const auto& patient : holder_.patients().all()) {
    if (patient_id_of(patient.id) != query->patient) continue;
    if (query->is_for_summary()) {
      summary = find("DocumentReference", clinical_document_id(patient, query->range));
      if (summary) found.matches.push_back(&*summary);
    } else {
      found.matches = documents_of(patient.id, *query, store());
    }
    std::erase_if(found.matches, [&](const Resource* one) { return !may_read(*one, permissions); });
    if (!found.matches.empty()) log(permissions, {patient.id}, "view", "search of documents (FHIR)");
  }
  found.page_entries = std::max<std::size_t>(found.matches.size(), 1);
  return answer(200, searchset(found, 0, base_url_, holder_.defects(),
                               [](const Resource&) { return std::vector<const Resource*>(); }));
}

web::HttpResponse FhirApi::summary(const web::HttpRequest& request, const std::string& id,
                                   const Permissions& permissions) {
  if (request.method != "GET" && request.method != "POST") return wrong_method(request, "GET, POST");
  if (!permissions.may("Patient", 'r')) return forbidden("the token has no scope to read Patient");
  FormFields fields;
  if (auto refusal = read_parameters(request, fields)) return *std::move(refusal);
  const auto query = read_summary(fields, handling_of(request));
  if (!query) return error(400, "value", query.error().what);
  if (id.empty() == query->identifier.empty())
    return error(400, "required", "a summary is asked for by Patient/[id]/$summary or by the parameter 'identifier'");
  const Resource* patient = id.empty() ? nullptr : store().find("Patient", id);
  if (!query->identifier.empty()) {
    const auto criterion = read_criterion(*find_parameter("Patient", "identifier"), "", query->identifier);
    if (!criterion) return error(400, "value", criterion.error().what);
    for (const auto& one : store().all())
      if (one.type == "Patient" && may_read(one, permissions) && matches(one, *criterion, {})) {
        if (patient != nullptr) return error(400, "multiple-matches", "'identifier' is of more than one Patient");
        patient = &one;
      }
  }
  if (patient == nullptr || !may_read(*patient, permissions)) return not_found("there is no such Patient");
  log(permissions, {patient->owners.front()}, "download", "patient summary (FHIR)");
  const Making making{base_url_, started_ns_, holder_.defects()};
  const Summary made{base_url_, portal_organization(making).reference(), now_unix_ns(), holder_.defects()};
  return answer(200, patient_summary(*patient, made, permissions, store()));
}

std::optional<Resource> FhirApi::find(const std::string& type, const std::string& id) {
  if (const auto* resource = store().find(type, id)) return *resource;
  const bool is_binary = type == "Binary";
  if (!is_binary && type != "DocumentReference") return std::nullopt;
  for (const auto& patient : holder_.patients().all()) {
    const auto range = range_of_id(id, patient);
    if (!range) continue;
    auto document = clinical_document(patient, base_url_, *range);
    auto& content = is_binary ? document.binary : document.reference;
    set_meta(content, started_ns_);
    return Resource{type, id, std::move(content), started_ns_, {patient.id}};
  }
  return std::nullopt;
}

bool FhirApi::may_read(const Resource& resource, const Permissions& permissions) {
  if (holder_.defects().is_on(Defect::fhir_reads_other_patients)) return true;
  if (permissions.sees(resource, 'r')) return true;
  // A Binary has the protection of its document, which is under the same id.
  if (resource.type != "Binary") return false;
  const auto document = find("DocumentReference", resource.id);
  return document && permissions.sees(*document, 'r');
}

void FhirApi::log(const Permissions& permissions, const std::vector<std::string>& patients, std::string_view action,
                  const std::string& what) {
  for (const auto& patient : patients) {
    Event event;
    event.action = action;
    event.what = what;
    holder_.log_program(permissions.token().subject, permissions.token().client_id, patient, std::move(event));
  }
}

const Store& FhirApi::store() {
  const auto change_count = holder_.change_count();
  const std::lock_guard lock(stores_mutex_);
  auto& made = stores_[change_count];
  if (!made) made = std::make_unique<Store>(holder_.patients(), Making{base_url_, started_ns_, holder_.defects()});
  return *made;
}

}  // namespace bb::portal::fhir
