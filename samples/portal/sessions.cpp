#include "portal/sessions.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t session_count_max = 20'000;

}  // namespace

Sessions::Opened Sessions::open(const std::string& account, const std::string& acting_for, Client client) {
  const std::lock_guard lock(mutex_);
  drop_expired();
  Opened opened;
  opened.token = random_token(32);
  opened.session = {account, acting_for, client == Client::browser ? random_token() : "", client,
                    clock_() + session_seconds_max * ns_per_second};
  by_hash_.emplace(sha256_hex(opened.token), opened.session);
  return opened;
}

std::optional<Session> Sessions::find(std::string_view token, Client client) {
  const std::lock_guard lock(mutex_);
  const auto found = by_hash_.find(sha256_hex(token));
  if (found == by_hash_.end() || found->second.client != client) return std::nullopt;
  const auto now_ns = clock_();
  if (found->second.expires_ns <= now_ns) {
    by_hash_.erase(found);
    return std::nullopt;
  }
  if (client == Client::browser) found->second.expires_ns = now_ns + session_seconds_max * ns_per_second;
  return found->second;
}

void Sessions::close(std::string_view token) {
  const std::lock_guard lock(mutex_);
  by_hash_.erase(sha256_hex(token));
}

void Sessions::mark_signed_out(std::string_view token) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_hash_.find(sha256_hex(token)); found != by_hash_.end()) found->second.is_signed_out = true;
}

std::size_t Sessions::count() const {
  const std::lock_guard lock(mutex_);
  return by_hash_.size();
}

void Sessions::drop_expired() {
  if (by_hash_.size() < session_count_max) return;
  const auto now_ns = clock_();
  std::erase_if(by_hash_, [&](const auto& entry) { return entry.second.expires_ns <= now_ns; });
  if (by_hash_.size() < session_count_max) return;
  by_hash_.erase(std::min_element(by_hash_.begin(), by_hash_.end(), [](const auto& a, const auto& b) {
    return a.second.expires_ns < b.second.expires_ns;
  }));
}

}  // namespace bb::portal
