#include "portal/pull/authorization.hpp"

#include <algorithm>

#include "portal/pull/scopes.hpp"
#include "portal/smart/oauth_answers.hpp"

namespace bb::portal::pull {
namespace {

bool is_of_pull(const SmartClient& client) { return client.pull.has_value(); }

// BBP-PULL-23, -24: who vouches for the application, and where it sends people back to.
std::vector<std::string> notes_about(const AuthorizationAsked& asked, const Defects& defects) {
  const auto& app = *asked.client->pull;
  const auto who = asked.client->name + (defects.is_on(Defect::pull_hides_app_uri) ? "" : ", " + app.uri);
  const auto back =
      defects.is_on(Defect::pull_hides_redirect) ? "the address that it sends you back to" : asked.redirect_uri;
  switch (app.trust) {
    case Trust::experimental:
      if (defects.is_on(Defect::pull_no_warning)) return {};
      return {
          "Warning: this is an experimental application, and nobody has checked who made it. Go on only if you trust " +
          back + ", where it sends you back to."};
    case Trust::semi_trusted:
      return {"A registry knows this application: " + who + ". It did not check " + back +
              ", where the application sends you back to."};
    case Trust::trusted:
      break;
  }
  return {"A registry knows this application, " + who + ", and where it sends you back to: " + back + "."};
}

}  // namespace

std::optional<web::HttpResponse> read_authorization(std::string_view form, const SmartClients& clients,
                                                    const SmartAddresses& addresses, const Defects& defects,
                                                    AuthorizationAsked& into) {
  const auto fields = read_form(form);
  if (!fields) return unsafe_page("Its request cannot be read");
  if (auto refusal =
          read_application(*fields, clients, is_of_pull, defects.is_on(Defect::pull_accepts_other_redirect), into))
    return refusal;
  const auto type = field_of(*fields, "response_type");
  into.is_implicit = type == "token";
  const auto back = [&](std::string_view code, std::string_view why) {
    if (defects.is_on(Defect::pull_errors_on_page)) return unsafe_page("Its request is wrong: " + std::string(why));
    return send_back_error(into, code, why, addresses, defects);
  };
  if (repeated_field(*fields)) return back("invalid_request", "a parameter stands more than once");
  if (type.empty()) return back("invalid_request", "response_type is missing");
  if (type != "code" && type != "token")
    return back("unsupported_response_type", "response_type must be code or token");
  if (into.is_implicit && defects.is_on(Defect::pull_implicit_broken))
    return back("unsupported_response_type", "response_type must be code");
  const auto& types = into.client->pull->response_types;
  if (std::find(types.begin(), types.end(), type) == types.end())
    return back("unauthorized_client", "the application did not register this response_type");
  // Older than PKCE; who sends a challenge is held to it.
  if (!field_of(*fields, "code_challenge").empty())
    if (const auto checked = check_challenge(*fields); !checked) return back("invalid_request", checked.error().what);
  auto scopes = read_asked(field_of(*fields, "scope"), into.client->pull->scopes, defects);
  if (!scopes) return back("invalid_scope", scopes.error().what);
  into.scopes = *std::move(scopes);
  into.code_challenge = field_of(*fields, "code_challenge");
  into.notes = notes_about(into, defects);
  into.query = write_form(*fields);
  return std::nullopt;
}

}  // namespace bb::portal::pull
