// page_frame.hpp - what all pages of the portal have around and between them: the layout, messages, the sign-in
// form, and the token that each form carries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>

#include "portal/sessions.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

inline constexpr std::string_view session_cookie = "__Host-session";
inline constexpr std::string_view form_cookie = "__Host-form";  // for the sign-in form, which has no session yet
inline constexpr std::string_view cookie_attributes = "; Path=/; Secure; HttpOnly; SameSite=Strict";

enum class Where {
  elsewhere,
  record,
  share,
  messages,
  history,
  conversations,
  refills,
  appointments,
  entries,
  education
};

// A whole page; `content` is HTML.
std::string lay_out(const std::string& title, const std::string& content, const std::optional<Session>& session = {},
                    const std::string& patient = "", Where where = Where::elsewhere);

// The policy of a page whose form ends in a redirect to `origin`: a browser follows it only where the policy names it.
std::string policy_with_form_to(const std::string& origin);

web::HttpResponse message_page(int status, const std::string& heading, const std::string& text);
web::HttpResponse wrong_method_page(const web::HttpRequest& request, std::string_view allowed);
web::HttpResponse not_found_page();
web::HttpResponse malformed_page(const std::string& why);
// To a form without its session's token.
web::HttpResponse forged_page();

// `next`: where a sign-in that succeeds leads, if is_page_behind_sign_in(); else to the start page. `notes`: what who
// signs in has to know first.
web::HttpResponse sign_in_page(int status, const std::string& mistake, const std::string& typed,
                               const std::string& next = "", const std::vector<std::string>& notes = {});
// As templates have them: a list of {"text": ...}.
Value notes_for_pages(const std::vector<std::string>& notes);
bool is_page_behind_sign_in(std::string_view path_and_query);

// Text that a template shows only when there is some.
void set_if_any(Value& data, std::string_view key, const std::string& text);
// The first field of the name; empty where there is none.
std::string text_of(const web::Fields& fields, std::string_view name);
// The fields of a posted form, or the answer to one that cannot be read.
std::optional<web::HttpResponse> read_page_form(const web::HttpRequest& request, web::Fields& into);
bool has_session_token(const web::Fields& form, const std::optional<Session>& session);

}  // namespace bb::portal
