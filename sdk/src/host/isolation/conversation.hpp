// conversation.hpp - the host's side of the talk with one connector process:
// who may speak when, how long it is waited for, and how it failed.
//
// Calls that run at the same time have a lane each. Whoever waits for a message
// and finds nobody receiving receives for all.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
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
// Messages that have come and were not heard yet; with the bytes of two of the
// largest it is all that a process may leave unheard.
inline constexpr std::size_t waiting_messages_max = 65'536;

class Lane;

// [any thread]
class Conversation {
 public:
  explicit Conversation(std::unique_ptr<ConnectorProcess> process);

  enum class Failure {
    none,
    lost,    // the process ended, or closed its socket
    stuck,   // it said nothing in time
    broken,  // it sent what is not allowed
  };

  // Takes in what is there to be received; without waiting.
  void receive_now();
  // Messages that have come and were not heard yet, and all bytes that ever came.
  std::size_t waiting_count() const;
  std::uint64_t received_bytes() const;
  // Nothing that comes is heard any more.
  void fail(Failure failure, std::string problem);

  Failure failure() const;
  std::string problem() const;
  ConnectorProcess& process() { return *process_; }
  int descriptor() const { return channel_.descriptor(); }
  const FrameLog& frames() const { return channel_.frames(); }

 private:
  friend class Lane;
  // All of these with the mutex held.
  void receive(Lane* receiver, bool has_ended);
  void distribute(std::deque<Message> came, Lane* receiver);
  std::optional<Message> take(std::deque<Message>& from);
  void set_failure(Failure failure, std::string problem);
  void wake_a_receiver();

  std::unique_ptr<ConnectorProcess> process_;
  Channel channel_;
  mutable std::mutex mutex_;              // never held while something is sent
  std::map<std::uint64_t, Lane*> lanes_;  // by the number of their call
  std::deque<Message> unheard_;           // of no lane that there is
  std::size_t waiting_count_ = 0, waiting_bytes_ = 0;
  bool is_receiving_ = false;  // a lane waits for bytes
  std::int64_t heard_ns_ = 0;  // when something was heard, or was first listened for
  bool is_asked_ = false;      // a ping is not answered yet
  Failure failure_ = Failure::none;
  std::string problem_;
};

// One call's part in the conversation, which outlives it. For one thread.
class Lane {
 public:
  // Bounds what follows. A cancel is sent on as a message for `call`, which 0 has
  // none of: there it is the end at once. `deadline_ns` on bb::monotonic_ns, 0 = none.
  Lane(Conversation& conversation, std::uint64_t call, std::int64_t deadline_ns, const Cancellation* cancellation);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  std::uint64_t call() const { return call_; }
  // False, and the conversation's failure() says why, when it could not be sent in time.
  bool send(FrameType type, std::uint64_t call, std::string_view body);
  // The next message of this call, or of none that runs; nothing, and failure()
  // says why, when none comes in time.
  std::optional<Message> next();
  // The next of what has come already; without waiting.
  std::optional<Message> next_received();
  // What this call was sent ends the conversation.
  void fail(Conversation::Failure failure, std::string problem);

  bool was_cancelled() const { return cancelled_ns_ != 0; }
  // Whether it was this call that the conversation failed in.
  bool is_to_blame() const { return is_to_blame_; }
  Conversation& conversation() { return conversation_; }

 private:
  friend class Conversation;
  using Failure = Conversation::Failure;
  // When it is over at the latest; 0 = never.
  std::int64_t end_ns() const;
  // With the mutex held, which it lets go of while it sends.
  bool check_quiet(std::int64_t now_ns, std::unique_lock<std::mutex>& lock);
  void blame(Failure failure, std::string problem);
  std::optional<Message> take();
  void wait_for_another(std::int64_t now_ns, std::unique_lock<std::mutex>& lock);

  Conversation& conversation_;
  const std::uint64_t call_;
  const std::int64_t deadline_ns_;
  const Cancellation* const cancellation_;
  std::int64_t cancelled_ns_ = 0;
  bool is_to_blame_ = false;
  // Under the conversation's mutex.
  std::deque<Message> inbox_;
  std::condition_variable came_;
  bool is_waiting_ = false;
};

}  // namespace bb::host
