// plugins/mail/bounces.hpp - what mail servers say of messages that they could not
// deliver: the delivery reports (RFC 3464) in the sender's mailbox. They stay there.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <bb/direct/notification.hpp>
#include <bb/sdk/services/stream.hpp>

#include "server_config.hpp"

namespace bb::mail {

class Bounces {
 public:
  explicit Bounces(MailboxConfig config) : config_(std::move(config)) {}

  // Looks at what has come since it last looked. Throws Failure.
  void look(Call& call, const Streams& streams, const Secret& secret);
  // What was said of a message, in the order in which it came.
  const std::vector<direct::DeliveryStatus>& of(const std::string& message_id) const;

 private:
  void read(direct::Mailbox& box, const direct::MailboxEntry& entry);

  MailboxConfig config_;
  std::set<std::string> looked_at_;  // ids of the mailbox
  std::map<std::string, std::vector<direct::DeliveryStatus>> reports_;
};

}  // namespace bb::mail
