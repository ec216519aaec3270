// plugins/rest/pull/pull_provider.hpp - org.bluebridge.rest.pull: one person at a provider of Blue Button+ Pull, which
// a registry names.
//
// One file per capability: pull_session.cpp, pull_view.cpp ... What OAuth has to do is SmartAccess's. Tokens and
// secrets of a registration live in memory and die with the instance.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>

#include "fhir/fhir_line.hpp"
#include "fhir/smart_access.hpp"
#include "pull/document_list.hpp"
#include "pull/provider_list.hpp"

namespace bb::rest {

class PullProvider final : public Connector, public Session, public View, public Download, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["registry_url"],
    "properties": {
      "registry_url": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]", "title": "Address of the registry",
        "description": "Before /.well-known/bb/providers.json, for example https://registry.example"},
      "provider": {"type": "string", "minLength": 1, "title": "Name or url of the provider, where the registry has several"},
      "provider_hosts": {"type": "array", "maxItems": 100, "items": {"type": "string", "minLength": 1},
        "title": "Hosts besides its own that the registry may lead to"},
      "registration": {"enum": ["open", "trusted", "none"], "default": "open", "title": "How the application registers itself",
        "description": "none: it is registered already, as client_id"},
      "client_id": {"type": "string", "minLength": 1, "title": "Id that the application is registered by, without a registration"},
      "authentication": {"enum": ["none", "client_secret_basic"], "default": "none", "title": "How the application proves itself"},
      "client_name": {"type": "string", "minLength": 1, "default": "BlueBridge", "title": "Name that people see"},
      "client_uri": {"type": "string", "format": "url", "default": "https://bluebridge.example/app", "title": "Address of the application, by which a registry knows it"},
      "registration_jwt": {"type": "string", "minLength": 1, "title": "Name of the secret that holds the registration JWT"},
      "registry_key": {"type": "string", "minLength": 1, "title": "Name of the secret that holds the key of a registry for tests",
        "description": "Registration JWTs are signed with it where there is no registration_jwt"},
      "registry_key_id": {"type": "string", "minLength": 1, "title": "kid that the registry's key is known by"},
      "registry_algorithm": {"enum": ["RS256", "RS384", "ES256", "ES384"], "default": "RS256", "title": "Of the registry's key"},
      "scopes": {"type": "string", "minLength": 1, "default": "summary: search:", "title": "Asked for, where the sign-in does not say"}}})";
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_USER_REDIRECT});

  explicit PullProvider(const Context& context);

  SignIn open(Call& call, const bb_auth_request& request) override;
  SignIn resume(Call& call, const bb_auth_request& request, std::string_view resume_state,
                std::string_view response) override;
  SessionInfo describe(Call& call) override;
  void close(Call& call) override;

  void list(Call& call, const bb_query& query, Items& out) override;
  void read(Call& call, std::string_view item_id, Content& out) override;

  void formats(Call& call, std::string_view subject, Formats& out) override;
  void fetch(Call& call, const bb_download_request& request, Content& out) override;

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  enum class Registering { open, trusted };
  // What a registration says, and what of it a probe changes.
  struct Asked {
    Registering how = Registering::open;
    std::string client_uri;
    std::string redirect_uri;
    std::string scopes;  // in their root forms
    Value set = {};      // members of the request instead
    Value omit = {};     // names of members
    Value jwt = {};      // {set, omit, omit_header, signature: "own" or "broken"}
  };

  HttpResponse well_known(Call& call, std::string_view document, bool is_answer) const;
  const pull::Provider& provider(Call& call);
  // The provider, and what leads to it has been looked at: https, and hosts that the configuration allows.
  FhirLine& line(Call& call);
  HttpResponse register_client(Call& call, const Asked& asked, std::string_view doing, bool is_answer);
  Value registration_body(Call& call, const Asked& asked) const;
  std::string registration_token(Call& call, const Asked& asked) const;
  // Scopes as they are registered: without what stands behind the colon (BBP-PULL-32), each once.
  static std::string roots_of(std::string_view scopes);
  // The application as it registered itself for this address to come back to, and these scopes; once for each.
  void become_registered(Call& call, const Asked& asked);

  void expect_open(std::string_view doing) const;
  // An answer in 2xx of the document API.
  HttpResponse ask(Call& call, const std::string& url, std::string_view accept, const FormFields& query,
                   std::string_view doing);
  std::vector<pull::ListedDocument> search(Call& call, const FormFields& query, std::string_view doing);
  void emit_document(Call& call, const std::string& url, std::string_view accept, std::string_view id,
                     std::string_view kind, Content& out, std::string_view doing);

  void probe_registration(Call& call, const Value& given, Content& out);
  void probe_authorization(Call& call, const Value& given, Content& out);
  void probe_request(Call& call, const Value& given, Content& out);
  void probe_search(Call& call, const Value& given, Content& out);
  HttpResponse request(Call& call, const Value& given, std::string_view name);
  Asked asked_by(const Value& given) const;

  FhirLine registry_;
  SmartAccess access_;
  const smart::ClientAuthentication authentication_;  // as the application registers it
  Secret secret_;
  Clock clock_;
  std::string provider_name_;
  std::vector<std::string> provider_hosts_;
  std::string registration_, client_name_, client_uri_, scopes_;
  std::string jwt_secret_, key_secret_, key_id_, algorithm_;
  std::optional<pull::Provider> provider_;
  std::optional<FhirLine> line_;
  std::string registered_for_;  // redirect_uri and scopes; empty: the application has not registered itself
  std::optional<SessionInfo> open_;
  SharedToken token_;
  SecretNames secrets_;
};

}  // namespace bb::rest
