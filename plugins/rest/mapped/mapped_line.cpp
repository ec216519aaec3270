#include "mapped/mapped_line.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/form.hpp>
#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"

namespace bb::rest {
namespace {

constexpr std::size_t url_bytes_max = 8192;

// RFC 9110, 5.5: what a field's value may hold here.
bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

FormFields filled(const std::vector<std::pair<std::string, Template>>& texts, const Bindings& bindings) {
  FormFields fields;
  for (const auto& [name, text] : texts)
    for (auto& value : text.texts(bindings)) fields.emplace_back(name, std::move(value));
  return fields;
}

}  // namespace

MappedLine::MappedLine(Http http, std::string base_url)
    : http_(http), base_url_(std::move(base_url)), origin_(origin_of(base_url_)) {
  if (origin_.empty())
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "configuration: /base_url: expected an address without user, escapes or backslash"};
}

void MappedLine::set_credential(std::string header, std::string_view value, std::string_view secret) {
  if (secret.empty() || !is_field_value(value))
    throw plugins::not_this_api("signing in",
                                "the token, cookie or key cannot stand in a header field (RFC 9110, 5.5)");
  header_ = std::move(header);
  value_ = SecretBytes(std::string(value));
  secret_ = SecretBytes(std::string(secret));
}

void MappedLine::forget_credential() {
  header_.clear();
  value_ = SecretBytes();
  secret_ = SecretBytes();
}

HttpResponse MappedLine::ask(Call& call, const RequestMap& request, const Bindings& bindings, std::string_view doing,
                             Sends sends, Counts counts) const {
  HttpRequest http;
  http.method = request.method;
  http.url = with_query(base_url_ + request.path.path(bindings), filled(request.query, bindings));
  http.headers.push_back({"accept", request.accept});
  for (auto& [name, value] : filled(request.headers, bindings)) {
    if (!is_field_value(value))
      throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + ": the value for " + request.pointer + "/headers/" +
                                               name + " has characters that no header field can carry"};
    http.headers.push_back({name, value});
  }
  if (request.json) {
    http.headers.push_back({"content-type", "application/json"});
    http.body = to_json(fill_json(*request.json, bindings));
  } else if (!request.form.empty()) {
    http.headers.push_back({"content-type", "application/x-www-form-urlencoded"});
    http.body = write_form(filled(request.form, bindings));
  }
  return perform(call, std::move(http), doing, sends, counts);
}

HttpResponse MappedLine::ask_url(Call& call, const std::string& url, std::string_view accept, std::string_view doing,
                                 Counts counts) const {
  HttpRequest http;
  http.url = url;
  http.headers.push_back({"accept", std::string(accept)});
  return perform(call, std::move(http), doing, Sends::credential, counts);
}

HttpResponse MappedLine::perform(Call& call, HttpRequest request, std::string_view doing, Sends sends,
                                 Counts counts) const {
  call.check();
  const bool with_credential = sends == Sends::credential;
  if (with_credential && !has_credential())
    throw Failure{BB_E_UNAUTHENTICATED, std::string(doing) + ": nobody is signed in"};
  if (with_credential) request.headers.push_back({header_, std::string(value_.bytes())});
  request.is_answer = counts == Counts::as_answer;
  auto response = plugins::perform(http_, call, request, doing);
  if (with_credential && response.body.find(secret_.bytes()) != std::string::npos)
    throw plugins::not_this_api(doing, "the answer repeats the session's credential: this is an echo of the request");
  return response;
}

std::string MappedLine::own_url(std::string_view named) const {
  const auto is_plain =
      std::all_of(named.begin(), named.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
  if (named.empty() || named.size() > url_bytes_max || !is_plain) return {};
  const auto whole = std::string(named.substr(0, named.find('#')));
  if (!whole.starts_with('/')) {
    if (origin_of(whole) != origin_) return {};
    const auto path = whole.find('/', whole.find("://") + 3);
    return origin_ + (path == std::string::npos ? "/" : whole.substr(path));
  }
  return whole.starts_with("//") ? std::string() : origin_ + whole;
}

Value json_of(const HttpResponse& response, std::string_view doing) {
  if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
  if (response.status > 202)
    throw plugins::not_this_api(doing, "expected status 200, 201 or 202, got " + std::to_string(response.status));
  const auto type = media_type_of(response);
  if (type != "application/json" && !type.ends_with("+json"))
    throw plugins::not_this_api(doing, "expected content-type application/json, got " +
                                           (type.empty() ? "none" : "'" + one_line(shorten(type, 60)) + "'"));
  auto parsed = parse_json(response.body);
  if (!parsed) throw plugins::not_this_api(doing, "the answer is no JSON: " + parsed.error().what);
  return *std::move(parsed);
}

std::string expect_document(const HttpResponse& response, std::string_view media_type, std::string_view doing) {
  if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
  if (response.status != 200)
    throw plugins::not_this_api(doing, "expected status 200, got " + std::to_string(response.status));
  if (response.body.empty()) throw plugins::not_this_api(doing, "expected a document, got an empty body");
  const auto type = media_type_of(response);
  if (type.empty() || (!media_type.empty() && type != media_type))
    throw plugins::not_this_api(doing, "expected content-type " +
                                           (media_type.empty() ? "" : std::string(media_type) + ", ") + "got " +
                                           (type.empty() ? "none" : "'" + one_line(shorten(type, 60)) + "'"));
  return type;
}

}  // namespace bb::rest
