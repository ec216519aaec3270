#include "portal/smart/registration.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/redirect_uri.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t redirect_count_max = 10;
constexpr std::size_t name_bytes_max = 100;

std::optional<web::HttpResponse> read_grant_types(const Value& body, SmartClient& into) {
  auto types = texts_of(body, "grant_types");
  if (!types) return invalid_metadata("grant_types must be a list of texts");
  if (types->empty()) types->emplace_back("authorization_code");
  const auto has = [&](std::string_view type) { return std::find(types->begin(), types->end(), type) != types->end(); };
  for (const auto& type : *types)
    if (type != "authorization_code" && type != "refresh_token" && type != "client_credentials")
      return invalid_metadata("grant_types may have authorization_code, refresh_token and client_credentials");
  into.is_backend = has("client_credentials");
  if (has("authorization_code") == into.redirect_uris.empty())
    return invalid_metadata("redirect_uris and the grant type authorization_code go together");
  if (into.is_backend && into.authentication != smart::ClientAuthentication::private_key_jwt)
    return invalid_metadata("client_credentials needs private_key_jwt");
  return std::nullopt;
}

std::optional<web::HttpResponse> read_authentication(const Value& body, SmartClient& into) {
  // RFC 7591, 2: "If unspecified or omitted, the default is client_secret_basic".
  const auto method = body["token_endpoint_auth_method"].string_or("client_secret_basic");
  const auto known = smart::client_authentication(method);
  if (!known) return invalid_metadata("token_endpoint_auth_method is unknown");
  into.authentication = *known;
  if (into.authentication != smart::ClientAuthentication::private_key_jwt) return std::nullopt;
  if (!body["jwks"].is_object())
    return invalid_metadata("private_key_jwt needs the keys as jwks; jwks_uri is not fetched");
  auto keys = smart::read_key_set(to_json(body["jwks"]));
  if (!keys) return invalid_metadata("jwks: " + keys.error().what);
  if (keys->empty()) return invalid_metadata("jwks: there is no key that verifies RS384 or ES384");
  into.keys = *std::move(keys);
  return std::nullopt;
}

}  // namespace

web::HttpResponse invalid_metadata(std::string_view why) { return oauth_refusal("invalid_client_metadata", why); }

web::HttpResponse too_many_clients() {
  return oauth_answer(503, Value::object({{"error", "temporarily_unavailable"},
                                          {"error_description", "too many applications registered already"}}));
}

std::optional<std::vector<std::string>> texts_of(const Value& body, std::string_view key) {
  std::vector<std::string> texts;
  const auto* value = body.find(key);
  if (value == nullptr) return texts;
  if (!value->is_array()) return std::nullopt;
  for (const auto& item : *value->items()) {
    if (!item.is_string()) return std::nullopt;
    texts.push_back(*item.string());
  }
  return texts;
}

std::optional<web::HttpResponse> read_redirect_uris(const Value& body, SmartClient& into) {
  const auto refuse = [](std::string_view why) { return oauth_refusal("invalid_redirect_uri", why); };
  auto uris = texts_of(body, "redirect_uris");
  if (!uris || uris->size() > redirect_count_max) return refuse("redirect_uris must be a list of 10 texts at most");
  for (const auto& uri : *uris)
    if (const auto origin = origin_of_redirect(uri); !origin) return refuse(origin.error().what);
  into.redirect_uris = *std::move(uris);
  return std::nullopt;
}

std::optional<web::HttpResponse> read_client_name(const Value& body, SmartClient& into) {
  into.name = body["client_name"].string_or("An application without a name");
  if (into.name.empty() || into.name.size() > name_bytes_max) return invalid_metadata("client_name has 1 to 100 bytes");
  return std::nullopt;
}

web::HttpResponse register_client(const web::HttpRequest& request, SmartClients& clients, std::int64_t now_unix_ns) {
  if (request.media_type() != "application/json") return invalid_metadata("the body must be application/json");
  const auto body = parse_json(request.body);
  if (!body || !body->is_object()) return invalid_metadata("the body must be a JSON object");
  SmartClient client;
  if (auto refusal = read_client_name(*body, client)) return *refusal;
  if (auto refusal = read_redirect_uris(*body, client)) return *refusal;
  if (auto refusal = read_authentication(*body, client)) return *refusal;
  if (auto refusal = read_grant_types(*body, client)) return *refusal;
  const auto secret = client.has_secret() ? random_token(32) : std::string();
  if (!secret.empty()) client.secret_hash = sha256_hex(secret);

  const auto added = clients.add(std::move(client));
  if (!added) return too_many_clients();
  std::vector<std::string> types;
  if (!added->redirect_uris.empty()) types = {"authorization_code", "refresh_token"};
  if (added->is_backend) types.emplace_back("client_credentials");
  auto answer = Value::object({{"client_id", added->id},
                               {"client_id_issued_at", now_unix_ns / ns_per_second},
                               {"client_name", added->name},
                               {"redirect_uris", Value::strings(added->redirect_uris)},
                               {"grant_types", Value::strings(types)},
                               {"token_endpoint_auth_method", smart::word_of(added->authentication)}});
  if (!secret.empty()) {
    answer.set("client_secret", secret);
    answer.set("client_secret_expires_at", 0);
  }
  if (const auto* keys = body->find("jwks"); keys != nullptr && !added->keys.empty()) answer.set("jwks", *keys);
  return oauth_answer(201, answer);
}

}  // namespace bb::portal
