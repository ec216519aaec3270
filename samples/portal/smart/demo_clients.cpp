#include "portal/smart/demo_clients.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>

namespace bb::portal {
namespace {

using smart::ClientAuthentication;

// Without ports: a program there takes the one it gets.
const std::vector<std::string> loopback_redirects{"http://127.0.0.1/callback", "http://localhost/callback"};

Value describe(const SmartClient& client) {
  return Value::object({{"client_id", client.id},
                        {"authentication", smart::word_of(client.authentication)},
                        {"redirect_uris", Value::strings(client.redirect_uris)}});
}

}  // namespace

Result<DemoClients> make_demo_clients(const std::filesystem::path& folder) {
  DemoClients demo;
  demo.description = Value::array();

  SmartClient open{.id = "demo-public", .name = "Demo app", .redirect_uris = loopback_redirects};
  demo.description.push(describe(open));
  demo.clients.push_back(std::move(open));

  const auto secret = random_token(32);
  SmartClient confidential{.id = "demo-confidential",
                           .name = "Demo service",
                           .redirect_uris = loopback_redirects,
                           .authentication = ClientAuthentication::client_secret_basic,
                           .secret_hash = sha256_hex(secret)};
  auto described = describe(confidential);
  described.set("client_secret", secret);
  demo.description.push(std::move(described));
  demo.clients.push_back(std::move(confidential));

  constexpr const char* algorithm = "ES384";
  BB_TRY(const auto key, SigningKey::generate(algorithm));
  const auto key_file = folder / "demo-backend.pem";
  BB_CHECK(write_text(key_file, key.pem()));
  SmartClient backend{.id = "demo-backend",
                      .name = "Demo service with a key",
                      .redirect_uris = loopback_redirects,
                      .authentication = ClientAuthentication::private_key_jwt,
                      .keys = {{key.verifying_key(), "demo-1", algorithm, "sig"}},
                      .is_backend = true};
  described = describe(backend);
  described.set("key_file", key_file.string());
  described.set("key_id", "demo-1");
  described.set("algorithm", algorithm);
  demo.description.push(std::move(described));
  demo.clients.push_back(std::move(backend));
  return demo;
}

}  // namespace bb::portal
