// authorization_request.hpp - what an application asks for when it sends a person here, and what is wrong with it.
//
// Source: RFC 6749, 4.1.1 and 4.1.2.1; RFC 7636, 4.4.1; RFC 9207; SMART App Launch 2.2, "App Launch"
// (FHIR-SMART-20 to -24).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/form.hpp>
#include <bb/smart/scope.hpp>

#include "portal/defects.hpp"
#include "portal/smart/addresses.hpp"
#include "portal/smart/clients.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

inline constexpr std::size_t state_bytes_min = 16;

struct AuthorizationAsked {
  ClientPtr client;
  std::string redirect_uri;
  std::string state;
  std::vector<smart::Scope> scopes = {};  // those that may be given
  std::string code_challenge = {};
  std::string nonce = {};               // empty: none
  bool is_silent = false;               // OpenID Connect's "prompt=none": no page may be shown
  bool is_implicit = false;             // what goes back stands in the fragment (RFC 6749, 4.2)
  std::vector<std::string> notes = {};  // what the person has to know before anything else
  std::string query = {};               // all of it, to ask the same again
};

// Who asks and where the browser may be sent back to, of a request's fields: what has to be known before anything can
// be told to the application. `may_ask`: whether the protocol is the application's. The answer is a page.
using MayAsk = bool (*)(const SmartClient& client);
std::optional<web::HttpResponse> read_application(const FormFields& fields, const SmartClients& clients, MayAsk may_ask,
                                                  bool takes_any_redirect, AuthorizationAsked& into);
// A page for what cannot be told to the application.
web::HttpResponse unsafe_page(const std::string& why);

// Sends the browser back, with `state`, where there is one, and `iss` beside the fields.
web::HttpResponse send_back(const AuthorizationAsked& asked, FormFields fields, const SmartAddresses& addresses,
                            const Defects& defects);
web::HttpResponse send_back_error(const AuthorizationAsked& asked, std::string_view code, std::string_view why,
                                  const SmartAddresses& addresses, const Defects& defects);

// S256 of RFC 7636, where there is a challenge. The error is of another method, and of what is no such challenge.
[[nodiscard]] Status check_challenge(const FormFields& fields);

// A request of SMART, of a query or a posted form. The answer is the refusal: a page while it is not known where the
// browser may be sent back to, then a redirect.
std::optional<web::HttpResponse> read_authorization(std::string_view form, const SmartClients& clients,
                                                    const SmartAddresses& addresses, const Defects& defects,
                                                    AuthorizationAsked& into);

}  // namespace bb::portal
