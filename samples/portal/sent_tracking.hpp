// sent_tracking.hpp - what became of each message that was sent by Direct or by plain mail.
//
// accepted -> processed -> dispatched, or failed. What is dispatched or failed stays so
// (DIRECT-DN-10): who was told of a failure has acted upon it.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/entity.hpp>

namespace bb::portal {

struct SentStatus {
  std::string delivery;  // accepted, processed, dispatched, failed
  std::string detail;
  std::int64_t at_unix_ns = 0;
};

// Safe to use from many threads. Keeps the last 10,000.
class SentTracking {
 public:
  struct Sent {
    std::string message_id;  // without brackets
    std::string patient;
    std::string recipient;
    std::int64_t deadline_ns = std::numeric_limits<std::int64_t>::max();  // monotonic
  };
  // A message that ended its way in failure, and why. It may be kept no longer when it is told.
  struct Failed {
    Sent sent;
    std::string detail;
  };
  void add(Sent sent, std::int64_t now_unix_ns);

  // What a notification says of a message. `disposition` as in bb/direct/notification.hpp.
  // The message, where this ended its way in failure.
  std::optional<Failed> note(std::string_view message_id, std::string_view recipient, std::string_view disposition,
                             const std::string& detail, std::int64_t now_unix_ns);
  // What a mail server reports (RFC 3464), which nobody signs: it counts where it names
  // message and recipient. Those that ended their way in failure by it; the error is of
  // a report that cannot be read.
  [[nodiscard]] Result<std::vector<Failed>> note_report(const direct::Entity& report, std::int64_t now_unix_ns);
  // Those whose time is over have failed (DIRECT-DN-07); each is told once.
  std::vector<Failed> expire(std::int64_t monotonic_ns, std::int64_t now_unix_ns);
  // What ended its way in failure is as it was when it was sent: for a defect.
  void reopen(std::string_view message_id);
  std::optional<SentStatus> find(std::string_view message_id) const;

 private:
  struct Entry {
    Sent sent;
    SentStatus status;
    bool is_over() const { return status.delivery == "dispatched" || status.delivery == "failed"; }
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> by_id_;
  std::deque<std::string> order_;  // oldest first
};

// Whether it is a mail server's report of what became of a message.
bool is_delivery_report(const direct::Entity& message);

}  // namespace bb::portal
