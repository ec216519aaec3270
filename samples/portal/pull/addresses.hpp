// portal/pull/addresses.hpp - where the portal is the registry of Blue Button+ Pull, and where a provider in it.
#pragma once

#include <string>

namespace bb::portal::pull {

struct Addresses {
  std::string base;  // of the portal, without a slash at its end; the registry's `url`, and the provider's

  std::string registry_keys() const { return base + "/pull/registry/jwks"; }
  std::string registry_introspection() const { return base + "/pull/registry/introspect"; }
  std::string trust_bundle() const { return base + "/pull/registry/trust-bundle.pem"; }
  std::string registration() const { return base + "/pull/register"; }
  std::string authorize() const { return base + "/pull/authorize"; }
  std::string summary() const { return base + "/pull/summary"; }
  std::string search() const { return base + "/pull/search"; }
  std::string documents() const { return base + "/pull/documents/"; }
};

}  // namespace bb::portal::pull
