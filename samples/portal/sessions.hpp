// sessions.hpp - who is signed in.
//
// Safe to use from many threads. Tokens are kept as hashes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace bb::portal {

using Clock = std::function<std::int64_t()>;  // nanoseconds, civil or monotonic

inline constexpr std::int64_t session_seconds_max = 15 * 60;

// A browser's session is kept alive by use; a program's ends when it was said to.
enum class Client { browser, program };

struct Session {
  std::string account;
  std::string acting_for;  // empty = for themselves
  std::string csrf;        // what each form of this session carries; empty for programs
  Client client = Client::program;
  std::int64_t expires_ns = 0;
  bool is_signed_out = false;  // kept for signed-out-token-opens-items alone
};

class Sessions {
 public:
  explicit Sessions(Clock clock) : clock_(std::move(clock)) {}

  struct Opened {
    std::string token;
    Session session;
  };
  Opened open(const std::string& account, const std::string& acting_for, Client client);
  // nullopt for a token that is unknown, expired or of another kind of client.
  std::optional<Session> find(std::string_view token, Client client);
  void close(std::string_view token);
  void mark_signed_out(std::string_view token);
  std::size_t count() const;

 private:
  void drop_expired();

  Clock clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Session> by_hash_;
};

}  // namespace bb::portal
