#include "portal/smart/codes.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {

std::string Codes::issue(Authorization authorization) {
  auto code = random_token(32);
  const std::lock_guard lock(mutex_);
  const auto now_ns = clock_();
  by_hash_.put(sha256_hex(code), {std::move(authorization), ""}, now_ns + code_seconds * ns_per_second, now_ns);
  return code;
}

std::optional<Codes::Looked> Codes::find(std::string_view code) const {
  const std::lock_guard lock(mutex_);
  const auto* looked = by_hash_.find(sha256_hex(code), clock_());
  return looked == nullptr ? std::nullopt : std::optional(*looked);
}

bool Codes::use(std::string_view code, const std::string& grant) {
  const std::lock_guard lock(mutex_);
  const auto now_ns = clock_();
  const auto hash = sha256_hex(code);
  const auto* looked = by_hash_.find(hash, now_ns);
  if (looked == nullptr || !looked->used_for.empty()) return false;
  auto used = *looked;
  used.used_for = grant;
  by_hash_.put(hash, std::move(used), now_ns + access_seconds * ns_per_second, now_ns);
  return true;
}

void Codes::end(std::string_view client_id, std::string_view subject) {
  const std::lock_guard lock(mutex_);
  by_hash_.erase_if([&](const Looked& looked) {
    const auto& grant = looked.authorization.grant;
    return looked.used_for.empty() && grant.client_id == client_id && grant.subject == subject;
  });
}

}  // namespace bb::portal
