#include "portal/smart/consent_pages.hpp"

#include <algorithm>

#include "portal/page_frame.hpp"
#include "portal/smart/page_texts.hpp"
#include "portal/smart/redirect_uri.hpp"
#include "portal/smart/scopes_offered.hpp"
#include "web/template.hpp"

namespace bb::portal {

web::HttpResponse ConsentPages::authorize(const web::HttpRequest& request) {
  if (request.method != "GET" && request.method != "POST") return wrong_method_page(request, "GET, POST");
  const bool is_form = request.method == "POST";
  if (is_form && request.media_type() != "application/x-www-form-urlencoded")
    return message_page(415, "That did not work", "An application asks by a query or a form.");
  AuthorizationAsked asked;
  const auto& defects = holder_.defects();
  if (auto refusal = what_.read(is_form ? request.body : request.query_text, asked)) return *refusal;
  const auto session = holder_.find_session(request.cookie(session_cookie), Client::browser);
  if (asked.is_silent)
    return send_back_error(asked, session ? "consent_required" : "login_required", "a person has to be asked",
                           addresses_, defects);
  return session ? ask(asked, *session, 200, "") : sign_in_page(200, "", "", page_of(asked), asked.notes);
}

web::HttpResponse ConsentPages::ask(const AuthorizationAsked& asked, const Session& session, int status,
                                    const std::string& mistake) const {
  const auto name_of = [&](const std::string& id) {
    const auto name = holder_.patients().find(id)->record.patient.name.full();
    return name.empty() ? id : name;
  };
  const auto origin = origin_of_redirect(asked.redirect_uri);
  if (!origin) return malformed_page(origin.error().what);
  auto scopes = Value::array();
  for (const auto& scope : asked.scopes)
    scopes.push(Value::object(
        {{"number", std::to_string(scopes.size() + 1)}, {"scope", scope.text}, {"words", words_of(scope)}}));
  auto data = Value::object({{"name", asked.client->name},
                             {"origin", *origin},
                             {"csrf", session.csrf},
                             {"form", what_.form},
                             {"notes", notes_for_pages(asked.notes)},
                             {"request", asked.query},
                             {"scopes", std::move(scopes)}});
  set_if_any(data, "mistake", mistake);
  if (needs_patient(asked.scopes)) {
    const auto ids = holder_.patients_for(session.account);
    if (ids.empty()) set_if_any(data, "mistake", "There is no health record that you may open, so you can only deny.");
    auto patients = Value::array();
    for (const auto& id : ids)
      patients.push(Value::object({{"id", id}, {"name", name_of(id)}, {"is_own", id == session.account}}));
    data.set("has_patients", ids.size() > 1);
    data.set("has_one", ids.size() == 1);
    if (ids.size() == 1) {
      data.set("one_id", ids.front());
      data.set("one_name", name_of(ids.front()));
    }
    data.set("patients", std::move(patients));
  }
  return web::HttpResponse::html(
             status, lay_out("Let " + asked.client->name + " in?", web::fill_template(consent_template, data), session))
      .with("Content-Security-Policy", policy_with_form_to(*origin));
}

web::HttpResponse ConsentPages::consent(const web::HttpRequest& request) {
  if (request.method != "POST") return wrong_method_page(request, "POST");
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *refusal;
  AuthorizationAsked asked;
  const auto& defects = holder_.defects();
  if (auto refusal = what_.read(text_of(form, "request"), asked)) return *refusal;
  const auto session = holder_.find_session(request.cookie(session_cookie), Client::browser);
  if (!session) return sign_in_page(200, "", "", page_of(asked), asked.notes);
  if (!has_session_token(form, session)) return forged_page();

  const auto chosen = web::all_fields(form, "scope");
  auto scopes = asked.scopes;
  std::erase_if(scopes, [&](const smart::Scope& scope) {
    return std::find(chosen.begin(), chosen.end(), scope.text) == chosen.end();
  });
  const bool is_denied = text_of(form, "decision") != "allow" || scopes.empty();
  if (is_denied && !defects.is_on(Defect::smart_code_after_denial))
    return send_back_error(asked, "access_denied", "the person did not allow it", addresses_, defects);
  if (is_denied || defects.is_on(Defect::smart_scope_beyond_consent)) scopes = asked.scopes;

  std::string patient;
  if (needs_patient(scopes)) {
    patient = text_of(form, "patient");
    const auto ids = holder_.patients_for(session->account);
    if (patient.empty() && is_denied && !ids.empty()) patient = ids.front();  // smart-code-after-denial
    if (std::find(ids.begin(), ids.end(), patient) == ids.end())
      return ask(asked, *session, 422, "Choose whose health record it is about.");
  }
  auto fields = what_.give(
      asked,
      {.client_id = asked.client->id, .subject = session->account, .patient = patient, .scopes = std::move(scopes)});
  return send_back(asked, std::move(fields), addresses_, defects);
}

}  // namespace bb::portal
