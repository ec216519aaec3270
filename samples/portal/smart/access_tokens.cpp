#include "portal/smart/access_tokens.hpp"

#include <bb/core/crypto.hpp>

namespace bb::portal {

std::optional<TokenAccess> AccessTokens::find(std::string_view bearer) const {
  const std::lock_guard lock(mutex_);
  const auto* issued = by_hash_.find(sha256_hex(bearer), clock_());
  return issued == nullptr ? std::nullopt : std::optional(issued->access);
}

std::string AccessTokens::issue(TokenAccess access, const std::string& grant) {
  auto token = random_token(32);
  access.token_id = random_token(9);
  const auto expires_ns = access.expires_unix_ns;
  const std::lock_guard lock(mutex_);
  by_hash_.put(sha256_hex(token), {std::move(access), grant}, expires_ns, clock_());
  return token;
}

void AccessTokens::revoke(std::string_view bearer) {
  if (defects_.is_on(Defect::smart_access_after_revocation)) return;
  const std::lock_guard lock(mutex_);
  by_hash_.erase(sha256_hex(bearer));
}

void AccessTokens::revoke_grant(const std::string& grant) {
  if (defects_.is_on(Defect::smart_access_after_revocation)) return;
  const std::lock_guard lock(mutex_);
  by_hash_.erase_if([&](const Issued& issued) { return issued.grant == grant; });
}

}  // namespace bb::portal
