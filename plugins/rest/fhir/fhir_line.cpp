#include "fhir/fhir_line.hpp"

#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>
#include <bb/smart/oauth_error.hpp>

#include "api_client.hpp"
#include "http/http_status.hpp"
#include "json_answer.hpp"

namespace bb::rest {
namespace {

constexpr std::size_t said_bytes_max = 300;

// Codes of FHIR's own list (issue-type), which hold nothing of a patient.
bool is_issue_code(std::string_view code) {
  return !code.empty() && code.size() <= 30 && code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == code.npos;
}

// "OperationOutcome not-found": severity, text and diagnostics are for the remote detail.
std::string issues_of(const Value& outcome) {
  std::string codes;
  const auto* const issues = outcome["issue"].items();
  if (issues == nullptr) return {};
  for (const auto& issue : *issues) {
    const auto code = issue["code"].string_or("");
    if (codes.size() < said_bytes_max && is_issue_code(code)) codes += (codes.empty() ? "" : ", ") + code;
  }
  return codes;
}

std::string words_of(const Value& outcome) {
  std::string words;
  const auto* const issues = outcome["issue"].items();
  if (issues == nullptr) return {};
  for (const auto& issue : *issues)
    for (const auto& said : {issue["diagnostics"].string_or(""), issue["details"]["text"].string_or("")})
      if (!said.empty() && words.size() < said_bytes_max) words += (words.empty() ? "" : "; ") + said;
  return shorten(one_line(words), said_bytes_max);
}

}  // namespace

FhirLine::FhirLine(Http http, std::string base_url)
    : http_(http), base_url_(without_slash(std::move(base_url))), origin_(origin_of(base_url_)) {}

FhirLine::FhirLine(const Context& context, std::string base_url)
    : FhirLine(context.require<Http>(), std::move(base_url)) {
  if (origin_.empty())
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "configuration: /base_url is no address of a FHIR server: expected https://HOST/PATH"};
}

FhirLine FhirLine::at(std::string base_url, std::string_view doing) const {
  FhirLine line(http_, std::move(base_url));
  if (line.origin_.empty()) throw plugins::not_this_api(doing, "expected an absolute https URL of a server");
  return line;
}

bool FhirLine::is_own(std::string_view url) const { return !origin_.empty() && origin_of(url) == origin_; }

std::string FhirLine::absolute(std::string_view url, std::string_view doing) const {
  if (url.find("://") != std::string_view::npos && url.find("://") < url.find_first_of("/?#")) {
    if (is_own(url)) return std::string(url);
    throw plugins::not_this_api(doing, "the server leads to another host, where its token must not go");
  }
  if (url.starts_with("//")) throw plugins::not_this_api(doing, "the server leads to an address without a scheme");
  if (url.starts_with('/')) return origin_ + std::string(url);
  return base_url_ + (url.empty() || url.starts_with('?') ? "" : "/") + std::string(url);
}

HttpResponse FhirLine::exchange(Call& call, const FhirRequest& request, std::string_view doing) const {
  call.check();
  if (request.has_token && !request.token)
    throw Failure{BB_E_UNAUTHENTICATED, std::string(doing) + ": nobody is signed in"};
  HttpRequest http;
  http.method = request.method;
  http.url = with_query(request.has_token ? absolute(request.url, doing) : request.url, request.query);
  if (!request.accept.empty()) http.headers.push_back({"accept", request.accept});
  http.headers.insert(http.headers.end(), request.headers.begin(), request.headers.end());
  if (request.has_token) http.headers.push_back({"authorization", "Bearer " + std::string(request.token->bytes())});
  if (request.body) {
    http.headers.push_back({"content-type", request.media_type});
    http.body = request.body;
  }
  http.is_answer = request.is_answer;
  return plugins::perform(http_, call, http, doing);
}

HttpResponse FhirLine::post_form(Call& call, std::string_view url, const FormFields& fields,
                                 std::string_view authorization, std::string_view doing, Answers answers) const {
  FhirRequest request{.method = "POST",
                      .url = std::string(url),
                      .accept = "application/json",
                      .body = write_form(fields),
                      .media_type = "application/x-www-form-urlencoded",
                      .has_token = false,
                      .is_answer = answers == Answers::call};
  if (!authorization.empty()) request.headers.push_back({"authorization", std::string(authorization)});
  return exchange(call, request, doing);
}

void refuse_echo(const HttpResponse& response, const SharedToken& token, std::string_view doing) {
  if (token && response.body.find(token->bytes()) != std::string::npos)
    throw plugins::not_this_api(doing, "the answer repeats the request's token: this is an echo of the request");
}

Failure failure_of_bearer(const HttpResponse& response, std::string_view doing) {
  auto failure = plugins::failure_of_answer(response, doing);
  if (response.status == 410) failure.status = BB_E_NOT_FOUND;
  if (response.status >= 300 && response.status < 400)
    failure.message += ": it sends on to another address, which is not followed";
  const auto challenge = smart::read_bearer_challenge(response.header("www-authenticate"));
  if (response.status == 401 && challenge && *challenge && (*challenge)->error) {
    if ((*challenge)->error->code == "insufficient_scope") failure.status = BB_E_FORBIDDEN;
    if (smart::is_known_error((*challenge)->error->code)) failure.message += ": " + (*challenge)->error->code;
  }
  return failure;
}

Failure failure_of_fhir(const HttpResponse& response, std::string_view doing) {
  auto failure = failure_of_bearer(response, doing);
  if (const auto outcome = parse_json(response.body);
      outcome && (*outcome)["resourceType"].string_or("") == "OperationOutcome") {
    if (const auto codes = issues_of(*outcome); !codes.empty()) failure.message += " (OperationOutcome: " + codes + ")";
    if (auto words = words_of(*outcome); !words.empty()) failure.remote_detail = std::move(words);
  } else if (media_type_of(response) == "text/html") {
    failure.message += ", with a page instead of an OperationOutcome";
  }
  return failure;
}

void expect_fhir_json(const HttpResponse& response, std::string_view doing) {
  const auto type = media_type_of(response);
  if (type == fhir_media_type || type == "application/json" || type == "application/json+fhir") return;
  throw plugins::not_this_api(doing, "expected content-type application/fhir+json, got " +
                                         (type.empty() ? "none" : "'" + one_line(shorten(type, 60)) + "'"));
}

}  // namespace bb::rest
