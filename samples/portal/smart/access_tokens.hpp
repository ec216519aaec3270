// access_tokens.hpp - what the bearer of an access token may do.
//
// Tokens are kept as hashes, 20,000 at most. Source: RFC 6750; SMART App Launch 2.2, "Scopes and Launch Context".
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/smart/scope.hpp>

#include "portal/defects.hpp"
#include "portal/sessions.hpp"
#include "portal/smart/expiring_map.hpp"

namespace bb::portal {

struct TokenAccess {
  std::string token_id = {};  // for logs; tells nothing about the token
  std::string client_id = {};
  std::string subject = {};  // the account of who consented; empty for backend services
  std::string patient = {};  // the account whose record; empty for backend services
  std::vector<smart::Scope> scopes = {};
  std::int64_t expires_unix_ns = 0;
};

// [any thread]
class AccessTokens {
 public:
  AccessTokens(Clock clock, Defects defects) : clock_(std::move(clock)), defects_(defects) {}

  // What stands behind "Bearer " of a request. nullopt: it is unknown, has expired or was revoked.
  std::optional<TokenAccess> find(std::string_view bearer) const;

  // A new token; its id is made here. `grant`: of what it comes; all of a grant are revoked together.
  std::string issue(TokenAccess access, const std::string& grant);
  void revoke(std::string_view bearer);
  void revoke_grant(const std::string& grant);

 private:
  struct Issued {
    TokenAccess access;
    std::string grant;
  };

  Clock clock_;
  Defects defects_;
  mutable std::mutex mutex_;
  ExpiringMap<Issued> by_hash_{20'000};
};

}  // namespace bb::portal
