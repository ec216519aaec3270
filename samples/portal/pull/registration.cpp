#include "portal/pull/registration.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "portal/pull/scopes.hpp"
#include "portal/request_fields.hpp"
#include "portal/smart/oauth_answers.hpp"
#include "portal/smart/registration.hpp"

namespace bb::portal::pull {
namespace {

using smart::ClientAuthentication;

constexpr std::size_t uri_bytes_max = 2'000;
constexpr std::size_t contact_count_max = 10;

web::HttpResponse invalid_token(std::string_view why) {
  return oauth_answer(401, Value::object({{"error", "invalid_token"}, {"error_description", why}}))
      .with("WWW-Authenticate", "Bearer error=\"invalid_token\"");
}

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// What is not the registry's among what the application says (BBP-PULL-20); empty: nothing.
std::string changed_member(const Value& body, const Value& fixed) {
  for (const auto& member : *fixed.members()) {
    const auto* given = body.find(member.key);
    // Addresses to come back to may be fewer than the registry has.
    const auto redirects =
        given != nullptr && member.key == "redirect_uris" ? texts_of(body, member.key) : std::nullopt;
    const auto known = redirects ? texts_of(fixed, member.key) : std::nullopt;
    const bool is_fewer =
        known && !redirects->empty() &&
        std::all_of(redirects->begin(), redirects->end(), [&](const std::string& uri) { return has(*known, uri); });
    if (given != nullptr && !is_fewer && to_json(*given) != to_json(member.value)) return member.key;
  }
  return {};
}

std::optional<web::HttpResponse> read_texts(const Value& body, App& into) {
  for (const auto* name : {"client_uri", "logo_uri", "tos_uri"}) {
    const auto* text = body.find(name);
    if (text != nullptr && (!text->is_string() || text->string()->size() > uri_bytes_max))
      return invalid_metadata(std::string(name) + " must be a text of 2000 bytes at most");
  }
  into.uri = body["client_uri"].string_or("");
  const auto contacts = texts_of(body, "contacts");
  if (!contacts || contacts->size() > contact_count_max)
    return invalid_metadata("contacts must be a list of 10 texts at most");
  return std::nullopt;
}

// BBP-PULL-14: public applications get tokens or codes, confidential ones codes alone, each by the grant of its kind.
std::optional<web::HttpResponse> read_kind(const Value& body, bool takes_any, SmartClient& into) {
  const auto method = body["token_endpoint_auth_method"].string_or("client_secret_basic");
  if (method != "none" && method != "client_secret_basic")
    return invalid_metadata("token_endpoint_auth_method must be none or client_secret_basic");
  into.authentication = *smart::client_authentication(method);
  auto types = texts_of(body, "response_types");
  const auto grants = texts_of(body, "grant_types");
  if (!types || !grants) return invalid_metadata("response_types and grant_types must be lists of texts");
  if (types->empty()) types->emplace_back("code");
  for (const auto& type : *types)
    if (type != "code" && type != "token") return invalid_metadata("response_types may have code and token");
  for (const auto& grant : *grants)
    if (grant != "authorization_code" && grant != "implicit")
      return invalid_metadata("grant_types may have authorization_code and implicit");
  const bool is_token_of_confidential = method != "none" && has(*types, "token");
  const bool is_mismatch = !grants->empty() && (has(*types, "code") != has(*grants, "authorization_code") ||
                                                has(*types, "token") != has(*grants, "implicit"));
  if ((is_token_of_confidential || is_mismatch) && !takes_any)
    return invalid_metadata(is_mismatch ? "response_types and grant_types do not go together"
                                        : "an application with a secret gets codes, and no tokens from the browser");
  into.pull->response_types = *std::move(types);
  return std::nullopt;
}

}  // namespace

std::optional<web::HttpResponse> Registration::find_app(const web::HttpRequest& request,
                                                        const RegistryApp*& into) const {
  if (request.header("authorization").empty()) {
    if (defects_.is_on(Defect::pull_refuses_open_registration)) return invalid_token("a registration JWT is needed");
    return std::nullopt;
  }
  if (defects_.is_on(Defect::pull_refuses_trusted_registration))
    return invalid_token("registration JWTs are not taken here");
  const auto app = registry_.check(bearer_token(request));
  if (!app) return invalid_token(app.error().what);
  into = *app;
  return std::nullopt;
}

web::HttpResponse Registration::handle(const web::HttpRequest& request) {
  if (!defects_.is_on(Defect::pull_reuses_client)) return add(request);
  const std::lock_guard lock(mutex_);
  const auto key = std::string(request.header("authorization")) + "\n" + request.body;
  const auto found = answers_.find(key);
  return found != answers_.end() ? found->second : answers_.emplace(key, add(request)).first->second;
}

web::HttpResponse Registration::add(const web::HttpRequest& request) {
  if (request.media_type() != "application/json") return invalid_metadata("the body must be application/json");
  const auto parsed = parse_json(request.body);
  if (!parsed || !parsed->is_object()) return invalid_metadata("the body must be a JSON object");
  auto body = *parsed;
  const RegistryApp* app = nullptr;
  if (auto refusal = find_app(request, app)) return *refusal;

  SmartClient client;
  client.pull.emplace();
  if (app != nullptr) {
    const bool may_change = defects_.is_on(Defect::pull_app_changes_fixed);
    if (const auto changed = changed_member(body, app->fixed); !changed.empty() && !may_change)
      return invalid_metadata(changed + " is another than the registry has of this application");
    for (const auto& member : *app->fixed.members())
      if (body.find(member.key) == nullptr) body.set(member.key, member.value);
    client.pull->trust = app->fixed.find("redirect_uris") != nullptr ? Trust::trusted : Trust::semi_trusted;
  }
  if (auto refusal = read_client_name(body, client)) return *refusal;
  if (auto refusal = read_redirect_uris(body, client)) return *refusal;
  if (client.redirect_uris.empty()) return oauth_refusal("invalid_redirect_uri", "redirect_uris is missing");
  if (auto refusal = read_texts(body, *client.pull)) return *refusal;
  if (auto refusal = read_kind(body, defects_.is_on(Defect::pull_accepts_bad_combination), client)) return *refusal;
  auto scopes = read_registered(body["scope"].string_or(""), defects_);
  if (!scopes) return invalid_metadata(scopes.error().what);
  client.pull->scopes = *std::move(scopes);

  const bool has_secret = client.has_secret() || defects_.is_on(Defect::pull_secret_for_public);
  const auto secret = has_secret ? random_token(32) : std::string();
  if (client.has_secret()) client.secret_hash = sha256_hex(secret);
  const auto added = clients_.add(std::move(client));
  return added ? answer_of(*added, body, secret) : too_many_clients();
}

web::HttpResponse Registration::answer_of(const SmartClient& client, const Value& body,
                                          const std::string& secret) const {
  auto answer = Value::object({{"client_id", client.id},
                               {"client_id_issued_at", clock_() / ns_per_second},
                               {"client_name", client.name},
                               {"redirect_uris", Value::strings(client.redirect_uris)},
                               {"response_types", Value::strings(client.pull->response_types)},
                               {"token_endpoint_auth_method", smart::word_of(client.authentication)}});
  if (!defects_.is_on(Defect::pull_no_registration_token)) answer.set("registration_access_token", random_token(32));
  if (!secret.empty()) {
    answer.set("client_secret", secret);
    answer.set("client_secret_expires_at", 0);
  }
  const bool is_losing = defects_.is_on(Defect::pull_registration_loses_members);
  for (const auto* name : {"client_uri", "logo_uri", "tos_uri", "grant_types", "scope", "contacts"})
    if (const auto* given = body.find(name); given != nullptr && !is_losing) answer.set(name, *given);
  return oauth_answer(201, answer);
}

}  // namespace bb::portal::pull
