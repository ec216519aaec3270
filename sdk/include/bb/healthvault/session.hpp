// bb/healthvault/session.hpp - a session that many calls share and that is renewed once.
//
// Source: the catalogue's rows HV-AUTH-06 to -08.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/healthvault/secret.hpp>

namespace bb::healthvault {

inline constexpr std::int64_t session_lifetime_s = 4 * 60 * 60;  // HV-AUTH-07: what the published clients take

// A token and the secret that signs what goes out with it.
struct Session {
  std::string token;
  Secret secret;
};

// [any thread]
class SessionKeeper {
 public:
  // Calls CreateAuthenticatedSessionToken. Never runs twice at a time; what it throws comes out.
  using Create = std::function<Result<Session>()>;
  // Whether a call that waits for another one's session is to end: nobody waits for it any more, or its time is over.
  // Asked every 20 ms, and while it waits alone; what it throws comes out.
  using IsOver = std::function<bool()>;

  // The session, made where there is none or it is older than its lifetime. `now_ns` may be
  // of any clock that goes forward. Null where the call was over before there was one.
  Result<std::shared_ptr<const Session>> get(std::int64_t now_ns, const Create& create, const IsOver& is_over);
  // After an answer of StatusClass::renew_session to a call with `refused`: a new session, or the
  // one that another call has made since.
  Result<std::shared_ptr<const Session>> renew(const Session& refused, std::int64_t now_ns, const Create& create,
                                               const IsOver& is_over);

 private:
  template <class IsGood>
  Result<std::shared_ptr<const Session>> find_or_make(std::int64_t now_ns, const Create& create, const IsOver& is_over,
                                                      const IsGood& is_good);

  std::mutex mutex_;  // not held while a session is made
  std::condition_variable changed_;
  bool is_being_made_ = false;
  std::shared_ptr<const Session> session_;
  std::int64_t made_ns_ = 0;
};

}  // namespace bb::healthvault
