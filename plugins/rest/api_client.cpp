#include "api_client.hpp"

#include <bb/core/text.hpp>
#include <bb/sdk/failure.hpp>

#include "http/http_status.hpp"

namespace bb::rest {

ApiClient::ApiClient(Http http, std::string base_url) : http_(http), base_url_(std::move(base_url)) {
  base_url_ = without_slash(std::move(base_url_));
}

void ApiClient::set_token(std::string token) {
  forget_token();
  token_ = std::move(token);
}

void ApiClient::forget_token() {
  // Wiped before it is freed, so that it does not stay behind on the heap.
  for (volatile char* c = token_.data(); c != token_.data() + token_.size(); ++c) *c = '\0';
  token_.clear();
}

HttpResponse ApiClient::exchange(Call& call, const ApiRequest& request, std::string_view doing) const {
  call.check();
  const bool with_token = request.credentials == Credentials::token;
  if (with_token && !has_token()) throw Failure{BB_E_UNAUTHENTICATED, std::string(doing) + ": nobody is signed in"};
  HttpRequest http;
  http.method = request.method;
  http.url = url(request);
  http.headers = request.headers;
  http.is_answer = true;
  if (with_token) http.headers.push_back({"authorization", "Bearer " + token_});
  if (request.json) {
    http.headers.push_back({"content-type", "application/json"});
    http.body = request.json;
  }
  return plugins::perform(http_, call, http, doing);
}

HttpResponse ApiClient::ask(Call& call, const ApiRequest& request, std::string_view doing) const {
  auto response = exchange(call, request, doing);
  if (request.credentials == Credentials::token && response.body.find(token_) != std::string::npos)
    throw plugins::not_this_api(doing, "the answer repeats the request's token: this is an echo of the request");
  return response;
}

std::string ApiClient::url(const ApiRequest& request) const {
  std::string out = (request.base_url.empty() ? base_url_ : request.base_url) + request.path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    if (value.empty()) continue;
    out += separator + percent_encode(name) + '=' + percent_encode(value);
    separator = '&';
  }
  return out;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string path_part(std::string_view id) {
  if (id.empty() || id == "." || id == "..")
    throw Failure{BB_E_INVALID_ARGUMENT, "'" + std::string(id) + "' cannot be an id"};
  return percent_encode(id);
}

std::string patient_path(std::string_view patient, std::string_view rest) {
  return "/api/patients/" + path_part(patient) + std::string(rest);
}

}  // namespace bb::rest
