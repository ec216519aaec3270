#include <bb/healthvault/session.hpp>

#include <bb/core/time.hpp>

namespace bb::healthvault {

Result<std::shared_ptr<const Session>> SessionKeeper::get(std::int64_t now_ns, const Create& create) {
  const std::scoped_lock lock(mutex_);
  if (session_ != nullptr && now_ns - made_ns_ < session_lifetime_s * ns_per_second) return session_;
  return make(now_ns, create);
}

Result<std::shared_ptr<const Session>> SessionKeeper::renew(const Session& refused, std::int64_t now_ns,
                                                            const Create& create) {
  const std::scoped_lock lock(mutex_);
  if (session_ != nullptr && session_->token != refused.token) return session_;
  return make(now_ns, create);
}

Result<std::shared_ptr<const Session>> SessionKeeper::make(std::int64_t now_ns, const Create& create) {
  session_.reset();
  BB_TRY(auto made, create());
  session_ = std::make_shared<const Session>(std::move(made));
  made_ns_ = now_ns;
  return session_;
}

}  // namespace bb::healthvault
