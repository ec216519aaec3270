#include "oauth_probe.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/smart/authorization.hpp>

#include "json_answer.hpp"

namespace bb::rest {
namespace {

constexpr std::size_t fingerprint_digits = 16;

// What a person can be asked on.
bool is_page(const HttpResponse& response) {
  const auto type = media_type_of(response);
  return type == "text/html" || type == "application/xhtml+xml";
}

}  // namespace

FormFields fields_of_object(const Value& object) {
  FormFields fields;
  if (const auto* const members = object.members())
    for (const auto& member : *members) fields.emplace_back(member.key, member.value.string_or(""));
  return fields;
}

FormFields changed_fields(FormFields fields, const Value& set, const Value& omit) {
  const auto omitted = strings_of(omit);
  std::erase_if(fields, [&](const auto& field) {
    return set.find(field.first) != nullptr || std::find(omitted.begin(), omitted.end(), field.first) != omitted.end();
  });
  const auto changed = fields_of_object(set);
  fields.insert(fields.end(), changed.begin(), changed.end());
  return fields;
}

std::string without_tokens(const std::string& body) {
  auto parsed = parse_json(body);
  if (!parsed || !parsed->is_object()) return body;
  bool has_any = false;
  for (const std::string_view name :
       {"access_token", "refresh_token", "id_token", "client_secret", "registration_access_token"})
    if (const auto* const token = parsed->find(name)) {
      parsed->set(name, "(removed, sha256 " + sha256_hex(token->string_or("")).substr(0, fingerprint_digits) + ")");
      has_any = true;
    }
  return has_any ? to_json(*parsed) : body;
}

FhirRequest authorization_request(std::string_view endpoint, const FormFields& fields, std::string_view method) {
  if (method != "POST") return {.url = with_query(endpoint, fields), .accept = "text/html", .has_token = false};
  return {.method = "POST",
          .url = std::string(endpoint),
          .accept = "text/html",
          .body = write_form(fields),
          .media_type = "application/x-www-form-urlencoded",
          .has_token = false};
}

Value authorization_outcome(const HttpResponse& response, std::string_view redirect_uri) {
  const auto location = std::string(response.header("location"));
  auto told = Value::object({{"status", response.status}, {"outcome", "failed"}});
  const bool is_redirect = response.status >= 300 && response.status < 400 && !location.empty();
  if (is_redirect && location.starts_with(redirect_uri)) {
    const auto answer = smart::read_authorization_return(location);
    told.set("outcome", !answer ? "failed" : answer->error ? "refused" : "code");
    if (answer && answer->error) told.set("error", answer->error->code);
    if (answer && !answer->state.empty()) told.set("state", answer->state);
  } else if (is_redirect || (response.status == 200 && is_page(response))) {
    told.set("outcome", "asked");
  } else if (response.status >= 400 && response.status < 500) {
    told.set("outcome", "refused");
  }
  return told;
}

void emit_told(std::string_view probe, const Value& told, Content& out) {
  const auto text = to_json(told);
  out.head({.id = probe, .kind = "probe", .media_type = "application/json", .size = text.size()});
  out.write(text);
}

void emit_answer(std::string_view probe, const HttpResponse& response, Content& out,
                 Failure (*failure_of)(const HttpResponse&, std::string_view)) {
  const auto body = without_tokens(response.body);
  const auto media_type = media_type_of(response);
  out.head({.id = probe, .kind = "probe", .media_type = media_type, .size = body.size()});
  if (!body.empty()) out.write(body);
  if (response.status >= 400 && response.status < 600) throw failure_of(response, probe);
}

}  // namespace bb::rest
