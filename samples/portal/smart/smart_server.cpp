#include "portal/smart/smart_server.hpp"

#include <array>

#include "portal/page_frame.hpp"
#include "portal/smart/discovery.hpp"
#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/registration.hpp"

namespace bb::portal {
namespace {

using Path = std::vector<std::string>;

const Path smart_configuration_path{"fhir", "r4", ".well-known", "smart-configuration"};
const Path openid_configuration_path{".well-known", "openid-configuration"};

// What programs ask, by which methods.
struct Service {
  std::string_view name, methods;
};
constexpr std::array<Service, 6> services{{{"token", "POST"},
                                           {"revoke", "POST"},
                                           {"introspect", "POST"},
                                           {"userinfo", "GET, POST"},
                                           {"jwks", "GET"},
                                           {"register", "POST"}}};

web::HttpResponse wrong_method(std::string_view allowed) {
  return oauth_answer(405, Value::object({{"error", "invalid_request"},
                                          {"error_description", "possible here: " + std::string(allowed)}}))
      .with("Allow", allowed);
}

}  // namespace

SmartServer::SmartServer(DataHolder& holder, std::string base, std::vector<SmartClient> clients,
                         PatientIdOf patient_id_of, Clock clock)
    : holder_(holder),
      clock_(std::move(clock)),
      addresses_{std::move(base)},
      clients_(std::move(clients)),
      access_tokens_(clock_, holder.defects()),
      grants_(clock_, holder.defects()),
      codes_(clock_),
      proof_(clients_, addresses_.token(), clock_, holder.defects()),
      identity_(holder, addresses_, std::move(patient_id_of), clock_),
      consent_pages_(holder, addresses_, consent()),
      application_pages_(holder, {clients_, grants_, access_tokens_}),
      token_endpoint_({proof_, codes_, grants_, access_tokens_, identity_, clock_, holder.defects()}),
      token_services_({proof_, grants_, access_tokens_, identity_, addresses_, holder.defects()}) {}

ConsentFor SmartServer::consent() {
  return {.page = "/oauth/authorize",
          .form = "/oauth/consent",
          .read =
              [this](std::string_view form, AuthorizationAsked& into) {
                return read_authorization(form, clients_, addresses_, holder_.defects(), into);
              },
          .give =
              [this](const AuthorizationAsked& asked, AppGrant grant) {
                return FormFields{{"code", codes_.issue({.grant = std::move(grant),
                                                         .redirect_uri = asked.redirect_uri,
                                                         .code_challenge = asked.code_challenge,
                                                         .nonce = asked.nonce})}};
              }};
}

bool SmartServer::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  return (path.size() == 2 && path[0] == "oauth") || path == smart_configuration_path ||
         path == openid_configuration_path;
}

web::HttpResponse SmartServer::handle(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path[0] == "oauth") {
    if (path[1] == "authorize") return consent_pages_.authorize(request);
    if (path[1] == "consent") return consent_pages_.consent(request);
    if (path[1] == "manage") return application_pages_.handle(request);
    for (const auto& service : services) {
      if (path[1] != service.name) continue;
      if (request.method == "OPTIONS") return preflight(service.methods);
      const bool is_allowed = service.methods.find(request.method) != std::string_view::npos;
      return with_cors(is_allowed ? program(request, path[1]) : wrong_method(service.methods));
    }
    return not_found_page();
  }
  if (request.method == "OPTIONS") return preflight("GET");
  if (request.method != "GET") return with_cors(wrong_method("GET"));
  const auto& defects = holder_.defects();
  return with_cors(web::HttpResponse::json(200, path == smart_configuration_path
                                                    ? smart_configuration(addresses_, defects)
                                                    : openid_configuration(addresses_, defects)));
}

web::HttpResponse SmartServer::program(const web::HttpRequest& request, const std::string& name) {
  if (name == "token") return token_endpoint_.handle(request);
  if (name == "revoke") return token_services_.revoke(request);
  if (name == "introspect") return token_services_.introspect(request);
  if (name == "userinfo") return token_services_.userinfo(request);
  if (name == "register") return register_client(request, clients_, clock_());
  return key_set();
}

web::HttpResponse SmartServer::key_set() {
  auto set = identity_.key_set();
  if (!set) return oauth_answer(500, Value::object({{"error", "server_error"}}));
  return {200, "application/json", *std::move(set), {}};
}

}  // namespace bb::portal
