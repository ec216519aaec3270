// plugins/direct/material.hpp - certificates, lists and identities as the configuration
// gives them: as PEM in its text, or as the name of a secret.
#pragma once

#include <string>
#include <vector>

#include <bb/direct/identity.hpp>
#include <bb/sdk/context.hpp>
#include <bb/sdk/services/secret.hpp>

namespace bb::direct_connector {

// Either a text or a secret's name; a target reads secrets from files, so that this is
// the way of files too.
struct Material {
  std::string pem;
  std::string secret;

  bool is_given() const { return !pem.empty() || !secret.empty(); }
  std::string read(Call& call, const Secret& secrets) const;
};
// The members pem and secret below `at`. BB_E_INVALID_ARGUMENT where both are there.
Material read_material(const Context& context, const std::string& at);

// Certificates in PEM; none where nothing is given. `at` is for messages.
std::vector<direct::Certificate> certificates_of(const Material& material, const std::string& at, Call& call,
                                                 const Secret& secrets);
// Each revocation list in PEM.
std::vector<std::string> lists_of(const Material& material, Call& call, const Secret& secrets);

// A certificate with its key, and the name of the secret that opens the key.
struct IdentityConfig {
  std::string at;
  Material material;
  std::string password_secret;  // empty: none

  // PEM or PKCS #12. Throws Failure BB_E_INVALID_ARGUMENT. Keep it no longer than the call.
  direct::Identity read(Call& call, const Secret& secrets) const;
  // All that PEM holds.
  std::vector<direct::Identity> read_all(Call& call, const Secret& secrets) const;
};
// As read_material(), and password. A key in the configuration's text has to be encrypted.
IdentityConfig read_identity_config(const Context& context, const std::string& at);

}  // namespace bb::direct_connector
