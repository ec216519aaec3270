// portal/pull/registry.hpp - the portal as a registry of Blue Button+ Pull: which providers and applications there are,
// and whether what an application shows about itself is the registry's word.
//
// Source: Blue Button+ Pull drafts, 2013 (BBP-PULL-01 to -03, -17 to -19).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/signature_keys.hpp>
#include <bb/core/value.hpp>
#include <bb/smart/jws.hpp>

#include "portal/defects.hpp"
#include "portal/pull/addresses.hpp"
#include "portal/sessions.hpp"
#include "portal/smart/addresses.hpp"

namespace bb::portal::pull {

// An application as the registry knows it.
struct RegistryApp {
  std::string name, url;
  Value fixed = Value::object();  // fixed_registration_parameters
  bool is_withdrawn = false;      // its registration JWT is good no longer
};

inline constexpr std::string_view registry_algorithm = "ES256";
inline constexpr std::string_view registry_key_id = "registry-1";

// Immutable once made. [any thread]
class Registry {
 public:
  // With a key of its own, and applications for demonstration: one trusted, one semi-trusted, one withdrawn.
  [[nodiscard]] static Result<std::unique_ptr<Registry>> create(SmartAddresses oauth, Clock clock, Defects defects);

  // Below /.well-known/bb/.
  Value registry_document() const;   // registry.json
  Value providers_document() const;  // providers.json
  Value apps_document() const;       // apps.json

  std::string key_set() const;
  std::string key_pem() const { return key_.pem(); }

  const std::vector<RegistryApp>& apps() const { return apps_; }
  // nullptr: there is none at this address.
  const RegistryApp* find(std::string_view url) const;
  // What an application shows a provider; it does not end by itself.
  [[nodiscard]] Result<std::string> registration_jwt(const RegistryApp& app) const;

  // Whether a registration JWT is good now: {"active": ...}, and of a good one its claims.
  Value introspect(std::string_view jwt) const;

  // A provider's look at a registration JWT: issuer, key, signature, times, introspection. The error says what is
  // wrong.
  [[nodiscard]] Result<const RegistryApp*> check(std::string_view jwt) const;

 private:
  Registry(SmartAddresses oauth, Clock clock, Defects defects, SigningKey key);
  Status check_claims(const Value& claims) const;

  SmartAddresses oauth_;
  Addresses addresses_;
  Clock clock_;
  Defects defects_;
  SigningKey key_;
  std::vector<RegistryApp> apps_;
};

}  // namespace bb::portal::pull
