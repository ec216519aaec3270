#include "portal/smart/client_file.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/diagnostic.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>

#include "portal/smart/redirect_uri.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t secret_bytes_min = 16;
constexpr const char* keys_of_client = "keys: name, redirect_uris, secret, keys, backend";

class ClientReader {
 public:
  ClientReader(const YamlNode& root, std::filesystem::path folder) : root_(root), folder_(std::move(folder)) {}

  std::vector<SmartClient> read() {
    std::vector<SmartClient> clients;
    const auto* listed = root_.find("clients");
    if (listed == nullptr || !listed->is_map() || listed->members.empty()) {
      mistake(root_.place, "'clients' must be a map of applications",
              "for example 'clients: {my-app: {name: My app}}'");
      return clients;
    }
    for (const auto& member : root_.members)
      if (member.key != "clients")
        mistake(member.key_place, "unknown key '" + member.key + "'", "the one key here is 'clients'");
    for (const auto& member : listed->members) clients.push_back(read_client(member));
    return clients;
  }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  void mistake(const Place& place, std::string message, std::string note) {
    diagnostics_.push_back({Severity::error, place, std::move(message), std::move(note)});
  }

  SmartClient read_client(const YamlMember& member) {
    SmartClient client{.id = member.key, .name = member.key};
    if (!member.value.is_map()) {
      mistake(member.value.place, "'" + member.key + "' must be a map", keys_of_client);
      return client;
    }
    for (const auto& [key, key_place, value] : member.value.members) {
      if (key == "name") {
        client.name = text_of(key, value);
      } else if (key == "redirect_uris") {
        read_redirects(value, client);
      } else if (key == "secret") {
        read_secret(value, client);
      } else if (key == "keys") {
        read_keys(value, client);
      } else if (key == "backend") {
        client.is_backend = to_value(value).boolean_or(false);
      } else {
        mistake(key_place, "unknown key '" + key + "' of '" + member.key + "'", keys_of_client);
      }
    }
    if (member.value.find("secret") != nullptr && member.value.find("keys") != nullptr)
      mistake(member.key_place, "'" + member.key + "' has a secret and keys", "one of the two proves an application");
    if (client.is_backend && client.keys.empty())
      mistake(member.key_place, "'" + member.key + "' is a backend without keys", "it proves itself by 'keys'");
    if (client.redirect_uris.empty() && !client.is_backend)
      mistake(member.key_place, "'" + member.key + "' has no redirect_uris", "only a 'backend' goes without");
    return client;
  }

  std::string text_of(const std::string& key, const YamlNode& value) {
    if (value.is_scalar() && !value.text.empty()) return value.text;
    mistake(value.place, "'" + key + "' must be text", "");
    return {};
  }

  void read_redirects(const YamlNode& value, SmartClient& client) {
    if (!value.is_list()) return mistake(value.place, "'redirect_uris' must be a list", "");
    for (const auto& item : value.items) {
      if (const auto origin = origin_of_redirect(item.text); !origin)
        mistake(item.place, "'" + shorten(item.text, 80) + "' cannot be used", origin.error().what);
      client.redirect_uris.push_back(item.text);
    }
  }

  void read_secret(const YamlNode& value, SmartClient& client) {
    if (!value.is_scalar() || value.text.size() < secret_bytes_min)
      return mistake(value.place, "'secret' must be text of 16 bytes or more", "");
    client.authentication = smart::ClientAuthentication::client_secret_basic;
    client.secret_hash = sha256_hex(value.text);
  }

  void read_keys(const YamlNode& value, SmartClient& client) {
    client.authentication = smart::ClientAuthentication::private_key_jwt;
    const auto file = folder_ / text_of("keys", value);
    const auto text = read_text(file, smart::key_set_bytes_max);
    if (!text) return mistake(value.place, text.error().what, "the file of a JSON Web Key Set");
    auto keys = smart::read_key_set(*text);
    if (!keys) return mistake(value.place, file.string() + ": " + keys.error().what, "");
    if (keys->empty()) mistake(value.place, file.string() + ": there is no key that verifies", "RSA or EC P-384");
    client.keys = *std::move(keys);
  }

  const YamlNode& root_;
  std::filesystem::path folder_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

Result<std::vector<SmartClient>> read_client_file(const std::filesystem::path& file) {
  BB_TRY(auto text, read_text(file, yaml_bytes_max));
  const auto source = std::make_shared<const Source>(Source{file.string(), std::move(text)});
  const auto yaml = parse_yaml(source);
  if (!yaml.is_good()) return Error{render(yaml.diagnostics)};
  ClientReader reader(*yaml.root, file.parent_path());
  auto clients = reader.read();
  if (has_errors(reader.diagnostics())) return Error{render(reader.diagnostics())};
  return clients;
}

}  // namespace bb::portal
