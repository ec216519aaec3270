// token_endpoint.hpp - codes, refresh tokens and keys become access tokens.
//
// Source: RFC 6749, 4.1.3, 4.4, 5 and 6; RFC 7636, 4.6; SMART App Launch 2.2 (FHIR-SMART-26 to -34, FHIR-BULK-01).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "portal/defects.hpp"
#include "portal/smart/access_tokens.hpp"
#include "portal/smart/client_proof.hpp"
#include "portal/smart/codes.hpp"
#include "portal/smart/grants.hpp"
#include "portal/smart/identity.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

inline constexpr std::int64_t backend_access_seconds = 300;  // FHIR-BULK-01

// [any thread]
class TokenEndpoint {
 public:
  struct Parts {
    ClientProof& proof;
    Codes& codes;
    AppGrants& grants;
    AccessTokens& access_tokens;
    Identity& identity;
    Clock clock;
    Defects defects;
    // For servers with customs of their own.
    std::int64_t access_seconds = portal::access_seconds;
    bool has_id_tokens = true;
    // What is refused of an application that has proved itself.
    std::function<std::optional<web::HttpResponse>(const SmartClient&, std::string_view grant_type)> refuse = {};
    // Adds to the answer with an access token of this grant.
    std::function<void(Value& answer, const AppGrant& grant)> complete = {};
  };
  explicit TokenEndpoint(Parts parts) : parts_(std::move(parts)) {}

  // A POST.
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse redeem_code(const SmartClient& client, const FormFields& form);
  web::HttpResponse refresh(const SmartClient& client, const FormFields& form);
  web::HttpResponse client_credentials(const SmartClient& client, const FormFields& form);
  bool is_right_verifier(const std::string& challenge, const std::string* verifier) const;
  // Adds to the answer a token for these scopes of the grant; gives the token.
  std::string add_access(Value& answer, const AppGrant& grant, const std::vector<smart::Scope>& scopes);
  // Tokens of a grant; where it has ended they are ended too, and refused.
  web::HttpResponse answer_for(const AppGrant& grant, const Value& answer);
  web::HttpResponse answer_with(const Value& answer) const;

  Parts parts_;
};

}  // namespace bb::portal
