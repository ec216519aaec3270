// The session of org.bluebridge.rest.pull: the registry says where the provider is, the application registers itself
// there, and a person consents in a browser.
#include <algorithm>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/uri.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "pull/pull_provider.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view looking = "looking for the provider";

// "https://a.example:8443" without scheme and port.
std::string host_of(std::string_view url) {
  auto host = origin_of(url);
  if (const auto scheme = host.find("://"); scheme != std::string::npos) host.erase(0, scheme + 3);
  const auto bracket = host.find(']');
  const auto colon = host.find(':', bracket == std::string::npos ? 0 : bracket);
  return host.substr(0, colon);
}

}  // namespace

PullProvider::PullProvider(const Context& context)
    : registry_(context, context.config("/registry_url")),
      access_(context),
      authentication_(access_.authentication()),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()),
      provider_name_(context.config_if("/provider").value_or("")),
      registration_(context.config_if("/registration").value_or("open")),
      client_name_(context.config_if("/client_name").value_or("BlueBridge")),
      client_uri_(context.config_if("/client_uri").value_or("https://bluebridge.example/app")),
      scopes_(context.config_if("/scopes").value_or("summary: search:")),
      jwt_secret_(context.config_if("/registration_jwt").value_or("")),
      key_secret_(context.config_if("/registry_key").value_or("")),
      key_id_(context.config_if("/registry_key_id").value_or("")),
      algorithm_(context.config_if("/registry_algorithm").value_or("RS256")) {
  if (const auto whole = parse_json(context.config_json("").value_or("{}")))
    provider_hosts_ = strings_of((*whole)["provider_hosts"]);
}

HttpResponse PullProvider::well_known(Call& call, std::string_view document, bool is_answer) const {
  return registry_.exchange(call,
                            {.url = registry_.base_url() + "/.well-known/bb/" + std::string(document) + ".json",
                             .accept = "application/json",
                             .has_token = false,
                             .is_answer = is_answer},
                            looking);
}

const pull::Provider& PullProvider::provider(Call& call) {
  if (provider_) return *provider_;
  const auto response = well_known(call, "providers", false);
  if (response.status != 200) throw failure_of_bearer(response, looking);
  const auto providers = pull::read_providers(response.body);
  if (!providers) throw plugins::not_this_api(looking, providers.error().what);
  auto chosen = pull::choose_provider(*providers, provider_name_);
  if (!chosen) throw Failure{BB_E_INVALID_ARGUMENT, std::string(looking) + ": " + chosen.error().what};
  const bool may_be_clear = origin_of(registry_.base_url()).starts_with("http://");
  const auto registry_host = host_of(registry_.base_url());
  for (const auto* url : {&chosen->registration_uri, &chosen->authorize_uri, &chosen->token_uri,
                          &chosen->introspect_uri, &chosen->summary, &chosen->search}) {
    if (url->empty()) continue;
    const auto host = host_of(*url);
    if (host.empty() || (origin_of(*url).starts_with("http://") && !may_be_clear))
      throw plugins::not_this_api(looking, "expected absolute https URLs in providers.json");
    // What a registry says decides where tokens and secrets go.
    if (host != registry_host &&
        std::find(provider_hosts_.begin(), provider_hosts_.end(), host) == provider_hosts_.end())
      throw plugins::not_this_api(looking, "the registry leads to the host " + host +
                                               ", which the configuration does not allow (/provider_hosts)");
  }
  smart::Configuration known;
  known.authorization_endpoint = chosen->authorize_uri;
  known.token_endpoint = chosen->token_uri;
  known.introspection_endpoint = chosen->introspect_uri;
  access_.know(std::move(known));
  provider_ = *std::move(chosen);
  return *provider_;
}

FhirLine& PullProvider::line(Call& call) {
  if (line_) return *line_;
  const auto& found = provider(call);
  const auto& api = found.summary.empty() ? found.search : found.summary;
  if (api.empty()) throw plugins::not_this_api(looking, "the provider has neither a summary nor a search (bb_api)");
  line_ = registry_.at(origin_of(api), looking);
  return *line_;
}

SignIn PullProvider::open(Call& call, const bb_auth_request& request) {
  call.check();
  if (open_) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  if (request.redirect_uri.size == 0 || request.state.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in by a browser needs redirect_uri and state"};
  secrets_.client = to_view(request.secret_client);
  const auto redirect_uri = std::string(to_view(request.redirect_uri));
  const auto scopes = request.scopes.size != 0 ? std::string(to_view(request.scopes)) : scopes_;
  auto& to = line(call);
  if (registration_ == "none") {
    if (access_.client_id().empty())
      throw Failure{BB_E_INVALID_ARGUMENT, "signing in: without a registration the configuration needs /client_id"};
  } else {
    become_registered(call, {.how = registration_ == "trusted" ? Registering::trusted : Registering::open,
                             .client_uri = client_uri_,
                             .redirect_uri = redirect_uri,
                             .scopes = roots_of(scopes_ + " " + scopes)});
  }
  return Challenge{.url = access_.authorization_url(call, to, redirect_uri, scopes, to_view(request.state), {}),
                   .resume_state = std::string(to_view(request.state))};
}

SignIn PullProvider::resume(Call& call, const bb_auth_request& request, std::string_view, std::string_view response) {
  call.check();
  if (open_) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  auto& to = line(call);
  auto granted = access_.redeem(call, to, response, to_view(request.redirect_uri), to_view(request.state), secrets_);
  token_ = std::make_shared<const SecretBytes>(std::move(granted.token.access_token));
  open_ = SessionInfo{.method = request.method,
                      .subject = granted.subject,
                      .patient = granted.token.patient,
                      .acting_for = {},
                      .scopes = granted.token.scope.value_or(""),
                      .expires_unix_ns = granted.expires_unix_ns};
  return *open_;
}

SessionInfo PullProvider::describe(Call&) {
  expect_open("describing the session");
  return *open_;
}

// The protocol has no way to give a token back.
void PullProvider::close(Call&) {
  open_.reset();
  token_ = nullptr;
}

void PullProvider::expect_open(std::string_view what) const {
  if (!open_) throw Failure{BB_E_UNAUTHENTICATED, std::string(what) + ": nobody is signed in"};
}

}  // namespace bb::rest
