#include "portal/smart/grants.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

#include "portal/smart/scopes_offered.hpp"

namespace bb::portal {

bool AppGrant::has_refresh() const {
  return ends_unix_ns || has_scope(scopes, "offline_access") || has_scope(scopes, "online_access");
}

std::int64_t AppGrant::refresh_seconds() const {
  return has_scope(scopes, "offline_access") ? offline_seconds : online_seconds;
}

std::string AppGrants::open(AppGrant grant) {
  const std::lock_guard lock(mutex_);
  const auto now_ns = clock_();
  grant.id = random_token(12);
  grant.given_unix_ns = now_ns;
  const auto id = grant.id;
  auto ends_ns = now_ns + access_seconds * ns_per_second;
  if (grant.has_refresh()) ends_ns = std::max(ends_ns, refresh_end_ns(grant, now_ns));
  by_id_.put(id, {std::move(grant), false}, ends_ns, now_ns);
  return id;
}

std::vector<AppGrant> AppGrants::list(const std::string& account) const {
  std::vector<AppGrant> grants;
  const std::lock_guard lock(mutex_);
  by_id_.for_each(clock_(), [&](const std::string&, const Kept& kept) {
    if (!kept.is_revoked && (kept.grant.subject == account || kept.grant.patient == account))
      grants.push_back(kept.grant);
  });
  std::sort(grants.begin(), grants.end(),
            [](const AppGrant& a, const AppGrant& b) { return a.given_unix_ns < b.given_unix_ns; });
  return grants;
}

bool AppGrants::is_open(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return by_id_.find(id, clock_()) != nullptr;
}

void AppGrants::erase(const std::string& id) {
  by_id_.erase(id);
  by_hash_.erase_if([&](const Refresh& refresh) { return refresh.grant == id; });
}

void AppGrants::revoke(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (!defects_.is_on(Defect::smart_refresh_after_revocation)) return erase(id);
  if (auto* kept = by_id_.find(id, clock_())) kept->is_revoked = true;
}

void AppGrants::end(const std::string& id) {
  const std::lock_guard lock(mutex_);
  erase(id);
}

std::int64_t AppGrants::refresh_end_ns(const AppGrant& grant, std::int64_t now_ns) {
  return grant.ends_unix_ns.value_or(now_ns + grant.refresh_seconds() * ns_per_second);
}

std::string AppGrants::put_refresh(const AppGrant& grant) {
  const auto now_ns = clock_();
  const auto expires_ns = refresh_end_ns(grant, now_ns);
  auto token = random_token(32);
  by_hash_.put(sha256_hex(token), {grant.id, false}, expires_ns, now_ns);
  if (auto* kept = by_id_.find(grant.id, now_ns)) {
    auto again = *kept;
    // An access token of the last minute outlives what it was refreshed by.
    by_id_.put(grant.id, std::move(again), std::max(expires_ns, now_ns + access_seconds * ns_per_second), now_ns);
  }
  return token;
}

std::string AppGrants::issue_refresh(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto* kept = by_id_.find(id, clock_());
  return kept == nullptr ? std::string() : put_refresh(kept->grant);
}

AppGrants::Looked AppGrants::find_refresh(std::string_view token) const {
  const std::lock_guard lock(mutex_);
  const auto* refresh = by_hash_.find(sha256_hex(token), clock_());
  const auto* kept = refresh == nullptr ? nullptr : by_id_.find(refresh->grant, clock_());
  if (kept == nullptr) return {};
  return {refresh->is_used ? Use::used : Use::good, kept->grant};
}

std::optional<std::string> AppGrants::rotate(std::string_view token) {
  const std::lock_guard lock(mutex_);
  auto* refresh = by_hash_.find(sha256_hex(token), clock_());
  if (refresh == nullptr || refresh->is_used) return std::nullopt;
  const auto* kept = by_id_.find(refresh->grant, clock_());
  if (kept == nullptr) return std::nullopt;
  refresh->is_used = reuse_ == Reuse::refused;
  return put_refresh(AppGrant(kept->grant));
}

}  // namespace bb::portal
