#include "portal/page_frame.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "portal/page_texts.hpp"
#include "web/template.hpp"

namespace bb::portal {

std::string lay_out(const std::string& title, const std::string& content, const std::optional<Session>& session,
                    const std::string& patient, Where where) {
  auto data = Value::object({{"title", title},
                             {"content", content},
                             {"is_record", where == Where::record},
                             {"is_share", where == Where::share},
                             {"is_messages", where == Where::messages},
                             {"is_history", where == Where::history},
                             {"is_conversations", where == Where::conversations},
                             {"is_refills", where == Where::refills},
                             {"is_appointments", where == Where::appointments},
                             {"is_entries", where == Where::entries},
                             {"is_education", where == Where::education}});
  if (session) {
    data.set("account", Value::object({{"account", session->account}}));
    data.set("csrf", session->csrf);
    if (!patient.empty() && patient != session->account)
      data.set("acting_for", Value::object({{"acting_for", patient}}));
  }
  if (!patient.empty()) data.set("patient", Value::object({{"patient", percent_encode(patient)}}));
  return web::fill_template(layout_template, data);
}

std::string policy_with_form_to(const std::string& origin) {
  return "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' " + origin +
         "; base-uri 'none'; frame-ancestors 'none'";
}

web::HttpResponse message_page(int status, const std::string& heading, const std::string& text) {
  const auto content = web::fill_template(
      message_template,
      Value::object({{"heading", heading}, {"text", text}, {"link", "/"}, {"link_text", "Go to the start page"}}));
  return web::HttpResponse::html(status, lay_out(heading, content));
}

web::HttpResponse wrong_method_page(const web::HttpRequest& request, std::string_view allowed) {
  return message_page(405, "Not possible", request.method + " is not possible here; possible: " + std::string(allowed))
      .with("Allow", allowed);
}

web::HttpResponse not_found_page() { return message_page(404, "Not found", "There is no such page."); }

web::HttpResponse malformed_page(const std::string& why) {
  return message_page(400, "That did not work", "Reason: " + why + ".");
}

web::HttpResponse forged_page() {
  return message_page(403, "That did not work",
                      "The form was not one of this session. Open the page again and repeat.");
}

web::HttpResponse sign_in_page(int status, const std::string& mistake, const std::string& typed,
                               const std::string& next, const std::vector<std::string>& notes) {
  const auto token = random_token();
  auto data = Value::object({{"csrf", token}, {"typed", typed}, {"notes", notes_for_pages(notes)}});
  set_if_any(data, "mistake", mistake);
  set_if_any(data, "next", next);
  return web::HttpResponse::html(status, lay_out("Sign in", web::fill_template(sign_in_template, data)))
      .with("Set-Cookie", std::string(form_cookie) + "=" + token + std::string(cookie_attributes));
}

Value notes_for_pages(const std::vector<std::string>& notes) {
  auto list = Value::array();
  for (const auto& note : notes) list.push(Value::object({{"text", note}}));
  return list;
}

bool is_page_behind_sign_in(std::string_view path_and_query) {
  const auto is_printable = [](char c) { return c > 0x20 && c < 0x7f; };
  const bool is_known = path_and_query.starts_with("/oauth/authorize?") ||
                        path_and_query.starts_with("/pull/authorize?") || path_and_query == "/oauth/manage" ||
                        path_and_query.starts_with("/v2/o/authorize/?") ||
                        path_and_query.starts_with("/v3/o/authorize/?");
  return is_known && std::all_of(path_and_query.begin(), path_and_query.end(), is_printable);
}

void set_if_any(Value& data, std::string_view key, const std::string& text) {
  if (!text.empty()) data.set(key, Value::object({{key, text}}));
}

std::string text_of(const web::Fields& fields, std::string_view name) {
  const auto* text = web::find_field(fields, name);
  return text != nullptr ? *text : "";
}

std::optional<web::HttpResponse> read_page_form(const web::HttpRequest& request, web::Fields& into) {
  if (request.media_type() != "application/x-www-form-urlencoded")
    return message_page(415, "That did not work", "This page takes its own form only.");
  auto fields = web::parse_form(request.body);
  if (!fields) return malformed_page(fields.error().what);
  into = *std::move(fields);
  return std::nullopt;
}

bool has_session_token(const web::Fields& form, const std::optional<Session>& session) {
  const auto* token = web::find_field(form, "csrf");
  return token != nullptr && session && !session->csrf.empty() && equal_constant_time(*token, session->csrf);
}

}  // namespace bb::portal
