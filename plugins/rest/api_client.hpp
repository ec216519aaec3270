// plugins/rest/api_client.hpp - the exchanges of the portal's API: URLs, the
// token, and what every answer must pass. The API: docs/reference/portal-api.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/sdk/call.hpp>
#include <bb/sdk/services/http.hpp>

namespace bb::rest {

// Whether the session's token goes with a request.
enum class Credentials { none, token };

struct ApiRequest {
  std::string method = "GET";
  std::string base_url = {};                                    // empty = the client's own
  std::string path = {};                                        // "/api/session"; parts already encoded
  std::vector<std::pair<std::string, std::string>> query = {};  // empty values are left out
  std::vector<HttpHeader> headers = {};
  std::optional<std::string> json = {};  // body
  Credentials credentials = Credentials::token;
};

class ApiClient {
 public:
  // base_url: "https://portal.example", with or without a slash at the end.
  ApiClient(Http http, std::string base_url);
  ~ApiClient() { forget_token(); }
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  bool has_token() const { return !token_.empty(); }
  void set_token(std::string token);

  // One exchange that answers the call, whatever came back. A request with the
  // token before there is one is BB_E_UNAUTHENTICATED and sends nothing.
  HttpResponse exchange(Call& call, const ApiRequest& request, std::string_view doing) const;

  // As exchange, for an answer that is to be believed: one that repeats the
  // token is an echo of the request, BB_E_PROTOCOL.
  HttpResponse ask(Call& call, const ApiRequest& request, std::string_view doing) const;

 private:
  // "https://portal.example/api/...", query and all.
  std::string url(const ApiRequest& request) const;

  void forget_token();

  Http http_;
  std::string base_url_;
  std::string token_;
};

// The address without the slashes at its end.
std::string without_slash(std::string url);

// An id as one part of a path, percent-encoded. "." and ".." would name another
// place: BB_E_INVALID_ARGUMENT.
std::string path_part(std::string_view id);

// "/api/patients/{patient}" + rest, with the patient encoded.
std::string patient_path(std::string_view patient, std::string_view rest);

}  // namespace bb::rest
