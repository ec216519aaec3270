#include "portal/pull/pull_server.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

#include "portal/page_frame.hpp"
#include "portal/pull/authorization.hpp"
#include "portal/pull/scopes.hpp"
#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/scopes_offered.hpp"

namespace bb::portal::pull {
namespace {

web::HttpResponse wrong_method(std::string_view allowed) {
  return web::HttpResponse::error(405, "wrong_method", "possible here: " + std::string(allowed)).with("Allow", allowed);
}

web::HttpResponse not_found() { return web::HttpResponse::error(404, "not_found", "there is nothing at this address"); }

}  // namespace

PullServer::PullServer(DataHolder& holder, SmartServer::Shared oauth, std::unique_ptr<Registry> registry,
                       std::string trust_bundle_pem, Clock clock)
    : holder_(holder),
      oauth_(std::move(oauth)),
      registry_(std::move(registry)),
      trust_bundle_pem_(std::move(trust_bundle_pem)),
      clock_(std::move(clock)),
      registration_(*registry_, oauth_.clients, clock_, holder.defects()),
      consent_pages_(holder, oauth_.addresses, consent()),
      documents_(holder, Addresses{oauth_.addresses.base}, oauth_.access_tokens, clock_) {}

bool PullServer::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  return (path.size() >= 2 && path[0] == "pull") || (path.size() == 3 && path[0] == ".well-known" && path[1] == "bb");
}

web::HttpResponse PullServer::handle(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path.size() == 2 && path[1] == "authorize") return consent_pages_.authorize(request);
  if (path.size() == 2 && path[1] == "consent") return consent_pages_.consent(request);
  // Applications that live in a browser ask from pages of other sites.
  return request.method == "OPTIONS" ? preflight("GET, POST") : with_cors(program(request));
}

web::HttpResponse PullServer::program(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path[0] == ".well-known") return well_known(request, path[2]);
  const auto& name = path[1];
  if (path.size() == 3 && name == "registry") return of_registry(request, path[2]);
  if (path.size() == 3 && name == "documents") return documents_.document(request, path[2]);
  if (path.size() != 2) return not_found();
  if (name == "register") return request.method == "POST" ? registration_.handle(request) : wrong_method("POST");
  if (name == "summary") return documents_.summary(request);
  if (name == "search") return documents_.search(request);
  return not_found();
}

web::HttpResponse PullServer::well_known(const web::HttpRequest& request, const std::string& name) const {
  if (request.method != "GET") return wrong_method("GET");
  if (name == "registry.json") return web::HttpResponse::json(200, registry_->registry_document());
  if (name == "providers.json") return web::HttpResponse::json(200, registry_->providers_document());
  if (name == "apps.json") return web::HttpResponse::json(200, registry_->apps_document());
  return not_found();
}

web::HttpResponse PullServer::of_registry(const web::HttpRequest& request, const std::string& name) const {
  const bool is_introspection = name == "introspect";
  if (request.method != (is_introspection ? "POST" : "GET")) return wrong_method(is_introspection ? "POST" : "GET");
  if (name == "jwks") return {200, "application/json", registry_->key_set(), {}};
  if (name == "trust-bundle.pem") return {200, "application/x-pem-file", trust_bundle_pem_, {}};
  if (!is_introspection) return not_found();
  FormFields form;
  if (auto refusal = read_oauth_form(request, form)) return *refusal;
  return oauth_answer(200, registry_->introspect(field_of(form, "token")));
}

ConsentFor PullServer::consent() {
  return {.page = "/pull/authorize",
          .form = "/pull/consent",
          .read =
              [this](std::string_view form, AuthorizationAsked& into) {
                return pull::read_authorization(form, oauth_.clients, oauth_.addresses, holder_.defects(), into);
              },
          .give = [this](const AuthorizationAsked& asked, AppGrant grant) { return give(asked, std::move(grant)); }};
}

FormFields PullServer::give(const AuthorizationAsked& asked, AppGrant grant) {
  send_summary(grant);
  if (!asked.is_implicit)
    return {{"code", oauth_.codes.issue({.grant = std::move(grant),
                                         .redirect_uri = asked.redirect_uri,
                                         .code_challenge = asked.code_challenge,
                                         .nonce = {}})}};
  const auto scopes = bb::portal::text_of(grant.scopes);
  TokenAccess access{.client_id = grant.client_id,
                     .subject = grant.subject,
                     .patient = grant.patient,
                     .scopes = grant.scopes,
                     .expires_unix_ns = clock_() + access_seconds * ns_per_second};
  const auto id = oauth_.grants.open(std::move(grant));
  return {{"access_token", oauth_.access_tokens.issue(std::move(access), id)},
          {"token_type", "Bearer"},
          {"expires_in", std::to_string(access_seconds)},
          {"scope", scopes}};
}

void PullServer::send_summary(const AppGrant& grant) {
  if (!holder_.has_direct()) return;
  for (const auto& scope : grant.scopes) {
    const auto address = address_of(scope.text);
    const auto to = address.empty() ? Result<Destination>(Error{}) : holder_.read_destination(address);
    if (!to) continue;
    Session session;
    session.account = grant.subject;
    ShareRequest request;
    request.to = {*to};
    request.format = find_format("ccda-2.1");
    holder_.share(session, grant.patient, random_token(), scope.text, request);
  }
}

}  // namespace bb::portal::pull
