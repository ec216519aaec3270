#include "pages/member_pages.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/secret_bytes.hpp>
#include <bb/core/uri.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "oauth_probe.hpp"
#include "pages/sign_in_form.hpp"
#include "probe_arguments.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view member_page = "web-page";

// The form of a page that came; BB_E_PROTOCOL for what is none.
std::optional<SignInForm> form_of(const HttpResponse& response, std::string_view doing) {
  auto form = find_sign_in_form(response.body);
  if (!form) throw plugins::not_this_api(doing, form.error().what);
  return *std::move(form);
}

}  // namespace

MemberPages::MemberPages(const Context& context)
    : secret_(context.require<Secret>()),
      base_url_(context.config("/base_url")),
      sign_in_page_(context.config_if("/sign_in_page").value_or("/sign-in")),
      visit_(context.require<Http>(), origin_of(base_url_)) {}

SignIn MemberPages::open(Call& call, const bb_auth_request& request) {
  constexpr std::string_view doing = "signing in";
  if (is_open_) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  const auto account = to_view(request.account), secret_name = to_view(request.secret_password);
  if (account.empty() || secret_name.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in by password needs an account and the name of its secret"};
  const auto page = visit_.get(call, resolved_url(base_url_, sign_in_page_), doing);
  if (plugins::status_of_answer(page.status) != BB_OK) throw plugins::failure_of_answer(page, doing);
  auto form = form_of(page, doing);
  if (!form)
    throw plugins::not_this_api(
        doing, "the page has no form with an account and a password; name the right one in /sign_in_page");
  const SecretBytes password(secret_.read(call, secret_name));
  form->fields[form->account].second = account;
  form->fields[form->password].second = password.bytes();
  const auto answer = visit_.post(call, resolved_url(visit_.url(), form->action), form->fields, doing);
  wipe(form->fields[form->password].second);
  if (plugins::status_of_answer(answer.status) != BB_OK) throw plugins::failure_of_answer(answer, doing);
  // A site that does not let somebody in shows the form again.
  if (form_of(answer, doing)) throw Failure{BB_E_UNAUTHENTICATED, "signing in: the site asks for the password again"};
  info_ = {.method = BB_AUTH_PASSWORD, .subject = std::string(account)};
  is_open_ = true;
  return info_;
}

SessionInfo MemberPages::describe(Call& call) {
  call.check();
  if (!is_open_) throw Failure{BB_E_UNAUTHENTICATED, "describing the session: nobody is signed in"};
  return info_;
}

void MemberPages::close(Call&) {
  visit_.forget_cookies();
  is_open_ = false;
}

void MemberPages::list_probes(Call&, Probes& out) {
  out.emit(member_page, "Reads a page as who is signed in, and follows at most five redirects", R"({
    "type": "object", "additionalProperties": false, "required": ["page"],
    "properties": {"page": {"type": "string", "maxLength": 2000}, "beside": {"type": "string", "maxLength": 2000}}})");
}

void MemberPages::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  call.check();
  if (name != member_page) throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
  // The public page that a site leads nobody to would be judged as the one behind it.
  if (!is_open_) throw Failure{BB_E_STATE, "web-page: sign in first, the probe needs a session"};
  const auto given = plugins::parse_arguments(arguments);
  const auto url = resolved_url(resolved_url(base_url_, given["beside"].string_or("")), given["page"].string_or(""));
  const auto answer = visit_.get(call, url, member_page);
  if (media_type_of(answer) == "text/html") {
    const auto form = find_sign_in_form(answer.body);
    if (form && *form) throw Failure{BB_E_UNAUTHENTICATED, "web-page: the site asks for the password again"};
  }
  emit_answer(member_page, answer, out, plugins::failure_of_answer);
}

}  // namespace bb::rest
