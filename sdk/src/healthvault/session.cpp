#include <bb/healthvault/session.hpp>

#include <chrono>
#include <exception>
#include <optional>

#include <bb/core/time.hpp>

namespace bb::healthvault {
namespace {

constexpr auto look_time = std::chrono::milliseconds(20);

}  // namespace

template <class IsGood>
Result<std::shared_ptr<const Session>> SessionKeeper::find_or_make(std::int64_t now_ns, const Create& create,
                                                                   const IsOver& is_over, const IsGood& is_good) {
  std::unique_lock lock(mutex_);
  while (is_being_made_) {
    // A host is asked: never with a lock held.
    lock.unlock();
    if (is_over()) return std::shared_ptr<const Session>();
    lock.lock();
    changed_.wait_for(lock, look_time, [this] { return !is_being_made_; });
  }
  if (session_ != nullptr && is_good(*session_)) return session_;
  session_.reset();
  is_being_made_ = true;
  lock.unlock();

  std::optional<Result<Session>> made;
  std::exception_ptr thrown;
  try {
    made = create();
  } catch (...) {
    thrown = std::current_exception();
  }
  lock.lock();
  is_being_made_ = false;
  if (made && *made) {
    session_ = std::make_shared<const Session>(**std::move(made));
    made_ns_ = now_ns;
  }
  const auto session = session_;
  lock.unlock();
  changed_.notify_all();
  if (thrown) std::rethrow_exception(thrown);
  if (!session) return made->error();
  return session;
}

Result<std::shared_ptr<const Session>> SessionKeeper::get(std::int64_t now_ns, const Create& create,
                                                          const IsOver& is_over) {
  return find_or_make(now_ns, create, is_over,
                      [&](const Session&) { return now_ns - made_ns_ < session_lifetime_s * ns_per_second; });
}

Result<std::shared_ptr<const Session>> SessionKeeper::renew(const Session& refused, std::int64_t now_ns,
                                                            const Create& create, const IsOver& is_over) {
  return find_or_make(now_ns, create, is_over, [&](const Session& session) { return session.token != refused.token; });
}

}  // namespace bb::healthvault
