// direct_tracking.hpp - what became of each message that was sent by Direct.
//
// accepted -> processed -> dispatched, or failed. What is dispatched or failed stays so
// (DIRECT-DN-10): who was told of a failure has acted upon it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb::portal {

struct DirectStatus {
  std::string delivery;  // accepted, processed, dispatched, failed
  std::string detail;
  std::int64_t at_unix_ns = 0;
};

// Safe to use from many threads. Keeps the last 10,000.
class DirectTracking {
 public:
  struct Sent {
    std::string message_id;  // without brackets
    std::string patient;
    std::string recipient;
    std::int64_t deadline_ns = 0;  // monotonic
  };
  void add(Sent sent, std::int64_t now_unix_ns);

  // What a notification says of a message. `disposition` as in bb/direct/notification.hpp.
  // The message, where this ended its way in failure.
  std::optional<Sent> note(std::string_view message_id, std::string_view recipient, std::string_view disposition,
                           const std::string& detail, std::int64_t now_unix_ns);
  // Those whose time is over have failed (DIRECT-DN-07); each is told once.
  std::vector<Sent> expire(std::int64_t monotonic_ns, std::int64_t now_unix_ns);
  std::optional<DirectStatus> find(std::string_view message_id) const;

 private:
  struct Entry {
    Sent sent;
    DirectStatus status;
    bool is_over() const { return status.delivery == "dispatched" || status.delivery == "failed"; }
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> by_id_;
  std::deque<std::string> order_;  // oldest first
};

}  // namespace bb::portal
