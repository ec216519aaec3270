// bb/healthvault/session.hpp - a session that many calls share and that is renewed once.
//
// Source: the catalogue's rows HV-AUTH-06 to -08.
#pragma once

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
  // Calls CreateAuthenticatedSessionToken. Never runs twice at a time.
  using Create = std::function<Result<Session>()>;

  // The session, made where there is none or it is older than its lifetime. `now_ns` may be
  // of any clock that goes forward.
  Result<std::shared_ptr<const Session>> get(std::int64_t now_ns, const Create& create);
  // After an answer of StatusClass::renew_session to a call with `refused`: a new session, or the
  // one that another call has made since.
  Result<std::shared_ptr<const Session>> renew(const Session& refused, std::int64_t now_ns, const Create& create);

 private:
  Result<std::shared_ptr<const Session>> make(std::int64_t now_ns, const Create& create);

  std::mutex mutex_;
  std::shared_ptr<const Session> session_;
  std::int64_t made_ns_ = 0;
};

}  // namespace bb::healthvault
