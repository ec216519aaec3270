// The probes of org.bluebridge.rest.portal: requests that a careful portal
// refuses. They never judge: what came back is the message of the call, and a
// status of 4xx or 5xx is also its failure.
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/smart/health_link.hpp>

#include "function_probes.hpp"
#include "http/http_status.hpp"
#include "portal.hpp"
#include "probe_arguments.hpp"

namespace bb::rest {
namespace {

constexpr const char* read_without_sign_in = "read-without-sign-in";
constexpr const char* read_other_patient = "read-other-patient";
constexpr const char* read_over_http = "read-over-http";
constexpr const char* share_unconfirmed = "share-unconfirmed";
constexpr const char* sign_in_with_unknown_account = "sign-in-with-unknown-account";
constexpr const char* sign_in_with_wrong_password = "sign-in-with-wrong-password";
constexpr const char* time_to_visible = "time-to-visible";
constexpr const char* create_health_link = "create-health-link";
constexpr const char* read_address_later = "read-address-later";
constexpr const char* guess_password = "guess-passwords";
constexpr const char* restriction = "request-restriction";

// A request in the clear that is answered with the address to ask instead is
// refused, as 403 would be.
bool is_sent_on_to_https(const HttpResponse& response) {
  return response.status >= 300 && response.status < 400 &&
         to_lower(response.header("location").substr(0, 8)) == "https://";
}

// A portal that takes a wrong password answers with a token that works: the
// message keeps everything else.
std::string without_token(const std::string& body) {
  auto parsed = parse_json(body);
  if (!parsed || parsed->find("access_token") == nullptr) return body;
  parsed->set("access_token", "(removed)");
  return to_json(*parsed);
}

// What a new link carries stands beside it, for who judges it.
std::string with_payload(const std::string& body) {
  auto parsed = parse_json(body);
  const auto link = smart::read_health_link(parsed ? (*parsed)["link"].string_or("") : "");
  if (!link) return body;
  parsed->set("payload", link->payload);
  return to_json(*parsed);
}

// What of the record a reading probe asks for, as a path below the patient's.
struct Wanted {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};
Wanted wanted_by(const Value& given) {
  const auto what = given["what"].string_or("item");
  if (what == "item") return {"/items/" + path_part(given["item"].string_or("summary")), {}};
  if (what == "list") return {"/items", {}};
  if (what == "formats") return {"/formats", {}};
  if (what == "activity") return {"/activity", {}};
  if (what == "download") return {"/download", {{"format", given["format"].string_or("ccda-2.1")}}};
  throw Failure{BB_E_INVALID_ARGUMENT,
                "'what' is one of item, list, formats, download and activity, got '" + shorten(what, 40) + "'"};
}

}  // namespace

void Portal::list_probes(Call&, Probes& out) {
  out.emit(read_without_sign_in, "Reads a part of the record without signing in", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"item": {"type": "string", "minLength": 1, "default": "summary"},
                   "patient": {"type": "string", "minLength": 1},
                   "what": {"enum": ["item", "list", "formats", "download", "activity"], "default": "item"},
                   "format": {"type": "string", "minLength": 1, "default": "ccda-2.1"}}})");
  out.emit(read_other_patient, "Reads a part of another patient's record", R"({
    "type": "object", "additionalProperties": false, "required": ["patient"],
    "properties": {"patient": {"type": "string", "minLength": 1},
                   "item": {"type": "string", "minLength": 1, "default": "summary"},
                   "what": {"enum": ["item", "list", "formats", "download", "activity"], "default": "item"},
                   "format": {"type": "string", "minLength": 1, "default": "ccda-2.1"}}})");
  out.emit(read_over_http, "Reads a part of the record without TLS, with the session's token", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"item": {"type": "string", "minLength": 1, "default": "summary"},
                   "what": {"enum": ["item", "list", "formats", "download", "activity"], "default": "item"},
                   "format": {"type": "string", "minLength": 1, "default": "ccda-2.1"}}})");
  out.emit(sign_in_with_wrong_password, "Signs in to the session's account with a password that is not its own",
           R"({"type": "object", "additionalProperties": false, "properties": {}})");
  out.emit(sign_in_with_unknown_account, "Signs in to an account that nobody has",
           R"({"type": "object", "additionalProperties": false, "properties": {}})");
  list_function_probes(out);
  out.emit(share_unconfirmed, "Sends the record by plain mail without a word that its reader was warned", R"({
    "type": "object", "additionalProperties": false, "required": ["to"],
    "properties": {"to": {"type": "string", "minLength": 1},
                   "format": {"type": "string", "minLength": 1, "default": "ccda-2.1"}}})");
  list_access_probes(out);
  out.emit(time_to_visible, "Files an event at the source of the record and waits until the patient can see it", R"({
    "type": "object", "additionalProperties": false, "required": ["kind", "title"],
    "properties": {"kind": {"enum": ["result", "discharge"]}, "title": {"type": "string", "minLength": 8}}})");
  out.emit(read_address_later, "Reads an address as nobody, after so many minutes", R"({
    "type": "object", "additionalProperties": false, "required": ["address", "minutes"],
    "properties": {"address": {"type": "string", "minLength": 1},
                   "minutes": {"type": "integer", "minimum": 1, "maximum": 10080}}})");
  out.emit(guess_password, "Signs in to an account with one wrong password after the other", R"({
    "type": "object", "additionalProperties": false, "required": ["account", "count"],
    "properties": {"account": {"type": "string", "minLength": 1},
                   "count": {"type": "integer", "minimum": 1, "maximum": 50}}})");
  out.emit(restriction, "Asks for a restriction on the use and disclosure of one class of data", R"({
    "type": "object", "additionalProperties": false, "required": ["class"],
    "properties": {"class": {"type": "string", "minLength": 1}, "reason": {"type": "string"}}})");
}

const std::string& Portal::probed_patient(std::string_view probe) const {
  if (!api_.has_token()) throw Failure{BB_E_STATE, std::string(probe) + ": sign in first, the probe needs a session"};
  return patient_;
}

ApiRequest Portal::probe_request(Call& call, std::string_view name, const Value& given) const {
  const auto patient = given["patient"].string_or("");
  const auto reading = [&](std::string_view of) {
    auto wanted = wanted_by(given);
    return ApiRequest{.path = patient_path(of, wanted.path), .query = std::move(wanted.query)};
  };
  if (name == read_without_sign_in) {
    auto request = reading(patient.empty() ? probed_patient(name) : patient);
    request.credentials = Credentials::none;
    return request;
  }
  if (name == read_other_patient) {
    if (patient.empty()) throw Failure{BB_E_INVALID_ARGUMENT, "read-other-patient needs the argument 'patient'"};
    probed_patient(name);
    return reading(patient);
  }
  if (name == read_over_http) {
    if (!cleartext_base_url_)
      throw Failure{BB_E_UNSUPPORTED, "read-over-http: the configuration has no /cleartext_base_url"};
    auto request = reading(probed_patient(name));
    request.base_url = without_slash(*cleartext_base_url_);
    return request;
  }
  if (name == sign_in_with_wrong_password) {
    probed_patient(name);
    const auto body = Value::object({{"account", account_}, {"password", "not the password of this account"}});
    return {.method = "POST", .path = "/api/session", .json = to_json(body), .credentials = Credentials::none};
  }
  if (name == sign_in_with_unknown_account) {
    probed_patient(name);
    const auto body =
        Value::object({{"account", "nobody-has-this-account"}, {"password", "not the password of this account"}});
    return {.method = "POST", .path = "/api/session", .json = to_json(body), .credentials = Credentials::none};
  }
  if (auto request = function_probe_request(name, given, patient_)) {
    probed_patient(name);
    return *std::move(request);
  }
  if (name == share_unconfirmed) {
    const auto to = given["to"].string_or("");
    if (to.empty()) throw Failure{BB_E_INVALID_ARGUMENT, "share-unconfirmed needs the argument 'to'"};
    const auto body = Value::object({{"to", Value::strings({to})}, {"format", given["format"].string_or("ccda-2.1")}});
    return {.method = "POST",
            .path = patient_path(probed_patient(name), "/shares"),
            .headers = {{"idempotency-key", shorten("unconfirmed-" + path_part(to), 200)}},
            .json = to_json(body)};
  }
  if (auto request = access_probe_request(call, name, given)) return *std::move(request);
  throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
}

void Portal::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  const auto given = plugins::parse_arguments(arguments);
  if (name == time_to_visible) return measure_visibility(call, name, given, out);
  if (name == read_address_later) return read_later(call, name, given, out);
  if (name == guess_password) return guess_passwords(call, name, given, out);
  if (name == restriction) return request_restriction(call, name, given, out);
  const auto response = api_.exchange(call, probe_request(call, name, given), name);
  const auto body = name == create_health_link ? with_payload(response.body) : without_token(response.body);
  out.head({.id = name, .kind = "probe", .media_type = media_type_of(response), .size = body.size()});
  if (!body.empty()) out.write(body);
  if (response.status >= 400 && response.status < 600) throw plugins::failure_of_answer(response, name);
  if (name == read_over_http && is_sent_on_to_https(response))
    throw Failure{BB_E_REJECTED, "read-over-http: the system sends on to https instead of answering", "http",
                  response.status};
}

}  // namespace bb::rest
