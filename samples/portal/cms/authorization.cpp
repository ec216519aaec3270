#include "portal/cms/authorization.hpp"

#include <algorithm>
#include <limits>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/cms/answers.hpp"
#include "portal/cms/page_texts.hpp"
#include "portal/cms/scopes.hpp"
#include "portal/page_frame.hpp"
#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/redirect_uri.hpp"
#include "web/template.hpp"

namespace bb::portal::cms {
namespace {

constexpr std::size_t state_characters_min = 16;
// 13 months have 393 days at least: never longer (FHIR-BB2-12).
constexpr std::int64_t thirteen_months_seconds = std::int64_t{393} * 86'400;

web::HttpResponse send_back(const Asked& asked, FormFields fields) {
  fields.emplace_back("state", asked.state);
  return web::HttpResponse::redirect(with_query(asked.redirect_uri, fields));
}

web::HttpResponse send_back_error(const Asked& asked, std::string_view code, std::string_view why) {
  return send_back(asked, {{"error", std::string(code)}, {"error_description", std::string(why)}});
}

std::optional<std::int64_t> end_of(AccessType access, std::int64_t now_ns) {
  if (access == AccessType::one_time) return std::nullopt;
  if (access == AccessType::research) return std::numeric_limits<std::int64_t>::max();
  return now_ns + thirteen_months_seconds * ns_per_second;
}

bool has_demographics(const std::vector<smart::Scope>& scopes) {
  return std::any_of(scopes.begin(), scopes.end(), is_demographic);
}

}  // namespace

std::optional<web::HttpResponse> Authorization::read_application(const FormFields& fields, Asked& into) const {
  const auto& defects = parts_.holder.defects();
  into.client = parts_.applications.clients().find(field_of(fields, "client_id"));
  if (!into.client) return message_answer(400, "Invalid client_id: the application is not known");
  if (!parts_.applications.terms_of(into.client->id).is_active && !defects.is_on(Defect::cms_lets_inactive_in))
    return message_page(401, "The application cannot be let in", inactive_text(*into.client));
  if (find_field(fields, "client_secret") != nullptr)
    return message_answer(400, "Illegal query parameter [client_secret] detected");
  std::vector<std::string> missing;
  for (const auto* name : {"code_challenge", "code_challenge_method", "state"})
    if (field_of(fields, name).empty()) missing.emplace_back(name);
  if (parts_.addresses.version == Version::v3 && field_of(fields, "scope").empty()) missing.emplace_back("scope");
  into.state = field_of(fields, "state");
  if (!into.state.empty() && into.state.size() < state_characters_min &&
      !defects.is_on(Defect::cms_accepts_short_state))
    return message_answer(400, "State parameter should have a minimum of 16 characters");
  if (!missing.empty()) return message_answer(400, "Missing Required Parameter(s): " + join(missing, ", "));
  into.redirect_uri = field_of(fields, "redirect_uri");
  if (!is_registered_redirect(into.client->redirect_uris, into.redirect_uri))
    return message_answer(400, "Mismatching redirect URI: it is none that the application has on file");
  return std::nullopt;
}

std::optional<web::HttpResponse> Authorization::read(std::string_view form, Asked& into) const {
  const auto fields = read_form(form);
  if (!fields) return message_answer(400, "The request cannot be read: " + fields.error().what);
  if (const auto name = repeated_field(*fields)) return message_answer(400, *name + " stands more than once");
  if (auto refusal = read_application(*fields, into)) return refusal;
  if (field_of(*fields, "response_type") != "code")
    return send_back_error(into, "unsupported_response_type", "response_type must be code");
  const bool takes_plain = parts_.holder.defects().is_on(Defect::cms_accepts_plain_pkce);
  const auto method = field_of(*fields, "code_challenge_method");
  if (method != "S256" && !(takes_plain && method == "plain"))
    return send_back_error(into, "invalid_request", "code_challenge_method must be S256");
  into.scopes = scopes_of(field_of(*fields, "scope"), parts_.holder.defects());
  if (into.scopes.empty()) return send_back_error(into, "invalid_scope", "none of the scopes is known");
  into.code_challenge = field_of(*fields, "code_challenge");
  into.is_spanish = field_of(*fields, "lang") == "es";
  into.query = write_form(*fields);
  return std::nullopt;
}

web::HttpResponse Authorization::authorize(const web::HttpRequest& request) {
  const bool is_form = request.method == "POST";
  if (!is_form && request.method != "GET") return wrong_method_page(request, "GET, POST");
  Asked asked;
  if (auto refusal = read(is_form ? request.body : request.query_text, asked)) return *refusal;
  const auto session = parts_.holder.find_session(request.cookie(session_cookie), Client::browser);
  const auto path = parts_.addresses.authorize().substr(parts_.addresses.portal.size());
  return session ? ask(asked, *session) : sign_in_page(200, "", "", path + "?" + asked.query);
}

web::HttpResponse Authorization::ask(const Asked& asked, const Session& session) const {
  const auto* patient = parts_.holder.patients().find(session.account);
  if (patient == nullptr)
    return message_page(404, "There is nothing to share",
                        "You have no claims here. Nobody may share those of another person.");
  const auto origin = origin_of_redirect(asked.redirect_uri);
  if (!origin) return malformed_page(origin.error().what);
  const auto path = parts_.addresses.base().substr(parts_.addresses.portal.size());
  const auto& words = asked.is_spanish ? spanish : english;
  auto data = Value::object({{"name", asked.client->name},
                             {"person", patient->record.patient.name.full()},
                             {"csrf", session.csrf},
                             {"request", asked.query},
                             {"action", path + "/o/consent/"},
                             {"lang", words.language},
                             {"heading", words.heading},
                             {"claims", words.claims},
                             {"question", words.question},
                             {"share", words.share},
                             {"withhold", words.withhold},
                             {"allow", words.allow},
                             {"deny", words.deny}});
  if (has_demographics(asked.scopes)) data.set("has_demographics", true);
  return web::HttpResponse::html(
             200, lay_out(std::string(words.heading), web::fill_template(consent_template, data), session))
      .with("Content-Security-Policy", policy_with_form_to(*origin));
}

web::HttpResponse Authorization::consent(const web::HttpRequest& request) {
  if (request.method != "POST") return wrong_method_page(request, "POST");
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *refusal;
  Asked asked;
  if (auto refusal = read(text_of(form, "request"), asked)) return *refusal;
  const auto session = parts_.holder.find_session(request.cookie(session_cookie), Client::browser);
  if (!session || parts_.holder.patients().find(session->account) == nullptr)
    return message_page(403, "That did not work", "You are no longer signed in. Begin again at the application.");
  if (!has_session_token(form, session)) return forged_page();
  if (text_of(form, "decision") != "allow")
    return send_back_error(asked, "access_denied", "the person did not allow it");
  auto scopes = asked.scopes;
  // What is not said is not shared.
  const bool is_withheld = has_demographics(scopes) && text_of(form, "share_demographic_scopes") != "True";
  if (is_withheld && !parts_.holder.defects().is_on(Defect::cms_keeps_demographics))
    std::erase_if(scopes, is_demographic);
  if (scopes.empty()) return send_back_error(asked, "access_denied", "the person withheld all that was asked for");
  // What was allowed with demographics before must not outlive the choice.
  if (is_withheld) parts_.forget(asked.client->id, session->account);
  return give(asked, *session, std::move(scopes));
}

web::HttpResponse Authorization::give(const Asked& asked, const Session& session, std::vector<smart::Scope> scopes) {
  portal::Authorization authorization{
      .grant = {.client_id = asked.client->id,
                .subject = session.account,
                .patient = session.account,
                .scopes = std::move(scopes),
                .ends_unix_ns = end_of(parts_.applications.terms_of(asked.client->id).access, parts_.clock())},
      .redirect_uri = asked.redirect_uri,
      .code_challenge = asked.code_challenge,
      .nonce = {}};
  return send_back(asked, {{"code", parts_.codes.issue(std::move(authorization))}});
}

}  // namespace bb::portal::cms
