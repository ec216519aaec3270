// portal/pull/pull_server.hpp - the portal as a registry and a provider of Blue Button+ Pull, on paths of their own.
//
//   /.well-known/bb/registry.json  providers.json  apps.json          the registry
//   /pull/registry/jwks  introspect  trust-bundle.pem
//   /pull/register  /pull/authorize  /pull/consent                    the provider
//   /pull/summary  /pull/search  /pull/documents/ID
//
// Tokens are redeemed, ended and asked about at the SMART server's endpoints. Document: docs/reference/portal-pull.md.
#pragma once

#include <memory>
#include <string>

#include <bb/core/result.hpp>

#include "portal/pull/document_api.hpp"
#include "portal/pull/registration.hpp"
#include "portal/pull/registry.hpp"
#include "portal/smart/consent_pages.hpp"
#include "portal/smart/smart_server.hpp"

namespace bb::portal::pull {

// [any thread]
class PullServer {
 public:
  // `trust_bundle_pem`: the certificates that the registry publishes.
  PullServer(DataHolder& holder, SmartServer::Shared oauth, std::unique_ptr<Registry> registry,
             std::string trust_bundle_pem, Clock clock);

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

  const Registry& registry() const { return *registry_; }

 private:
  web::HttpResponse program(const web::HttpRequest& request);
  web::HttpResponse well_known(const web::HttpRequest& request, const std::string& name) const;
  web::HttpResponse of_registry(const web::HttpRequest& request, const std::string& name) const;
  ConsentFor consent();
  // What a person allowed: a code, or at once a token (RFC 6749, 4.2.2).
  FormFields give(const AuthorizationAsked& asked, AppGrant grant);
  // BBP-PULL-40, where the portal sends by Direct.
  void send_summary(const AppGrant& grant);

  DataHolder& holder_;
  SmartServer::Shared oauth_;
  std::unique_ptr<Registry> registry_;
  std::string trust_bundle_pem_;
  Clock clock_;
  Registration registration_;
  ConsentPages consent_pages_;
  DocumentApi documents_;
};

}  // namespace bb::portal::pull
