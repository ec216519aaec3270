// plugins/rest/fhir/fhir_line.hpp - exchanges with a FHIR server and its authorization server:
// what goes out, and what every answer must pass.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/form.hpp>
#include <bb/core/secret_bytes.hpp>
#include <bb/sdk/connector.hpp>

namespace bb::rest {

inline constexpr std::string_view fhir_media_type = "application/fhir+json";

// The access token of a session, which calls may still send after another has renewed it.
using SharedToken = std::shared_ptr<const SecretBytes>;

struct FhirRequest {
  std::string method = "GET";
  std::string url = {};  // absolute, or below the base: "Patient/1"
  FormFields query = {};
  std::string accept = std::string(fhir_media_type);
  std::vector<HttpHeader> headers = {};
  std::optional<std::string> body = {};
  std::string media_type = {};  // of the body
  bool has_token = true;        // of the session; sent to the base's own origin alone (FHIR-SMART-43)
  SharedToken token = {};       // that one; ask() fills it in
  bool is_answer = true;        // of the call; a helper's exchange is not
};

// Whether an exchange answers the call, or only helps to.
enum class Answers { call, helper };

// [any thread]
class FhirLine {
 public:
  FhirLine(const Context& context, std::string base_url);
  // The same to another server, without a token. BB_E_PROTOCOL for what is no address of one.
  FhirLine at(std::string base_url, std::string_view doing) const;

  const std::string& base_url() const { return base_url_; }
  // Without a slash at its end; a relative one is below the base (FHIR R4, http.html#general). BB_E_PROTOCOL
  // for what the base cannot lead to: another origin, a path that leaves it upwards.
  std::string absolute(std::string_view url, std::string_view doing) const;
  bool is_own(std::string_view url) const;

  // Whatever came back. BB_E_UNAUTHENTICATED where the request has the token and there is none.
  HttpResponse exchange(Call& call, const FhirRequest& request, std::string_view doing) const;

  // A form's POST to an OAuth endpoint.
  HttpResponse post_form(Call& call, std::string_view url, const FormFields& fields, std::string_view authorization,
                         std::string_view doing, Answers answers = Answers::helper) const;

 private:
  FhirLine(Http http, std::string base_url);

  Http http_;
  std::string base_url_;
  std::string origin_;
};

// BB_E_PROTOCOL for an answer that repeats the token: whoever sends that back is no server, but an echo.
void refuse_echo(const HttpResponse& response, const SharedToken& token, std::string_view doing);

// The failure for an answer outside 2xx of a server that wants a bearer's token, in the words of its challenge where
// that says more (FHIR-ERR-01): 410 is BB_E_NOT_FOUND, 401 for a scope BB_E_FORBIDDEN.
Failure failure_of_bearer(const HttpResponse& response, std::string_view doing);

// The same, in the words of its OperationOutcome too, where it has one (FHIR-ERR-05).
Failure failure_of_fhir(const HttpResponse& response, std::string_view doing);

// FHIR in JSON, by its Content-Type: BB_E_PROTOCOL for another one, which the sentence names.
void expect_fhir_json(const HttpResponse& response, std::string_view doing);

}  // namespace bb::rest
