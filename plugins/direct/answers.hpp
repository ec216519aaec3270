// plugins/direct/answers.hpp - what came back for messages that were sent: notifications
// (MDN) of receivers, and reports of mail servers that could not deliver (DSN). They
// stay in the mailbox.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <bb/sdk/delivery.hpp>

#include "opening.hpp"
#include "streams/new_messages.hpp"

namespace bb::direct_connector {

struct Answer {
  bb_delivery delivery = BB_DELIVERY_UNKNOWN;
  std::string recipient;  // whom it speaks of
  std::string detail;     // what it says, or why it is not believed
};

class Answers {
 public:
  explicit Answers(plugins::MailboxConfig config) : new_(std::move(config), "looking for notifications") {}

  using Open = std::function<Opening(const std::string& message)>;
  // Looks at what has come since it last looked. `wait_ms_max` as MailServer has it. Throws Failure.
  void look(Call& call, const Streams& streams, const Secret& secret, const Open& open, int wait_ms_max = 0);
  // In the order in which they came. A notification that is refused, or that is by
  // somebody else than whom it speaks of, has BB_DELIVERY_UNKNOWN.
  const std::vector<Answer>& of(const std::string& message_id) const;

 private:
  void read(const plugins::NewMessages::Reader& reader, const Open& open);

  plugins::NewMessages new_;
  std::map<std::string, std::vector<Answer>> answers_;  // by the id of the message
};

}  // namespace bb::direct_connector
