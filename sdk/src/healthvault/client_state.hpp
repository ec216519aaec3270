// healthvault/client_state.hpp - what the parts of a Client share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <bb/healthvault/client.hpp>
#include <bb/healthvault/session.hpp>

namespace bb::healthvault {

struct Client::State {
  explicit State(ClientOptions given) : options(std::move(given)) {}

  // The session, made where there is none; instead of `refused`, where that is given, another one.
  Called<std::shared_ptr<const Session>> session(Client& client, Line& line, const Session* refused);

  const ClientOptions options;
  SessionKeeper keeper;
  std::atomic<std::int64_t> sessions_made = 0;
  std::atomic<std::uint64_t> requests_begun = 0;
};

inline CallError own_error(std::string what) { return {CallError::Kind::own, 0, 0, std::move(what)}; }
inline CallError broken_answer(std::string what) { return {CallError::Kind::broken, 0, 200, std::move(what)}; }
inline CallError refused_by(int code, std::string what) {
  return {CallError::Kind::refused, code, 200, std::move(what)};
}
inline bool is_unanswered(const CallError& error) { return error.kind == CallError::Kind::unanswered; }

// Whether nobody knows if the request was processed.
inline bool is_lost(const Reply& reply) { return reply.status == 0 || (reply.status >= 500 && reply.status < 600); }
// Of a reply that is not HTTP 200, "doing: expected HTTP 200, got 403".
CallError error_of(Line& line, const Reply& reply, std::string_view doing);

// The pauses between repeats, which are counted.
class Repeats {
 public:
  Repeats(Line& line, const ClientOptions& options)
      : line_(line), left_(options.repeats_max), pause_ms_(options.pause_ms) {}

  // Pauses and says whether there is another try.
  bool next();

 private:
  Line& line_;
  int left_;
  std::int64_t pause_ms_;
};

}  // namespace bb::healthvault
