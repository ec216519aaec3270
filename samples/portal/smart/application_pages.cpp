#include "portal/smart/application_pages.hpp"

#include <bb/core/time.hpp>

#include "portal/page_frame.hpp"
#include "portal/smart/page_texts.hpp"
#include "portal/smart/scopes_offered.hpp"
#include "web/template.hpp"

namespace bb::portal {
namespace {

constexpr const char* own_page = "/oauth/manage";

}  // namespace

web::HttpResponse ApplicationPages::handle(const web::HttpRequest& request) {
  const auto session = holder_.find_session(request.cookie(session_cookie), Client::browser);
  if (request.method == "GET") return session ? show(*session) : sign_in_page(200, "", "", own_page);
  if (request.method != "POST") return wrong_method_page(request, "GET, POST");
  if (!session) return sign_in_page(200, "", "", own_page);
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *refusal;
  if (!has_session_token(form, session)) return forged_page();
  const auto wanted = text_of(form, "grant");
  for (const auto& of : allowed_)
    for (const auto& grant : of.grants.list(session->account))
      if (grant.id == wanted) {
        of.grants.revoke(grant.id);
        of.access_tokens.revoke_grant(grant.id);
      }
  return web::HttpResponse::redirect(own_page);
}

Value ApplicationPages::shown(const AppGrant& grant, const Allowed& of, const Session& session) const {
  const auto client = of.clients.find(grant.client_id);
  auto words = Value::array();
  for (const auto& scope : grant.scopes) words.push(Value::object({{"text", words_of(scope)}}));
  auto data = Value::object({{"id", grant.id},
                             {"name", client ? client->name : grant.client_id},
                             {"since", format_date(grant.given_unix_ns)},
                             {"words", std::move(words)}});
  if (const auto* patient = holder_.patients().find(grant.patient))
    set_if_any(data, "patient", patient->record.patient.name.full());
  if (grant.subject != session.account) set_if_any(data, "by", grant.subject);
  return data;
}

web::HttpResponse ApplicationPages::show(const Session& session) const {
  auto grants = Value::array();
  for (const auto& of : allowed_)
    for (const auto& grant : of.grants.list(session.account)) grants.push(shown(grant, of, session));
  const auto data =
      Value::object({{"has_grants", grants.size() > 0}, {"csrf", session.csrf}, {"grants", std::move(grants)}});
  return web::HttpResponse::html(200,
                                 lay_out("Applications", web::fill_template(applications_template, data), session));
}

}  // namespace bb::portal
