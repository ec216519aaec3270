#include "portal/smart/identity.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/jws.hpp>

#include "portal/smart/grants.hpp"
#include "portal/smart/scopes_offered.hpp"

namespace bb::portal {

std::string Identity::fhir_user(const std::string& account) const {
  if (holder_.patients().find(account) == nullptr) return {};
  return addresses_.fhir_base() + "/Patient/" + percent_encode(patient_id(account));
}

Value Identity::claims_of(const std::string& account, const std::vector<smart::Scope>& scopes) const {
  auto claims = Value::object({{"sub", account}});
  const bool has_profile = has_scope(scopes, "profile");
  const auto user = fhir_user(account);
  if ((has_profile || has_scope(scopes, "fhirUser")) && !user.empty()) claims.set("fhirUser", user);
  if (!has_profile) return claims;
  if (const auto* patient = holder_.patients().find(account)) {
    const auto& name = patient->record.patient.name;
    claims.set("name", name.full());
    claims.set("given_name", join(name.given, " "));
    claims.set("family_name", name.family);
  } else if (const auto* person = holder_.people().find(account); person != nullptr && !person->name.empty()) {
    claims.set("name", person->name);
  }
  return claims;
}

Result<SigningKey> Identity::key() {
  const std::lock_guard lock(mutex_);
  if (!key_) {
    BB_TRY(key_, SigningKey::generate("RS256"));
  }
  return *key_;
}

Result<std::string> Identity::key_set() {
  BB_TRY(const auto signing, key());
  return smart::write_key_set({{signing.verifying_key(), key_id_, "RS256", "sig"}});
}

Result<std::string> Identity::id_token(const std::string& account, const std::string& client_id,
                                       const std::vector<smart::Scope>& scopes, const std::string& nonce,
                                       const std::string& access_token) {
  BB_TRY(const auto signing, key());
  const auto& defects = holder_.defects();
  const auto now_s = clock_() / ns_per_second;
  // Behind what a verifier may allow for clocks that differ.
  const auto age_s = defects.is_on(Defect::smart_id_token_expired) ? 2 * access_seconds : 0;
  auto claims = claims_of(account, scopes);
  claims.set("iss", addresses_.base);
  claims.set("aud", defects.is_on(Defect::smart_id_token_wrong_audience) ? "another-application" : client_id);
  claims.set("iat", now_s - age_s);
  claims.set("exp", now_s - age_s + access_seconds);
  if (!nonce.empty()) claims.set("nonce", nonce);
  // 3.1.3.6: the left half of the token's hash by the algorithm's own.
  claims.set("at_hash", base64url_encode(sha256(access_token).substr(0, 16)));
  const auto input = smart::signing_input(Value::object({{"alg", "RS256"}, {"kid", key_id_}, {"typ", "JWT"}}), claims);
  BB_TRY(const auto signature, signing.sign("RS256", input));
  return smart::compact_jws(input, signature);
}

}  // namespace bb::portal
