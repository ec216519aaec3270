#include "portal/pull/registry.hpp"

#include <algorithm>
#include <array>

#include <bb/core/time.hpp>

#include "portal/pull/scopes.hpp"

namespace bb::portal::pull {
namespace {

constexpr std::array<std::string_view, 4> algorithms{"RS256", "RS384", "ES256", "ES384"};
constexpr std::int64_t leeway_s = 60;

std::vector<RegistryApp> demo_apps() {
  const auto fixed = [](std::string_view name, std::string_view url) {
    return Value::object({{"client_name", name}, {"client_uri", url}});
  };
  RegistryApp trusted{"Health diary", "https://diary.example/app", fixed("Health diary", "https://diary.example/app")};
  // Without ports: a program there takes the one it gets.
  trusted.fixed.set("redirect_uris", Value::strings({"http://127.0.0.1/callback", "http://localhost/callback",
                                                     "https://diary.example/callback"}));
  trusted.fixed.set("contacts", Value::strings({"people@diary.example"}));
  return {std::move(trusted),
          {"Visit planner", "https://planner.example/app", fixed("Visit planner", "https://planner.example/app")},
          {"Old diary", "https://old-diary.example/app", fixed("Old diary", "https://old-diary.example/app"), true}};
}

}  // namespace

Registry::Registry(SmartAddresses oauth, Clock clock, Defects defects, SigningKey key)
    : oauth_(std::move(oauth)),
      addresses_{oauth_.base},
      clock_(std::move(clock)),
      defects_(defects),
      key_(std::move(key)),
      apps_(demo_apps()) {}

Result<std::unique_ptr<Registry>> Registry::create(SmartAddresses oauth, Clock clock, Defects defects) {
  BB_TRY(auto key, SigningKey::generate(registry_algorithm));
  return std::unique_ptr<Registry>(new Registry(std::move(oauth), std::move(clock), defects, std::move(key)));
}

Value Registry::registry_document() const {
  auto document = Value::object({{"name", "Sample registry"},
                                 {"url", addresses_.base},
                                 {"trust_bundle_uri", addresses_.trust_bundle()},
                                 {"oauth2", Value::object({{"introspect", addresses_.registry_introspection()}})}});
  if (!defects_.is_on(Defect::pull_registry_without_keys)) document.set("jwks_uri", addresses_.registry_keys());
  return document;
}

Value Registry::providers_document() const {
  auto provider =
      Value::object({{"name", "BlueBridge sample portal"},
                     {"url", addresses_.base},
                     {"oauth2", Value::object({{"registration_uri", addresses_.registration()},
                                               {"authorize_uri", addresses_.authorize()},
                                               {"token_uri", oauth_.token()},
                                               {"introspect_uri", oauth_.introspect()}})},
                     {"bb_api", Value::object({{"summary", addresses_.summary()}, {"search", addresses_.search()}})}});
  if (!defects_.is_on(Defect::pull_provider_without_sign_in)) provider.set("patient_signin", addresses_.base + "/");
  return Value(Value::Array{std::move(provider)});
}

Value Registry::apps_document() const {
  auto list = Value::array();
  for (const auto& app : apps_) {
    auto described = Value::object({{"name", app.name}, {"url", app.url}});
    if (!defects_.is_on(Defect::pull_apps_without_fixed)) described.set("fixed_registration_parameters", app.fixed);
    list.push(std::move(described));
  }
  return list;
}

std::string Registry::key_set() const {
  return smart::write_key_set(
      {{key_.verifying_key(), std::string(registry_key_id), std::string(registry_algorithm), "sig"}});
}

const RegistryApp* Registry::find(std::string_view url) const {
  const auto found = std::find_if(apps_.begin(), apps_.end(), [&](const RegistryApp& app) { return app.url == url; });
  return found == apps_.end() ? nullptr : &*found;
}

Result<std::string> Registry::registration_jwt(const RegistryApp& app) const {
  const auto input = smart::signing_input(
      Value::object({{"alg", registry_algorithm}, {"kid", registry_key_id}, {"typ", "JWT"}}),
      Value::object({{"iss", addresses_.base}, {"sub", app.url}, {"iat", clock_() / ns_per_second}}));
  BB_TRY(const auto signature, key_.sign(registry_algorithm, input));
  return smart::compact_jws(input, signature);
}

Value Registry::introspect(std::string_view jwt) const {
  const auto jws = smart::read_jws(jwt);
  const auto keys = smart::read_key_set(key_set());
  const bool is_own = jws && keys && smart::verify(*jws, *keys, algorithms) && check_claims(jws->claims);
  const auto* app = is_own ? find(jws->claims["sub"].string_or("")) : nullptr;
  if (app == nullptr || app->is_withdrawn) return Value::object({{"active", false}});
  auto answer = Value::object({{"active", true}});
  for (const auto* name : {"iss", "sub", "iat", "exp"})
    if (const auto* claim = jws->claims.find(name)) answer.set(name, *claim);
  return answer;
}

Status Registry::check_claims(const Value& claims) const {
  const bool takes_incomplete = defects_.is_on(Defect::pull_accepts_incomplete_jwt);
  const auto issuer = claims["iss"].string_or("");
  if (issuer.empty() && !takes_incomplete) return Error{"the registration JWT has no 'iss'"};
  if (!issuer.empty() && issuer != addresses_.base && !defects_.is_on(Defect::pull_accepts_unknown_registry))
    return Error{"the registration JWT is of a registry that is not trusted here ('iss')"};
  if (claims["sub"].string_or("").empty() && !takes_incomplete) return Error{"the registration JWT has no 'sub'"};
  const auto now_s = clock_() / ns_per_second;
  const auto* issued = claims["iat"].integer();
  if (issued == nullptr && !takes_incomplete) return Error{"the registration JWT has no 'iat' in whole seconds"};
  if (issued != nullptr && *issued > now_s + leeway_s)
    return Error{"the registration JWT was issued in the future ('iat')"};
  if (claims.find("exp") == nullptr || defects_.is_on(Defect::pull_accepts_expired_jwt)) return {};
  const auto* expires = claims["exp"].integer();
  if (expires == nullptr || *expires + leeway_s <= now_s) return Error{"the registration JWT has expired ('exp')"};
  return {};
}

Result<const RegistryApp*> Registry::check(std::string_view jwt) const {
  BB_TRY(const auto jws, smart::read_jws(jwt));
  if (jws.key_id.empty() && !defects_.is_on(Defect::pull_accepts_incomplete_jwt))
    return Error{"the header of the registration JWT has no kid"};
  BB_CHECK(check_claims(jws.claims));
  // The registry is this portal too, so its documents are not fetched: registry.json leads to these keys.
  BB_TRY(const auto keys, smart::read_key_set(key_set()));
  if (!defects_.is_on(Defect::pull_accepts_bad_signature)) BB_CHECK(smart::verify(jws, keys, algorithms));
  const auto subject = jws.claims["sub"].string_or("");
  const auto* app = subject.empty() ? &apps_.front() : find(subject);  // without one: pull-accepts-incomplete-jwt
  if (app == nullptr) return Error{"the registry knows no application of the registration JWT's 'sub'"};
  if (app->is_withdrawn && !defects_.is_on(Defect::pull_ignores_introspection))
    return Error{"the registration JWT is good no longer: the registry says so"};
  return app;
}

}  // namespace bb::portal::pull
