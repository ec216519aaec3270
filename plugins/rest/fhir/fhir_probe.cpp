// The probes of org.bluebridge.rest.fhir: requests as a suite words them, to FHIR and OAuth
// endpoints. They never judge: what came back is the message of the call, and a status of 4xx or
// 5xx is also its failure. Tokens that come back are taken out of the message.
#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/smart/authorization.hpp>
#include <bb/smart/pkce.hpp>

#include "fhir/fhir_server.hpp"
#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "probe_arguments.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view fhir_request = "fhir-request";
constexpr std::string_view smart_configuration = "smart-configuration";
constexpr std::string_view oauth_authorize = "oauth-authorize";
constexpr std::string_view oauth_token = "oauth-token";
constexpr std::int64_t poll_ms_min = 1'000;  // between requests of which the server does not say how far apart

FormFields fields_of(const Value& object) {
  FormFields fields;
  if (const auto* const members = object.members())
    for (const auto& member : *members) fields.emplace_back(member.key, member.value.string_or(""));
  return fields;
}

void add_headers(FhirRequest& request, const Value& object) {
  for (const auto& [name, value] : fields_of(object)) request.headers.push_back({name, value});
}

// A server that takes a bad request answers with tokens that work.
std::string without_tokens(const std::string& body) {
  auto parsed = parse_json(body);
  if (!parsed || !parsed->is_object()) return body;
  bool has_any = false;
  for (const std::string_view name : {"access_token", "refresh_token", "id_token", "client_secret"})
    if (parsed->find(name) != nullptr) {
      parsed->set(name, "(removed)");
      has_any = true;
    }
  return has_any ? to_json(*parsed) : body;
}

// What became of an authorization request: "asked" (a page, or the way to one), "code", "refused" (RFC 6749, 4.1.2.1,
// or a status of 4xx), "failed" (anything else); of a redirect to the application its error.
std::string outcome_of(const HttpResponse& response, std::string_view redirect_uri) {
  const auto location = std::string(response.header("location"));
  auto told = Value::object({{"status", response.status}, {"outcome", "failed"}});
  const bool is_redirect = response.status >= 300 && response.status < 400 && !location.empty();
  if (is_redirect && location.starts_with(redirect_uri)) {
    const auto answer = smart::read_authorization_return(location);
    told.set("outcome", !answer ? "failed" : answer->error ? "refused" : "code");
    if (answer && answer->error) told.set("error", answer->error->code);
  } else if (is_redirect || response.status == 200) {
    told.set("outcome", "asked");
  } else if (response.status >= 400 && response.status < 500) {
    told.set("outcome", "refused");
  }
  return to_json(told);
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

void emit(std::string_view name, const HttpResponse& response, Content& out) {
  const auto body = without_tokens(response.body);
  const auto media_type = media_type_of(response);
  out.head({.id = name, .kind = "probe", .media_type = media_type, .size = body.size()});
  if (!body.empty()) out.write(body);
  if (response.status >= 400 && response.status < 600) throw failure_of_fhir(response, name);
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
}

void FhirServer::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  const auto given = plugins::parse_arguments(arguments);
  if (name == fhir_request) return probe_fhir(call, given, out);
  if (name == smart_configuration) {
    FhirRequest request{
        .url = smart::configuration_url(line_.base_url()), .accept = given["accept"].string_or(""), .has_token = false};
    add_headers(request, given["headers"]);
    return emit(name, line_.exchange(call, request, name), out);
  }
  if (name == oauth_authorize) return probe_authorize(call, given, out);
  if (name == oauth_token) return probe_token(call, given, out);
  throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
}

void FhirServer::probe_fhir(Call& call, const Value& given, Content& out) {
  const auto token = given["token"].string_or("own");
  FhirRequest request{.method = given["method"].string_or("GET"),
                      .url = line_.absolute(given["path"].string_or(""), fhir_request),
                      .query = fields_of(given["query"]),
                      .accept = given["accept"].string_or(std::string(fhir_media_type)),
                      .has_token = token == "own"};
  add_headers(request, given["headers"]);
  if (const auto* const body = given["body"].string()) {
    request.body = *body;
    request.media_type = given["media_type"].string_or(std::string(fhir_media_type));
  }
  if (token == "ended" && ended_token_.is_empty())
    throw Failure{BB_E_STATE, "fhir-request: no session has ended whose token could be sent"};
  if (token == "ended") request.headers.push_back({"authorization", "Bearer " + std::string(ended_token_.bytes())});
  if (token == "garbage") request.headers.push_back({"authorization", "Bearer no-token-of-this-server"});
  // A server that is open has no token to send.
  if (request.has_token && open_ && open_->info.method == BB_AUTH_NONE) request.has_token = false;
  auto response = line_.exchange(call, request, fhir_request);
  while (response.status == given["while_status"].integer_or(0)) {
    // The call's deadline ends the waiting.
    clock_.sleep_ms(call, std::max(poll_ms_min,
                                   static_cast<std::int64_t>(plugins::retry_after_ms(response.header("retry-after")))));
    response = line_.exchange(call, request, fhir_request);
  }
  emit(fhir_request, response, out);
}

void FhirServer::probe_authorize(Call& call, const Value& given, Content& out) {
  const auto redirect_uri = given["redirect_uri"].string_or("https://localhost/callback");
  const auto url =
      access_.authorization_url(call, line_, redirect_uri, scopes_, base64url_encode(std::string(24, 's')), {});
  const auto asked = read_form(query_of_url(url));
  FormFields fields = asked ? *asked : FormFields{};
  const auto omitted = strings_of(given["omit"]);
  std::erase_if(fields, [&](const auto& field) {
    return given["set"].find(field.first) != nullptr ||
           std::find(omitted.begin(), omitted.end(), field.first) != omitted.end();
  });
  const auto changed = fields_of(given["set"]);
  fields.insert(fields.end(), changed.begin(), changed.end());
  const auto endpoint = url.substr(0, url.find('?'));
  FhirRequest request{.url = with_query(endpoint, fields), .accept = "text/html", .has_token = false};
  if (given["method"].string_or("GET") == "POST")
    request = {.method = "POST",
               .url = endpoint,
               .accept = "text/html",
               .body = write_form(fields),
               .media_type = "application/x-www-form-urlencoded",
               .has_token = false};
  const auto told = outcome_of(line_.exchange(call, request, oauth_authorize), redirect_uri);
  out.head({.id = oauth_authorize, .kind = "probe", .media_type = "application/json", .size = told.size()});
  out.write(told);
}

std::string FhirServer::own_value(std::string_view name) const {
  std::string value;
  if (name == "access_token") {
    value = line_.token();
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
  auto fields = fields_of(given["fields"]);
  for (const auto& [name, what] : fields_of(given["own"])) fields.emplace_back(name, own_value(what));
  const auto endpoint = given["endpoint"].string_or("token");
  const auto response = access_.probe_endpoint(call, line_, endpoint, std::move(fields), client_claim_of(given),
                                               open_ ? open_->secrets : ended_secrets_);
  // Tokens that came are the session's, which can be asked about, used and given back.
  if (auto token = smart::read_token_response(response.body);
      open_ && endpoint == "token" && response.status == 200 && token) {
    access_.keep(call, token->refresh_token, open_->secrets);
    go_on_with({std::move(*token), {}, 0});
  }
  emit(oauth_token, response, out);
}

}  // namespace bb::rest
