// client_proof.hpp - which application asks, and whether it is the one.
//
// Source: RFC 6749, 2.3; RFC 7523, 2.2 and 3; SMART App Launch 2.2, "Asymmetric Client Authentication"
// (FHIR-SMART-29, -41, -42).
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

#include "portal/defects.hpp"
#include "portal/sessions.hpp"
#include "portal/smart/clients.hpp"
#include "portal/smart/expiring_map.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// [any thread]
class ClientProof {
 public:
  // `token_url`: the audience of assertions, at each endpoint.
  ClientProof(const SmartClients& clients, std::string token_url, Clock clock, Defects defects)
      : clients_(clients), token_url_(std::move(token_url)), clock_(std::move(clock)), defects_(defects) {}

  // By HTTP Basic, a secret or an assertion in the form, or, of a public client, its id alone; by one of them.
  // The answer is the refusal.
  std::optional<web::HttpResponse> prove(const web::HttpRequest& request, const FormFields& form, ClientPtr& into);

 private:
  Result<ClientPtr> by_secret(const std::string& id, const std::string& secret) const;
  Result<ClientPtr> by_assertion(const FormFields& form);
  // RFC 7523, 3: the `jti` of an assertion, which is taken once.
  bool is_new(const std::string& client_id, const std::string& jti, std::int64_t expires_ns);

  const SmartClients& clients_;
  std::string token_url_;
  Clock clock_;
  Defects defects_;
  std::mutex mutex_;
  ExpiringMap<bool> assertions_{20'000};
};

}  // namespace bb::portal
