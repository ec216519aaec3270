// The probes of org.bluebridge.rest.pull: the registry's documents, registrations, authorization and document requests
// as a suite words them. They never judge: what came back is the message of the call.
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "oauth_probe.hpp"
#include "probe_arguments.hpp"
#include "pull/pull_provider.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view registry_document = "bbplus-registry";
constexpr std::string_view registration = "bbplus-register";
constexpr std::string_view authorization = "bbplus-authorize";
constexpr std::string_view token_request = "oauth-token";
constexpr std::string_view token_answer = "bbplus-token-answer";
constexpr std::string_view document_request = "bbplus-request";
constexpr std::string_view document_search = "bbplus-search";
constexpr std::string_view redirect_default = "https://localhost/callback";
constexpr std::size_t page_bytes_max = 65'536;  // of an authorization page that is told

}  // namespace

void PullProvider::list_probes(Call&, Probes& out) {
  out.emit(registry_document, "Reads one of the registry's documents", R"({
    "type": "object", "additionalProperties": false, "required": ["document"],
    "properties": {"document": {"enum": ["registry", "providers", "apps"]}}})");
  out.emit(registration, "Registers an application, with members and claims changed or left out", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"kind": {"enum": ["open", "trusted"], "default": "open"},
                   "client_uri": {"type": "string"},
                   "redirect_uri": {"type": "string", "default": "https://localhost/callback"},
                   "set": {"type": "object"},
                   "omit": {"type": "array", "items": {"type": "string"}},
                   "jwt": {"type": "object", "additionalProperties": false,
                           "properties": {"set": {"type": "object"}, "omit": {"type": "array", "items": {"type": "string"}},
                                          "omit_header": {"type": "array", "items": {"type": "string"}},
                                          "signature": {"enum": ["own", "broken"], "default": "own"}}}}})");
  out.emit(authorization,
           "Asks the authorization endpoint, as an application that was registered for it, without a person", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"redirect_uri": {"type": "string", "default": "https://localhost/callback"},
                   "set": {"type": "object", "additionalProperties": {"type": "string"}},
                   "omit": {"type": "array", "items": {"type": "string"}},
                   "method": {"enum": ["GET", "POST"], "default": "GET"},
                   "registration": {"type": "object", "additionalProperties": false,
                           "properties": {"kind": {"enum": ["open", "trusted"], "default": "open"},
                                          "client_uri": {"type": "string"}, "redirect_uri": {"type": "string"},
                                          "set": {"type": "object"}}}}})");
  out.emit(token_request, "Sends a form to the token endpoint, as the registered client or as nobody", R"({
    "type": "object", "additionalProperties": false, "required": ["fields"],
    "properties": {"fields": {"type": "object", "additionalProperties": {"type": "string"}},
                   "endpoint": {"enum": ["token", "revocation", "introspection"], "default": "token"},
                   "client": {"enum": ["own", "none"], "default": "own"}}})");
  out.emit(token_answer, "What the token endpoint answered to who is signed in, without the token", R"({
    "type": "object", "additionalProperties": false})");
  out.emit(document_request, "Asks for the summary, a search or a document, with the session's token, another or none",
           R"({
    "type": "object", "additionalProperties": false,
    "properties": {"what": {"enum": ["summary", "search", "location"], "default": "summary"},
                   "location": {"type": "string"},
                   "query": {"type": "object", "additionalProperties": {"type": "string"}},
                   "accept": {"type": "string", "default": ""},
                   "token": {"enum": ["own", "none", "garbage"], "default": "own"}}})");
  out.emit(document_search, "Searches for documents, and tells those of an Atom feed or a bundle alike", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"query": {"type": "object", "additionalProperties": {"type": "string"}},
                   "accept": {"type": "string", "default": ""}}})");
}

void PullProvider::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  const auto given = plugins::parse_arguments(arguments);
  if (name == registry_document)
    return emit_answer(name, well_known(call, given["document"].string_or("registry"), true), out);
  if (name == registration) return probe_registration(call, given, out);
  if (name == authorization) return probe_authorization(call, given, out);
  if (name == document_request) return probe_request(call, given, out);
  if (name == document_search) return probe_search(call, given, out);
  if (name == token_answer) {
    expect_open(name);
    const auto told = without_tokens(std::string(access_.token_answer()));
    out.head({.id = name, .kind = "probe", .media_type = "application/json", .size = told.size()});
    return out.write(told);
  }
  if (name == token_request) {
    if (!given["fields"].is_object()) throw Failure{BB_E_INVALID_ARGUMENT, "oauth-token needs the argument 'fields'"};
    const ClientClaim client{.proof = given["client"].string_or("own") == "own" ? ClientClaim::Proof::own
                                                                                : ClientClaim::Proof::none};
    const auto response = access_.probe_endpoint(call, line(call), given["endpoint"].string_or("token"),
                                                 fields_of_object(given["fields"]), client, secrets_);
    return emit_answer(name, response, out);
  }
  throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
}

PullProvider::Asked PullProvider::asked_by(const Value& given) const {
  return {.how = given["kind"].string_or("open") == "trusted" ? Registering::trusted : Registering::open,
          .client_uri = given["client_uri"].string_or(client_uri_),
          .redirect_uri = given["redirect_uri"].string_or(redirect_default),
          .scopes = roots_of(scopes_),
          .set = given["set"],
          .omit = given["omit"],
          .jwt = given["jwt"]};
}

void PullProvider::probe_registration(Call& call, const Value& given, Content& out) {
  emit_answer(registration, register_client(call, asked_by(given), registration, true), out);
}

void PullProvider::probe_authorization(Call& call, const Value& given, Content& out) {
  auto asked = asked_by(given["registration"]);
  const auto redirect_uri = given["redirect_uri"].string_or(redirect_default);
  if (given["registration"].find("redirect_uri") == nullptr) asked.redirect_uri = redirect_uri;
  const auto registered = register_client(call, asked, authorization, false);
  if (registered.status != 200 && registered.status != 201) throw failure_of_oauth(registered, authorization);
  const auto client = smart::read_registered_client(registered.body);
  if (!client) throw plugins::not_this_api(authorization, client.error().what);
  const auto state = base64url_encode(std::string(24, 's'));
  const FormFields own{{"response_type", "code"},
                       {"client_id", client->client_id},
                       {"redirect_uri", redirect_uri},
                       {"scope", scopes_},
                       {"state", state}};
  const auto fields = changed_fields(own, given["set"], given["omit"]);
  const auto request = authorization_request(provider(call).authorize_uri, fields, given["method"].string_or("GET"));
  const auto response = registry_.exchange(call, request, authorization);
  auto told = authorization_outcome(response, redirect_uri);
  if (const auto* const sent = find_field(fields, "state"))
    told.set("is_state_kept", told["state"].string_or("") == *sent);
  if (response.status == 200) told.set("page", shorten(response.body, page_bytes_max));
  emit_told(authorization, told, out);
}

HttpResponse PullProvider::request(Call& call, const Value& given, std::string_view name) {
  const auto what = given["what"].string_or("summary");
  auto& to = line(call);
  const auto& found = provider(call);
  const auto url = what == "search"     ? found.search
                   : what == "location" ? given["location"].string_or("")
                                        : found.summary;
  if (url.empty()) throw Failure{BB_E_UNSUPPORTED, std::string(name) + ": there is no address to ask"};
  const auto token = given["token"].string_or("own");
  FhirRequest asked{.url = url,
                    .query = fields_of_object(given["query"]),
                    .accept = given["accept"].string_or(""),
                    .has_token = token == "own",
                    .token = token_};
  if (token == "garbage") asked.headers.push_back({"authorization", "Bearer no-token-of-this-provider"});
  return to.exchange(call, asked, name);
}

void PullProvider::probe_request(Call& call, const Value& given, Content& out) {
  emit_answer(document_request, request(call, given, document_request), out);
}

void PullProvider::probe_search(Call& call, const Value& given, Content& out) {
  auto asked = given;
  asked.set("what", "search");
  const auto response = request(call, asked, document_search);
  if (response.status != 200) return emit_answer(document_search, response, out);
  const auto type = media_type_of(response);
  const bool is_json = type.ends_with("json");
  const auto documents = is_json ? pull::read_bundle(response.body) : pull::read_atom(response.body);
  if (!documents) throw plugins::not_this_api(document_search, documents.error().what);
  auto list = Value::array();
  for (const auto& document : *documents) {
    auto told = Value::object();
    // As ISO 8601 writes an interval; open ends are empty.
    const auto period =
        document.start.empty() && document.end.empty() ? std::string() : document.start + "/" + document.end;
    for (const auto& [name, text] :
         {std::pair("location", &document.location), std::pair("format", &document.format),
          std::pair("mimeType", &document.media_type), std::pair("type", &document.type), std::pair("period", &period)})
      if (!text->empty()) told.set(name, *text);
    list.push(std::move(told));
  }
  emit_told(document_search,
            Value::object({{"form", is_json ? "json" : "atom"},
                           {"media_type", type},
                           {"count", static_cast<std::int64_t>(documents->size())},
                           {"documents", std::move(list)}}),
            out);
}

}  // namespace bb::rest
