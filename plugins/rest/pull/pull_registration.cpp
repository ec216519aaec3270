// How the application of org.bluebridge.rest.pull registers itself at a provider: openly, or with a registration JWT.
#include <algorithm>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/jws.hpp>
#include <bb/smart/registration.hpp>
#include <bb/smart/scope.hpp>

#include "http/http_status.hpp"
#include "pull/pull_provider.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view doing = "registering the application";

// The members that `set` has instead, and without those that `omit` names.
Value changed(Value object, const Value& set, const Value& omit) {
  if (const auto* const members = set.members())
    for (const auto& member : *members) object.set(member.key, member.value);
  auto left = Value::object();
  const auto omitted = strings_of(omit);
  for (const auto& member : *object.members())
    if (std::find(omitted.begin(), omitted.end(), member.key) == omitted.end()) left.set(member.key, member.value);
  return left;
}

}  // namespace

std::string PullProvider::roots_of(std::string_view scopes) {
  std::string roots;
  for (const auto& scope : smart::read_scopes(scopes)) {
    const auto root = scope.text.substr(0, scope.text.find(':') + 1);
    if ((" " + roots + " ").find(" " + root + " ") == std::string::npos) roots += (roots.empty() ? "" : " ") + root;
  }
  return roots;
}

Value PullProvider::registration_body(Call& call, const Asked& asked) const {
  auto body = *parse_json(smart::write_registration({.client_name = client_name_,
                                                     .client_uri = asked.client_uri,
                                                     .logo_uri = asked.client_uri + "/logo.png",
                                                     .tos_uri = asked.client_uri + "/terms",
                                                     .contacts = {"nobody@bluebridge.example"},
                                                     .redirect_uris = {asked.redirect_uri},
                                                     .scope = asked.scopes,
                                                     .authentication = authentication_}));
  if (asked.how == Registering::trusted) {
    const auto response = well_known(call, "apps", false);
    if (response.status != 200) throw failure_of_bearer(response, doing);
    const auto fixed = pull::read_fixed_parameters(response.body, asked.client_uri);
    if (!fixed) throw plugins::not_this_api(doing, fixed.error().what);
    if (*fixed) body = changed(std::move(body), **fixed, {});
  }
  return changed(std::move(body), asked.set, asked.omit);
}

std::string PullProvider::registration_token(Call& call, const Asked& asked) const {
  if (!jwt_secret_.empty() && !asked.jwt.is_object()) return secret_.read(call, jwt_secret_);
  if (key_secret_.empty())
    throw Failure{BB_E_INVALID_ARGUMENT,
                  std::string(doing) + ": a trusted registration needs /registration_jwt or /registry_key"};
  const auto header =
      changed(Value::object({{"alg", algorithm_}, {"kid", key_id_}, {"typ", "JWT"}}), {}, asked.jwt["omit_header"]);
  const auto claims = changed(
      Value::object(
          {{"iss", registry_.base_url()}, {"sub", asked.client_uri}, {"iat", clock_.now_unix_ns() / ns_per_second}}),
      asked.jwt["set"], asked.jwt["omit"]);
  const auto input = smart::signing_input(header, claims);
  auto signature = secret_.sign_message(call, key_secret_, algorithm_, input);
  if (asked.jwt["signature"].string_or("own") == "broken" && !signature.empty())
    signature.back() = static_cast<char>(signature.back() ^ 1);
  return smart::compact_jws(input, signature);
}

HttpResponse PullProvider::register_client(Call& call, const Asked& asked, std::string_view what, bool is_answer) {
  const auto& found = provider(call);
  if (found.registration_uri.empty())
    throw Failure{BB_E_UNSUPPORTED, std::string(what) + ": the provider has no registration_uri"};
  FhirRequest request{.method = "POST",
                      .url = found.registration_uri,
                      .accept = "application/json",
                      .body = to_json(registration_body(call, asked)),
                      .media_type = "application/json",
                      .has_token = false,
                      .is_answer = is_answer};
  if (asked.how == Registering::trusted)
    request.headers.push_back({"authorization", "Bearer " + registration_token(call, asked)});
  return registry_.exchange(call, request, what);
}

void PullProvider::become_registered(Call& call, const Asked& asked) {
  const auto what = asked.redirect_uri + "\n" + asked.scopes;
  if (registered_for_ == what) return;
  const auto response = register_client(call, asked, doing, false);
  if (response.status != 200 && response.status != 201) throw failure_of_oauth(response, doing);
  auto client = smart::read_registered_client(response.body);
  if (!client) throw plugins::not_this_api(doing, client.error().what);
  access_.become(*std::move(client), authentication_);
  registered_for_ = what;
}

}  // namespace bb::rest
