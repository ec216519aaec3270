// The probes of org.bluebridge.rest.portal that do what people and record systems do, and that no capability has a verb
// for: access for others, on-going sharing, amendments, pages, changes at the source. Their answers are judged as they
// came; a refusal is one.
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "portal.hpp"

namespace bb::rest {
namespace {

Value functions_of(const std::string& joined) { return Value::strings(split(joined, '+')); }

Value picked(const Value& given, std::initializer_list<const char*> names) {
  auto body = Value::object();
  for (const auto* name : names)
    if (const auto text = given[name].string_or(""); !text.empty()) body.set(name, text);
  return body;
}

std::string needed(const Value& given, const char* name, std::string_view probe) {
  auto text = given[name].string_or("");
  if (text.empty()) throw Failure{BB_E_INVALID_ARGUMENT, std::string(probe) + " needs the argument '" + name + "'"};
  return text;
}

}  // namespace

void Portal::list_access_probes(Probes& out) const {
  out.emit("read-page", "Reads a page of the record as a person sees it", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"page": {"enum": ["record", "share", "messages", "history", "proxies", "sharing"]}}})");
  out.emit("grant-proxy", "Gives somebody access to the record, with functions and an end", R"({
    "type": "object", "additionalProperties": false, "required": ["account", "functions"],
    "properties": {"account": {"type": "string", "minLength": 1},
                   "functions": {"type": "string", "minLength": 1, "description": "joined by +"},
                   "until": {"type": "string"}}})");
  out.emit("withdraw-proxy", "Withdraws somebody's access to the record", R"({
    "type": "object", "additionalProperties": false, "required": ["account"],
    "properties": {"account": {"type": "string", "minLength": 1}}})");
  out.emit("list-proxies", "Lists who has access to the record",
           R"({"type": "object", "additionalProperties": false})");
  out.emit("start-sharing", "Asks for sharing, once or with each update of the record", R"({
    "type": "object", "additionalProperties": false, "required": ["to", "frequency"],
    "properties": {"to": {"type": "string", "minLength": 1}, "frequency": {"enum": ["once", "each-update"]},
                   "format": {"type": "string", "minLength": 1}}})");
  out.emit("change-sharing", "Changes how often it is shared", R"({
    "type": "object", "additionalProperties": false, "required": ["id", "frequency"],
    "properties": {"id": {"type": "string", "minLength": 1}, "frequency": {"enum": ["once", "each-update"]}}})");
  out.emit("stop-sharing", "Withdraws sharing that was asked for", R"({
    "type": "object", "additionalProperties": false, "required": ["id"],
    "properties": {"id": {"type": "string", "minLength": 1}}})");
  out.emit("list-sharing", "Lists the sharing that was asked for",
           R"({"type": "object", "additionalProperties": false})");
  out.emit("ask-for-amendment", "Asks to have the record amended", R"({
    "type": "object", "additionalProperties": false, "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}}})");
  out.emit("list-amendments", "Lists the amendments that were asked for",
           R"({"type": "object", "additionalProperties": false})");
  if (!source_key_) return;
  out.emit("change-record", "Changes the record of the session's patient at its source", R"({
    "type": "object", "additionalProperties": false, "required": ["change", "entry"],
    "properties": {"change": {"enum": ["add-allergy", "retract-allergy", "add-result", "correct-result"]},
                   "entry": {"type": "string", "minLength": 1}, "value": {"type": "string"},
                   "unit": {"type": "string"}}})");
  out.emit("bring-document", "Brings a document of which it has to be found out whose it is", R"({
    "type": "object", "additionalProperties": false,
    "required": ["given_name", "family_name", "birth_date", "allergy"],
    "properties": {"given_name": {"type": "string"}, "family_name": {"type": "string"},
                   "birth_date": {"type": "string"}, "identifier": {"type": "string"},
                   "allergy": {"type": "string", "minLength": 1}}})");
}

std::optional<ApiRequest> Portal::access_probe_request(Call& call, std::string_view name, const Value& given) const {
  const auto of_record = [&](const std::string& rest) { return patient_path(probed_patient(name), rest); };
  const auto post = [](std::string path, const Value& body) {
    return ApiRequest{.method = "POST", .path = std::move(path), .json = to_json(body)};
  };
  if (name == "read-page") return ApiRequest{.path = of_record("/pages/" + given["page"].string_or("record"))};
  if (name == "list-proxies") return ApiRequest{.path = of_record("/proxies")};
  if (name == "grant-proxy") {
    auto body = picked(given, {"until"});
    body.set("functions", functions_of(needed(given, "functions", name)));
    return ApiRequest{.method = "PUT",
                      .path = of_record("/proxies/" + path_part(needed(given, "account", name))),
                      .json = to_json(body)};
  }
  if (name == "withdraw-proxy")
    return ApiRequest{.method = "DELETE", .path = of_record("/proxies/" + path_part(needed(given, "account", name)))};
  if (name == "list-sharing") return ApiRequest{.path = of_record("/standing-shares")};
  if (name == "start-sharing") return post(of_record("/standing-shares"), picked(given, {"to", "frequency", "format"}));
  if (name == "change-sharing" || name == "stop-sharing") {
    ApiRequest request{.method = "DELETE",
                       .path = of_record("/standing-shares/" + path_part(needed(given, "id", name)))};
    if (name == "stop-sharing") return request;
    request.method = "PUT";
    request.json = to_json(picked(given, {"frequency"}));
    return request;
  }
  if (name == "list-amendments") return ApiRequest{.path = of_record("/amendments")};
  if (name == "ask-for-amendment") return post(of_record("/amendments"), picked(given, {"text"}));
  if (!source_key_ || (name != "change-record" && name != "bring-document")) return std::nullopt;
  const bool is_change = name == "change-record";
  auto body =
      picked(given, {"change", "value", "unit", "given_name", "family_name", "birth_date", "identifier", "allergy"});
  if (is_change) body.set("name", needed(given, "entry", name));
  auto request =
      post(is_change ? "/api/source/patients/" + path_part(probed_patient(name)) + "/changes" : "/api/source/documents",
           body);
  request.credentials = Credentials::none;
  request.headers = {{"authorization", "Bearer " + secret_.read(call, *source_key_)}};
  return request;
}

}  // namespace bb::rest
