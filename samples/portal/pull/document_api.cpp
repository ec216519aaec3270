#include "portal/pull/document_api.hpp"

#include <array>
#include <span>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "portal/documents.hpp"
#include "portal/pages.hpp"
#include "portal/pull/scopes.hpp"
#include "portal/request_fields.hpp"
#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/scopes_offered.hpp"

namespace bb::portal::pull {
namespace {

// A form that an answer can have, and the names by which it may be asked for.
struct Form {
  std::string_view media_type;
  std::array<std::string_view, 4> names;
};
constexpr Form ccda{"text/xml", {"text/xml", "application/xml", "xml", "text/xml"}};
constexpr Form plain{"text/plain", {"text/plain", "text", "plain", "text/plain"}};
constexpr Form html{"text/html", {"text/html", "html", "application/xhtml+xml", "text/html"}};
constexpr Form atom{"text/xml", {"text/xml", "application/atom+xml", "application/xml", "xml"}};
constexpr Form json{"application/json", {"application/json", "json", "text/json", "application/json"}};

bool is_named(const Form& form, std::string_view name) {
  for (const auto one : form.names)
    if (one == name) return true;
  const auto kind = std::string(form.media_type.substr(0, form.media_type.find('/'))) + "/*";
  return name == "*/*" || name == kind;
}

// By `_format`, else by Accept, whose first range that can be served counts; the first form where neither asks for one.
// nullptr: none can be served.
const Form* form_for(const web::HttpRequest& request, std::span<const Form> forms, bool is_format_read) {
  const auto* format = is_format_read ? web::find_field(request.query, "_format") : nullptr;
  // The '+' of "application/atom+xml" came as it is, or as a blank.
  auto asked = format != nullptr ? replace_all(*format, " ", "+") : std::string(request.header("accept"));
  if (trim(asked).empty()) return &forms.front();
  for (const auto& range : split(to_lower(asked), ',')) {
    const auto name = trim(std::string_view(range).substr(0, range.find(';')));
    for (const auto& form : forms)
      if (is_named(form, name)) return &form;
  }
  return nullptr;
}

web::HttpResponse not_served(std::span<const Form> forms) {
  std::vector<std::string> types;
  for (const auto& form : forms) types.emplace_back(form.media_type);
  return web::HttpResponse::error(406, "not_acceptable", "answers here are " + join(types, ", "));
}

web::HttpResponse answer(const Form& form, std::string body) {
  // XML says its encoding itself.
  const bool is_xml = form.media_type == ccda.media_type;
  return {200, std::string(form.media_type) + (is_xml ? "" : "; charset=utf-8"), std::move(body), {}};
}

}  // namespace

std::optional<web::HttpResponse> DocumentApi::admit(const web::HttpRequest& request, std::string_view scope,
                                                    TokenAccess& into) const {
  if (request.method != "GET")
    return web::HttpResponse::error(405, "wrong_method", "possible here: GET").with("Allow", "GET");
  const auto token = bearer_token(request);
  auto access = access_tokens_.find(token);
  const auto& defects = holder_.defects();
  if (!access && defects.is_on(Defect::pull_no_challenge))
    return oauth_answer(401, Value::object({{"error", "invalid_token"}}));
  if (!access) return bearer_refusal(token);
  const bool has_any = has_scope(access->scopes, summary_scope) || has_scope(access->scopes, search_scope);
  if (!has_scope(access->scopes, scope) && !(has_any && defects.is_on(Defect::pull_ignores_scope)))
    return scope_refusal(scope);
  into = *std::move(access);
  return std::nullopt;
}

web::HttpResponse DocumentApi::summary(const web::HttpRequest& request) {
  TokenAccess access;
  if (auto refusal = admit(request, summary_scope, access)) return *refusal;
  const auto& defects = holder_.defects();
  static constexpr std::array<Form, 3> forms{ccda, plain, html};
  static constexpr std::array<Form, 3> html_first{html, ccda, plain};
  const std::span<const Form> served =
      defects.is_on(Defect::pull_summary_html_first)
          ? std::span<const Form>(html_first)
          : std::span<const Form>(forms).first(defects.is_on(Defect::pull_summary_xml_only) ? 1 : forms.size());
  const auto* form = form_for(request, served, !defects.is_on(Defect::pull_ignores_format));
  if (form == nullptr) return not_served(served);
  log(access, "download", "health summary (" + std::string(form->media_type) + ")");
  const auto& patient = *holder_.patients().find(access.patient);
  if (form->media_type == html.media_type) return answer(*form, record_page(patient.record, patient.id, {}, {}));
  if (form->media_type == plain.media_type)
    return answer(*form, write_document(*find_format("blue-button-text"), patient.record, clock_()));
  return answer(*form, patient.document);
}

web::HttpResponse DocumentApi::search(const web::HttpRequest& request) {
  TokenAccess access;
  if (auto refusal = admit(request, search_scope, access)) return *refusal;
  const auto& defects = holder_.defects();
  static constexpr std::array<Form, 2> forms{atom, json};
  const auto* form = form_for(request, forms, true);
  if (form == nullptr) return not_served(forms);
  auto filter = read_filter(request.query);
  if (!filter) return web::HttpResponse::error(400, "malformed", filter.error().what);
  if (defects.is_on(Defect::pull_search_ignores_type)) filter->types.clear();
  if (defects.is_on(Defect::pull_search_first_type_only) && filter->types.size() > 1) filter->types.resize(1);
  if (defects.is_on(Defect::pull_search_ignores_period)) filter->before_ns = filter->after_ns = std::nullopt;
  auto documents = documents_of(*holder_.patients().find(access.patient), started_ns_);
  std::erase_if(documents, [&](const Document& document) { return !filter->selects(document); });
  log(access, "view", "search for documents");
  if (documents.empty() && defects.is_on(Defect::pull_nothing_is_404))
    return web::HttpResponse::error(404, "not_found", "there are no such documents");
  const Listing listing{.search_url = addresses_.search(),
                        .documents_url = addresses_.documents(),
                        .publisher = "BlueBridge sample portal",
                        .now_ns = clock_(),
                        .has_types = !defects.is_on(Defect::pull_entry_without_type)};
  if (form->media_type == json.media_type) return answer(*form, to_json(bundle_of(documents, listing)));
  auto feed = atom_of(documents, listing);
  if (defects.is_on(Defect::pull_broken_atom)) feed = replace_all(feed, "</feed>", "");
  return answer(*form, std::move(feed));
}

web::HttpResponse DocumentApi::document(const web::HttpRequest& request, const std::string& id) {
  TokenAccess access;
  if (auto refusal = admit(request, search_scope, access)) return *refusal;
  const auto& defects = holder_.defects();
  const bool reads_others = defects.is_on(Defect::pull_reads_other_patients);
  for (const auto& patient : holder_.patients().all()) {
    if (patient.id != access.patient && !reads_others) continue;
    for (const auto& document : documents_of(patient, started_ns_)) {
      if (document.id != id || defects.is_on(Defect::pull_dead_locations)) continue;
      log(access, "download", document.title);
      return answer(defects.is_on(Defect::pull_wrong_media_type) ? html : ccda, content_of(patient, document));
    }
  }
  return web::HttpResponse::error(404, "not_found", "there is no such document");
}

void DocumentApi::log(const TokenAccess& access, std::string_view action, const std::string& what) {
  Event event;
  event.action = action;
  event.what = what;
  holder_.log_program(access.subject, access.client_id, access.patient, std::move(event));
}

}  // namespace bb::portal::pull
