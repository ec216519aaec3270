// plugins/mail/bounces.hpp - what mail servers say of messages that they could not
// deliver: the delivery reports (RFC 3464) in the sender's mailbox. They stay there.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <bb/direct/notification.hpp>
#include <bb/sdk/services/stream.hpp>

#include "streams/new_messages.hpp"

namespace bb::mail {

class Bounces {
 public:
  explicit Bounces(plugins::MailboxConfig config) : new_(std::move(config), "looking for delivery reports") {}

  // Looks at what has come since it last looked. Throws Failure.
  void look(Call& call, const Streams& streams, const Secret& secret);
  // What was said of a message, in the order in which it came.
  const std::vector<direct::DeliveryStatus>& of(const std::string& message_id) const;

 private:
  void read(const plugins::NewMessages::Reader& reader);

  plugins::NewMessages new_;
  std::map<std::string, std::vector<direct::DeliveryStatus>> reports_;
};

}  // namespace bb::mail
