// The probes of org.bluebridge.rest.fhir: requests as a suite words them, to FHIR and OAuth
// endpoints. They never judge: what came back is the message of the call, and a status of 4xx or
// 5xx is also its failure. Tokens that come back are taken out of the message.
#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>
#include <bb/smart/authorization.hpp>
#include <bb/smart/pkce.hpp>

#include "call_lock.hpp"
#include "fhir/fhir_server.hpp"
#include "http/http_status.hpp"
#include "oauth_probe.hpp"
#include "probe_arguments.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view fhir_request = "fhir-request";
constexpr std::string_view fhir_record = "fhir-record";
constexpr std::string_view smart_configuration = "smart-configuration";
constexpr std::string_view oauth_authorize = "oauth-authorize";
constexpr std::string_view oauth_token = "oauth-token";
constexpr std::string_view service_base_urls = "service-base-urls";
constexpr std::int64_t poll_ms_min = 1'000;  // between requests of which the server does not say how far apart

void add_headers(FhirRequest& request, const Value& object) {
  for (const auto& [name, value] : fields_of_object(object)) request.headers.push_back({name, value});
}

ClientClaim client_claim_of(const Value& given) {
  const auto word = given["client"].string_or("own");
  ClientClaim client{.proof = word == "none"    ? ClientClaim::Proof::none
                              : word == "wrong" ? ClientClaim::Proof::wrong
                                                : ClientClaim::Proof::own};
  const auto& assertion = given["assertion"];
  if (const auto* const audience = assertion["audience"].string()) client.assertion_audience = *audience;
  if (const auto* const id = assertion["id"].string()) client.assertion_id = *id;
  if (assertion["age_s"].is_integer()) client.assertion_age_s = assertion["age_s"].integer_or(0);
  return client;
}

}  // namespace

void FhirServer::list_probes(Call&, Probes& out) {
  out.emit(fhir_request, "Sends one request to the FHIR server, with the session's token, another or none", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"method": {"enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "default": "GET"},
                   "path": {"type": "string", "default": ""},
                   "query": {"type": "object", "additionalProperties": {"type": "string"}},
                   "accept": {"type": "string", "default": "application/fhir+json"},
                   "headers": {"type": "object", "additionalProperties": {"type": "string"}},
                   "body": {"type": "string"},
                   "media_type": {"type": "string", "default": "application/fhir+json"},
                   "token": {"enum": ["own", "none", "garbage", "ended"], "default": "own"},
                   "while_status": {"type": "integer", "minimum": 100, "maximum": 599}}})");
  out.emit(fhir_record, "Reads the patient's record, Provenance, and all that they refer to",
           R"({"type": "object", "additionalProperties": false, "properties": {}})");
  out.emit(smart_configuration, "Reads .well-known/smart-configuration", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"accept": {"type": "string", "default": ""},
                   "headers": {"type": "object", "additionalProperties": {"type": "string"}}}})");
  out.emit(oauth_authorize, "Asks the authorization endpoint, without a person, for what a careful server refuses", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"redirect_uri": {"type": "string", "default": "https://localhost/callback"},
                   "set": {"type": "object", "additionalProperties": {"type": "string"}},
                   "omit": {"type": "array", "items": {"type": "string"}},
                   "method": {"enum": ["GET", "POST"], "default": "GET"}}})");
  out.emit(oauth_token, "Sends a form to the token endpoint, as the registered client or as nobody", R"({
    "type": "object", "additionalProperties": false, "required": ["fields"],
    "properties": {"fields": {"type": "object", "additionalProperties": {"type": "string"}},
                   "own": {"type": "object", "additionalProperties": {"enum": [
                     "code", "code_verifier", "code_challenge", "redirect_uri", "access_token", "refresh_token",
                     "used_refresh_token", "ended_refresh_token"]}},
                   "endpoint": {"enum": ["token", "revocation", "introspection"], "default": "token"},
                   "client": {"enum": ["own", "none", "wrong"], "default": "own"},
                   "assertion": {"type": "object", "additionalProperties": false,
                     "properties": {"audience": {"type": "string", "minLength": 1},
                                    "id": {"type": "string", "minLength": 1},
                                    "age_s": {"type": "integer", "minimum": 0, "maximum": 100000}}}}})");
  out.emit(service_base_urls, "Reads a list of service base URLs as nobody, and asks bases of it for their metadata",
           R"({
    "type": "object", "additionalProperties": false, "required": ["url"],
    "properties": {"url": {"type": "string", "minLength": 1},
                   "bases_max": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 20}}})");
}

void FhirServer::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  const auto given = plugins::parse_arguments(arguments);
  if (name == fhir_request) return probe_fhir(call, given, out);
  if (name == fhir_record) return probe_record(call, out);
  if (name == smart_configuration) {
    FhirRequest request{
        .url = smart::configuration_url(line_.base_url()), .accept = given["accept"].string_or(""), .has_token = false};
    add_headers(request, given["headers"]);
    return emit_answer(name, line_.exchange(call, request, name), out);
  }
  if (name == oauth_authorize) return probe_authorize(call, given, out);
  if (name == oauth_token) return probe_token(call, given, out);
  if (name == service_base_urls) return probe_service_list(call, given, service_base_urls, out);
  throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
}

// Without a token a request may go anywhere.
std::string FhirServer::address_of(const std::string& path, bool is_for_anybody) const {
  return is_for_anybody && is_absolute_uri(path) ? path : line_.absolute(path, fhir_request);
}

void FhirServer::probe_fhir(Call& call, const Value& given, Content& out) {
  const auto token = given["token"].string_or("own");
  FhirRequest request{.method = given["method"].string_or("GET"),
                      .url = address_of(given["path"].string_or(""), token == "none"),
                      .query = fields_of_object(given["query"]),
                      .accept = given["accept"].string_or(std::string(fhir_media_type)),
                      .has_token = token == "own"};
  add_headers(request, given["headers"]);
  if (const auto* const body = given["body"].string()) {
    request.body = *body;
    request.media_type = given["media_type"].string_or(std::string(fhir_media_type));
  }
  if (token == "ended") {
    const std::scoped_lock lock(state_mutex_);
    if (!ended_token_) throw Failure{BB_E_STATE, "fhir-request: no session has ended whose token could be sent"};
    request.headers.push_back({"authorization", "Bearer " + std::string(ended_token_->bytes())});
  }
  if (token == "garbage") request.headers.push_back({"authorization", "Bearer no-token-of-this-server"});
  const auto session = entered();
  if (session) request.token = session->token;
  // A server that is open has no token to send.
  if (request.has_token && session && session->info.method == BB_AUTH_NONE) request.has_token = false;
  auto response = line_.exchange(call, request, fhir_request);
  while (response.status == given["while_status"].integer_or(0)) {
    // The call's deadline ends the waiting.
    clock_.sleep_ms(call, std::max(poll_ms_min,
                                   static_cast<std::int64_t>(plugins::retry_after_ms(response.header("retry-after")))));
    // What takes longer than a token lives is asked for with the next one.
    const auto now = entered();
    response =
        request.has_token && now ? send(call, request, now, fhir_request) : line_.exchange(call, request, fhir_request);
  }
  emit_answer(fhir_request, response, out, failure_of_fhir);
}

void FhirServer::probe_authorize(Call& call, const Value& given, Content& out) {
  const auto redirect_uri = given["redirect_uri"].string_or("https://localhost/callback");
  const auto lock = lock_for(call, session_mutex_);
  const auto url =
      access_.authorization_url(call, line_, redirect_uri, scopes_, base64url_encode(std::string(24, 's')), {});
  const auto asked = read_form(query_of_url(url));
  const auto fields = changed_fields(asked ? *asked : FormFields{}, given["set"], given["omit"]);
  const auto request = authorization_request(url.substr(0, url.find('?')), fields, given["method"].string_or("GET"));
  emit_told(oauth_authorize, authorization_outcome(line_.exchange(call, request, oauth_authorize), redirect_uri), out);
}

std::string FhirServer::own_value(std::string_view name) const {
  std::string value;
  if (name == "access_token") {
    if (open_ && open_->token) value = open_->token->bytes();
  } else if (name == "refresh_token") {
    if (open_) value = open_->refresh_token.bytes();
  } else if (name == "used_refresh_token") {
    value = used_refresh_token_.bytes();
  } else if (name == "ended_refresh_token") {
    value = ended_refresh_token_.bytes();
  } else {
    value = access_.brought(name);
  }
  if (value.empty()) throw Failure{BB_E_STATE, "oauth-token: there is no own '" + std::string(name) + "' to send"};
  return value;
}

void FhirServer::probe_token(Call& call, const Value& given, Content& out) {
  if (!given["fields"].is_object()) throw Failure{BB_E_INVALID_ARGUMENT, "oauth-token needs the argument 'fields'"};
  const auto lock = lock_for(call, session_mutex_);
  auto fields = fields_of_object(given["fields"]);
  for (const auto& [name, what] : fields_of_object(given["own"])) fields.emplace_back(name, own_value(what));
  const auto endpoint = given["endpoint"].string_or("token");
  const auto response = access_.probe_endpoint(call, line_, endpoint, std::move(fields), client_claim_of(given),
                                               open_ ? open_->secrets : ended_secrets_);
  // Tokens that came are the session's, which can be asked about, used and given back.
  if (auto token = smart::read_token_response(response.body);
      open_ && endpoint == "token" && response.status == 200 && token) {
    access_.keep(call, token->refresh_token, open_->secrets);
    go_on_with(*entered(), {std::move(*token), {}, 0});
  }
  emit_answer(oauth_token, response, out);
}

}  // namespace bb::rest
