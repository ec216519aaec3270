#include "material.hpp"

#include <string_view>
#include <utility>

namespace bb::direct_connector {
namespace {

Failure wrong(const std::string& at, const std::string& what) {
  return Failure{BB_E_INVALID_ARGUMENT, "configuration: " + at + " " + what};
}

bool has_open_key(const std::string& pem) {
  for (const auto* label : {"-----BEGIN PRIVATE KEY", "-----BEGIN RSA PRIVATE KEY", "-----BEGIN EC PRIVATE KEY"})
    if (const auto at = pem.find(label);
        at != std::string::npos && pem.find("Proc-Type: 4,ENCRYPTED", at) == std::string::npos)
      return true;
  return false;
}

}  // namespace

std::string Material::read(Call& call, const Secret& secrets) const {
  return secret.empty() ? pem : secrets.read(call, secret);
}

Material read_material(const Context& context, const std::string& at) {
  Material read{context.config_if(at + "/pem").value_or(""), context.config_if(at + "/secret").value_or("")};
  if (!read.pem.empty() && !read.secret.empty()) throw wrong(at, "has both pem and secret, expected one of them");
  return read;
}

std::vector<direct::Certificate> certificates_of(const Material& material, const std::string& at, Call& call,
                                                 const Secret& secrets) {
  if (!material.is_given()) return {};
  auto read = direct::Certificate::read_all(material.read(call, secrets));
  if (!read) throw wrong(at, "holds no certificates in PEM: " + read.error().what);
  if (read->empty()) throw wrong(at, "holds no certificate, expected at least one in PEM");
  return *std::move(read);
}

std::vector<std::string> lists_of(const Material& material, Call& call, const Secret& secrets) {
  constexpr std::string_view begin = "-----BEGIN X509 CRL-----", end = "-----END X509 CRL-----";
  std::vector<std::string> lists;
  const auto text = material.is_given() ? material.read(call, secrets) : std::string();
  for (auto from = text.find(begin); from != std::string::npos; from = text.find(begin, from + 1)) {
    const auto to = text.find(end, from);
    if (to == std::string::npos) break;
    lists.push_back(text.substr(from, to + end.size() - from) + "\n");
  }
  return lists;
}

direct::Identity IdentityConfig::read(Call& call, const Secret& secrets) const {
  const auto bytes = material.read(call, secrets);
  const auto password = password_secret.empty() ? std::string() : secrets.read(call, password_secret);
  // A PKCS #12 file begins as every SEQUENCE of DER does.
  auto identity =
      bytes.starts_with('\x30') ? direct::read_pkcs12(bytes, password) : direct::read_identity(bytes, password);
  if (!identity) throw wrong(at, "is no certificate with its private key: " + identity.error().what);
  return *std::move(identity);
}

std::vector<direct::Identity> IdentityConfig::read_all(Call& call, const Secret& secrets) const {
  const auto password = password_secret.empty() ? std::string() : secrets.read(call, password_secret);
  auto identities = direct::read_identities(material.read(call, secrets), password);
  if (!identities) throw wrong(at, "holds no certificates with their keys in PEM: " + identities.error().what);
  if (identities->empty()) throw wrong(at, "holds no certificate with its private key, expected at least one in PEM");
  return *std::move(identities);
}

IdentityConfig read_identity_config(const Context& context, const std::string& at) {
  IdentityConfig read{at, read_material(context, at), context.config_if(at + "/password").value_or("")};
  if (!read.material.is_given()) throw wrong(at, "is missing: give secret, or pem and password");
  if (has_open_key(read.material.pem))
    throw wrong(at + "/pem", "holds a private key that is not encrypted; name a secret that holds it instead");
  return read;
}

}  // namespace bb::direct_connector
