// grants.hpp - what people allowed applications, and the refresh tokens of it.
//
// A refresh token is good once; the one that follows it is of the same grant. 20,000 of each are kept, tokens as
// hashes. Source: RFC 6749, 6; RFC 9700, 4.14.2; SMART App Launch 2.2, "Refresh" (FHIR-SMART-32 to -34, -40).
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

inline constexpr std::int64_t access_seconds = 3'600;
// FHIR-SMART-33 asks for three months at least.
inline constexpr std::int64_t offline_seconds = std::int64_t{180} * 86'400;
// The portal does not learn when somebody leaves an application: an hour without it counts as leaving.
inline constexpr std::int64_t online_seconds = 3'600;

struct AppGrant {
  std::string id = {};  // made by open()
  std::string client_id;
  std::string subject;  // the account of who consented
  std::string patient;  // whose record; empty where no scope is about one
  std::vector<smart::Scope> scopes;
  std::int64_t given_unix_ns = 0;
  // When it ends, whatever its scopes and its use, as CMS's consents do; it has refresh tokens until then.
  std::optional<std::int64_t> ends_unix_ns = {};

  bool has_refresh() const;
  std::int64_t refresh_seconds() const;  // from its last use
};

// [any thread]
class AppGrants {
 public:
  // What is done with a refresh token that was used before.
  enum class Reuse { refused, taken };
  AppGrants(Clock clock, Defects defects, Reuse reuse = Reuse::refused)
      : clock_(std::move(clock)), defects_(defects), reuse_(reuse) {}

  // The id under which it stands; for as long as a token of it can live.
  std::string open(AppGrant grant);
  // Those that this account gave, and those to this account's record; by when they were given.
  std::vector<AppGrant> list(const std::string& account) const;
  bool is_open(const std::string& id) const;
  // By who gave it, or its application: neither it nor its refresh tokens are good any more.
  void revoke(const std::string& id);
  // The same because somebody holds a token that they should not have (no defect spares these).
  void end(const std::string& id);

  std::string issue_refresh(const std::string& id);
  enum class Use { none, good, used };
  struct Looked {
    Use use = Use::none;
    AppGrant grant = {};  // but of none
  };
  Looked find_refresh(std::string_view token) const;
  // The one that follows; nullopt: somebody else was faster.
  std::optional<std::string> rotate(std::string_view token);

 private:
  struct Kept {
    AppGrant grant;
    bool is_revoked = false;  // for smart-refresh-after-revocation alone
  };
  struct Refresh {
    std::string grant;
    bool is_used = false;
  };
  void erase(const std::string& id);
  static std::int64_t refresh_end_ns(const AppGrant& grant, std::int64_t now_ns);
  std::string put_refresh(const AppGrant& grant);

  Clock clock_;
  Defects defects_;
  Reuse reuse_;
  mutable std::mutex mutex_;
  ExpiringMap<Kept> by_id_{20'000};
  ExpiringMap<Refresh> by_hash_{20'000};
};

}  // namespace bb::portal
