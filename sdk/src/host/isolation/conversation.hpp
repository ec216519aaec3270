// conversation.hpp - the host's side of the talk with one connector process:
// who may speak when, how long it is waited for, and how it failed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <bb/host/clock.hpp>
#include "channel.hpp"
#include "connector_process.hpp"

namespace bb::host {

// A child that says nothing so long after its deadline or a cancel is killed.
inline constexpr std::int64_t grace_ms = 2'000;
// One that has said nothing so long is asked whether it is there; it has as
// long again to answer.
inline constexpr std::int64_t quiet_ms_max = 5'000;

// For one thread at a time.
class Conversation {
 public:
  explicit Conversation(std::unique_ptr<ConnectorProcess> process);

  enum class Failure {
    none,
    lost,    // the process ended, or closed its socket
    stuck,   // it said nothing in time
    broken,  // it sent what is not allowed
  };

  // Bounds what follows, until the next begin(). A cancel is sent on as a
  // message for `call`, which 0 has none of: there it is the end at once.
  // `deadline_ns` on bb::monotonic_ns, 0 = none.
  void begin(std::uint64_t call, std::int64_t deadline_ns, const Cancellation* cancellation);
  // False, and failure() says why, when it could not be sent in time.
  bool send(FrameType type, std::uint64_t call, std::string_view body);
  // The next message; nothing, and failure() says why, when none comes in time.
  std::optional<Message> next();
  // The next of what has come already; without waiting.
  std::optional<Message> next_received();
  // Takes in what is there to be received; without waiting.
  void receive_now() { receive(false); }
  // Messages that have come and were not heard yet, and all bytes that ever came.
  std::size_t waiting_count() const { return inbox_.size(); }
  std::uint64_t received_bytes() const { return channel_.received_bytes(); }
  // Nothing that comes is heard any more.
  void fail(Failure failure, std::string problem);

  Failure failure() const { return failure_; }
  const std::string& problem() const { return problem_; }
  bool was_cancelled() const { return cancelled_ns_ != 0; }
  ConnectorProcess& process() { return *process_; }
  int descriptor() const { return channel_.descriptor(); }
  const FrameLog& frames() const { return channel_.frames(); }

 private:
  // When it is over at the latest; 0 = never.
  std::int64_t end_ns() const;
  void receive(bool has_ended);
  bool check_quiet(std::int64_t now_ns);

  std::unique_ptr<ConnectorProcess> process_;
  Channel channel_;
  std::deque<Message> inbox_;
  std::uint64_t call_ = 0;
  std::int64_t deadline_ns_ = 0;
  const Cancellation* cancellation_ = nullptr;
  std::int64_t cancelled_ns_ = 0;
  std::int64_t heard_ns_ = 0;  // when something was heard, or was first listened for
  bool is_asked_ = false;      // a ping is not answered yet
  Failure failure_ = Failure::none;
  std::string problem_;
};

}  // namespace bb::host
