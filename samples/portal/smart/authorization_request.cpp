#include "portal/smart/authorization_request.hpp"

#include <algorithm>

#include "portal/page_frame.hpp"
#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/redirect_uri.hpp"
#include "portal/smart/scopes_offered.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t nonce_bytes_max = 1'000;

struct Mistake {
  std::string_view code;
  std::string why;
};

// RFC 7636, 4.2: the base64url of a SHA-256.
bool is_challenge(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return text.size() == 43 && std::all_of(text.begin(), text.end(), is_allowed);
}

std::optional<Mistake> mistake_of_challenge(const FormFields& fields, const Defects& defects) {
  const auto method = field_of(fields, "code_challenge_method");
  if (field_of(fields, "code_challenge").empty()) {
    if (defects.is_on(Defect::smart_needs_no_pkce)) return std::nullopt;
    return Mistake{"invalid_request", "code_challenge is missing"};
  }
  if (defects.is_on(Defect::smart_accepts_plain_pkce) && (method.empty() || method == "plain")) return std::nullopt;
  if (const auto checked = check_challenge(fields); !checked) return Mistake{"invalid_request", checked.error().what};
  return std::nullopt;
}

std::optional<Mistake> mistake_of(const FormFields& fields, const SmartAddresses& addresses, const Defects& defects) {
  const auto type = field_of(fields, "response_type");
  if (type.empty()) return Mistake{"invalid_request", "response_type is missing"};
  if (type != "code") return Mistake{"unsupported_response_type", "response_type must be code"};
  if (!field_of(fields, "request").empty()) return Mistake{"request_not_supported", "request is not supported"};
  if (!field_of(fields, "request_uri").empty())
    return Mistake{"request_uri_not_supported", "request_uri is not supported"};
  // FHIR-SMART-23: a token for this server is of no use to another, and whoever asks for one may mean to pass it on.
  const auto audience = field_of(fields, "aud");
  if (audience != addresses.fhir_base() && !(defects.is_on(Defect::smart_accepts_wrong_audience) && !audience.empty()))
    return Mistake{"invalid_request", "aud must be " + addresses.fhir_base()};
  // FHIR-SMART-24: nothing here launches applications, so every value is wrong.
  if (!field_of(fields, "launch").empty()) return Mistake{"invalid_request", "launch: there is no such launch"};
  if (field_of(fields, "nonce").size() > nonce_bytes_max)
    return Mistake{"invalid_request", "nonce has more than 1000 bytes"};
  return mistake_of_challenge(fields, defects);
}

bool is_of_smart(const SmartClient& client) { return !client.pull; }

}  // namespace

web::HttpResponse unsafe_page(const std::string& why) {
  return message_page(400, "The application cannot be let in",
                      why + ". You were not sent back to it, and it got nothing. Tell those who made the application.");
}

Status check_challenge(const FormFields& fields) {
  // RFC 7636, 4.3: without a method it is plain.
  if (field_of(fields, "code_challenge_method") != "S256") return Error{"code_challenge_method must be S256"};
  if (!is_challenge(field_of(fields, "code_challenge")))
    return Error{"code_challenge is not the base64url of a SHA-256"};
  return {};
}

web::HttpResponse send_back(const AuthorizationAsked& asked, FormFields fields, const SmartAddresses& addresses,
                            const Defects& defects) {
  const bool is_changed = defects.is_on(asked.client->pull ? Defect::pull_changes_state : Defect::smart_changes_state);
  if (!asked.state.empty()) fields.emplace_back("state", asked.state + (is_changed ? "0" : ""));
  fields.emplace_back("iss", addresses.base);
  // A redirect address has no fragment of its own.
  return web::HttpResponse::redirect(asked.is_implicit ? asked.redirect_uri + "#" + write_form(fields)
                                                       : with_query(asked.redirect_uri, fields));
}

web::HttpResponse send_back_error(const AuthorizationAsked& asked, std::string_view code, std::string_view why,
                                  const SmartAddresses& addresses, const Defects& defects) {
  return send_back(asked, {{"error", std::string(code)}, {"error_description", std::string(why)}}, addresses, defects);
}

std::optional<web::HttpResponse> read_application(const FormFields& fields, const SmartClients& clients, MayAsk may_ask,
                                                  bool takes_any_redirect, AuthorizationAsked& into) {
  for (const auto* name : {"client_id", "redirect_uri", "state"})
    if (std::count_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; }) > 1)
      return unsafe_page(std::string("Its request has ") + name + " more than once");
  into.client = clients.find(field_of(fields, "client_id"));
  if (!into.client || !may_ask(*into.client)) return unsafe_page("The portal does not know it");
  into.redirect_uri = field_of(fields, "redirect_uri");
  const bool is_registered = is_registered_redirect(into.client->redirect_uris, into.redirect_uri);
  const bool is_taken = takes_any_redirect && origin_of_redirect(into.redirect_uri);
  if (!is_registered && !is_taken) return unsafe_page("It did not register the address that it wants you sent back to");
  into.state = field_of(fields, "state");
  return std::nullopt;
}

std::optional<web::HttpResponse> read_authorization(std::string_view form, const SmartClients& clients,
                                                    const SmartAddresses& addresses, const Defects& defects,
                                                    AuthorizationAsked& into) {
  const auto fields = read_form(form);
  if (!fields) return unsafe_page("Its request cannot be read");
  if (auto refusal =
          read_application(*fields, clients, is_of_smart, defects.is_on(Defect::smart_accepts_other_redirect), into))
    return refusal;
  // FHIR-BB2-09: 400. An answer with such a state could not be told from a forged one.
  if (into.state.size() < state_bytes_min) return unsafe_page("Its request has no state of 16 characters or more");

  const auto back = [&](std::string_view code, std::string_view why) {
    return send_back_error(into, code, why, addresses, defects);
  };
  if (repeated_field(*fields)) return back("invalid_request", "a parameter stands more than once");
  if (const auto mistake = mistake_of(*fields, addresses, defects)) return back(mistake->code, mistake->why);
  auto scopes = offered(field_of(*fields, "scope"), ScopesFor::person);
  if (!scopes) return back("invalid_scope", scopes.error().what);
  into.scopes = *std::move(scopes);
  into.code_challenge = field_of(*fields, "code_challenge");
  into.nonce = field_of(*fields, "nonce");
  into.is_silent = field_of(*fields, "prompt") == "none";
  into.query = write_form(*fields);
  return std::nullopt;
}

}  // namespace bb::portal
