// identity.hpp - who somebody is, for applications: ID tokens, and the key that they are verified by.
//
// Source: OpenID Connect Core 1.0, 2, 3.1.3.6 and 5; SMART App Launch 2.2, "Scopes for requesting identity data"
// (FHIR-SMART-38).
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/signature_keys.hpp>
#include <bb/core/value.hpp>
#include <bb/smart/scope.hpp>

#include "portal/holder.hpp"
#include "portal/smart/addresses.hpp"

namespace bb::portal {

// The id that an account's Patient resource has at the FHIR server.
using PatientIdOf = std::function<std::string(std::string_view account)>;

// [any thread]
class Identity {
 public:
  Identity(const DataHolder& holder, SmartAddresses addresses, PatientIdOf patient_id_of, Clock clock)
      : holder_(holder),
        addresses_(std::move(addresses)),
        patient_id_of_(std::move(patient_id_of)),
        clock_(std::move(clock)) {}

  std::string patient_id(const std::string& account) const { return patient_id_of_(account); }
  // The URL of who has the account; empty for people without a record, whom the FHIR server does not have.
  std::string fhir_user(const std::string& account) const;
  // Signed by RS256; `nonce` may be empty.
  [[nodiscard]] Result<std::string> id_token(const std::string& account, const std::string& client_id,
                                             const std::vector<smart::Scope>& scopes, const std::string& nonce,
                                             const std::string& access_token);
  // What the scopes let an application know, and `sub`.
  Value claims_of(const std::string& account, const std::vector<smart::Scope>& scopes) const;
  // {"keys": [...]}
  [[nodiscard]] Result<std::string> key_set();

 private:
  // Made when it is needed for the first time: most portals never sign.
  [[nodiscard]] Result<SigningKey> key();

  const DataHolder& holder_;
  SmartAddresses addresses_;
  PatientIdOf patient_id_of_;
  Clock clock_;
  std::mutex mutex_;
  std::optional<SigningKey> key_;
  const std::string key_id_ = "portal-1";
};

}  // namespace bb::portal
