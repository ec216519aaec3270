// plugins/direct/tracking.hpp - what became of a message that was sent, recipient by
// recipient: what the mail server said, what came back, and what did not come in time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <bb/sdk/context.hpp>

#include "answers.hpp"
#include "streams/mail_sender.hpp"

namespace bb::direct_connector {

// [serial]
class Tracking {
 public:
  // The members final_delivery, processed_within and dispatched_within.
  explicit Tracking(const Context& context);

  bool asks_for_final_delivery() const { return asks_for_final_delivery_; }

  // In the order in which it came to be: `sent`, `answers`, and `failed` for whom nothing
  // came in time (DIRECT-DN-07). What is there at `now_unix_ns` is in time; what comes
  // after `failed` is no success any more (DIRECT-DN-10).
  std::vector<plugins::KeptReceipt> receipts(const std::string& message_id,
                                             const std::vector<plugins::KeptReceipt>& sent,
                                             const std::vector<Answer>& answers, std::int64_t now_unix_ns);

 private:
  // Why a recipient that a server took the message for has failed by now; empty: it has not.
  std::string overdue(const plugins::KeptReceipt& sent, const std::vector<plugins::KeptReceipt>& answers,
                      std::int64_t now_unix_ns) const;

  bool asks_for_final_delivery_;
  std::int64_t processed_within_s_, dispatched_within_s_;
  // What was told as overdue, by message id and recipient.
  std::map<std::string, std::map<std::string, plugins::KeptReceipt>> told_;
};

}  // namespace bb::direct_connector
